#!/usr/bin/env bash
# Sets up what the tests need, builds, runs every test project, and ends with "N passed, N failed, N skipped".
#   bash test.sh            everything
#   bash test.sh Stats      only the test projects whose name contains "Stats"
set -euo pipefail
cd "$(dirname "$0")"

# Chromium for the browser tests, PostgreSQL for the second database, curl and jq for the examples of docs/api.md, LaTeX for reports: installed when missing and
# we may, else those tests skip and say why.
wanted=()
for program in curl jq; do
  command -v "$program" >/dev/null || wanted+=("$program")
done
command -v chromium-headless-shell >/dev/null || wanted+=(chromium-headless-shell)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || wanted+=(postgresql)
command -v pdflatex >/dev/null || wanted+=(texlive-latex-recommended lmodern)
if ((${#wanted[@]})); then
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get update -qq
    for package in "${wanted[@]}"; do
      # Another system may have no such package: chromium does as well.
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${package%-headless-shell}" >/dev/null
    done
  else
    echo "Missing: ${wanted[*]}. The tests that need them skip; on Debian or Ubuntu: sudo apt-get install ${wanted[*]}"
  fi
fi

export PIXELPOST_CACHE=off     # the tests leave the cache of whoever runs them alone
export OMP_NUM_THREADS=1       # models of tests are tiny: beside the browser tests a second thread is waited for ten times as long as it computes
export DOTNET_TieredPGO=0      # most code runs a few times: to measure it for a better compilation costs more than it brings

dotnet build PixelPost.sln -c Release -v quiet -clp:NoSummary

log=$(mktemp)
beside=$(mktemp)
export PIXELPOST_BROWSER_LOG; PIXELPOST_BROWSER_LOG=$(mktemp) # what pages showed that tests waited at in vain
trap 'rm -f "$log" "$beside" "$PIXELPOST_BROWSER_LOG"' EXIT
run() { dotnet test "$1" -c Release --no-build --logger "console;verbosity=minimal" 2>&1; }

# The browser tests wait most of their time: they run beside the others, and are shown after them. Of the others, those that use one processor go first, and the portal's last,
# which then have all of them once the browsers are done.
status=0
browsers=
projects=$(ls -r tests/*"${1:-}"*.Tests/*.csproj)
for project in $projects; do
  if [[ $project == *EndToEnd* ]]; then run "$project" >"$beside" & browsers=$!; fi
done
for project in $projects; do
  if [[ $project != *EndToEnd* ]]; then run "$project" | tee -a "$log" || status=1; fi
done
if [[ $browsers ]]; then
  failed=0
  wait "$browsers" || failed=1
  tee -a "$log" <"$beside"
  if ((failed)); then
    cat "$PIXELPOST_BROWSER_LOG"
    status=1
  fi
fi

# One summary line per project is added up; a run in which nothing ran is a failure.
awk '/! +- Failed:/ { gsub(/[,:]/, " "); for (i = 1; i <= NF; i++) { if ($i == "Failed") f += $(i+1); if ($i == "Passed") p += $(i+1); if ($i == "Skipped") s += $(i+1) } }
     END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit !(p + f) }' "$log" || status=1
exit "$status"
