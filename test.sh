#!/usr/bin/env bash
# Sets up what the tests need, builds, runs every test project, and ends with "N passed, N failed, N skipped".
#   bash test.sh            everything
#   bash test.sh Stats      only the test projects whose name contains "Stats"
set -euo pipefail
cd "$(dirname "$0")"

# Chromium for the browser tests and PostgreSQL for the second database: installed when missing and we may, else those tests skip and say why.
wanted=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || wanted+=(postgresql)
if ((${#wanted[@]})); then
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${wanted[@]}" >/dev/null
  else
    echo "Missing: ${wanted[*]}. The tests that need them skip; on Debian or Ubuntu: sudo apt-get install ${wanted[*]}"
  fi
fi

export PIXELPOST_CACHE=off # the tests leave the cache of whoever runs them alone

dotnet build PixelPost.sln -c Release -v quiet -clp:NoSummary

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
for project in tests/*"${1:-}"*.Tests/*.csproj; do
  dotnet test "$project" -c Release --no-build --logger "console;verbosity=minimal" 2>&1 | tee -a "$log" || status=1
done

# One summary line per project is added up; a run in which nothing ran is a failure.
awk '/! +- Failed:/ { gsub(/[,:]/, " "); for (i = 1; i <= NF; i++) { if ($i == "Failed") f += $(i+1); if ($i == "Passed") p += $(i+1); if ($i == "Skipped") s += $(i+1) } }
     END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit !(p + f) }' "$log" || status=1
exit "$status"
