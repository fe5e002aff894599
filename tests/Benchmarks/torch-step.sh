#!/usr/bin/env bash
# Installs Debian's PyTorch with a threaded OpenBLAS (needs root) and times it beside our own networks, in turn, so that what else the
# machine does hits both. Prints for each network the median seconds of both and PyTorch's over ours.
#   tests/Benchmarks/torch-step.sh [turns] [networks]
set -euo pipefail
cd "$(dirname "$0")/../.."
turns=${1:-5} networks=${2:-dit,dit-class,unet,taesd,kl}
apt-get install -y -qq python3-torch libopenblas0-pthread >/dev/null
dotnet build src/Training -c Release -v quiet -clp:NoSummary
export OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 LD_LIBRARY_PATH="/usr/lib/$(uname -m)-linux-gnu/openblas-pthread${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
for _ in $(seq "$turns"); do
    for network in ${networks//,/ }; do
        dotnet artifacts/bin/Training/release/PixelPost.Training.dll bench step --rounds 2 --networks "$network" --steps "" | sed -n "s/^$network /ours $network /p" >>"$lines"
        /usr/bin/python3 tests/Benchmarks/Peers/torch_step.py --rounds 2 --networks "$network" | sed -n "s/^$network /torch $network /p" >>"$lines"
    done
done

awk '
    function median(list,    values, n, i, j, held) {
        n = split(list, values, " ")
        for (i = 2; i <= n; i++) for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) { held = values[j]; values[j] = values[j - 1]; values[j - 1] = held }
        return (values[int((n + 1) / 2)] + values[int(n / 2) + 1]) / 2
    }
    { wall[$1, $2] = wall[$1, $2] " " $(NF - 1); processor[$1, $2] = processor[$1, $2] " " $NF; parameters[$1, $2] = $3; if ($1 == "ours") names[++count] = $2 }
    END {
        printf "%-12s%26s%26s%18s\n", "", "ours: wall s, CPU s", "PyTorch: wall s, CPU s", "PyTorch / ours"
        for (i = 1; i <= count; i++) if (!(names[i] in done)) {
            name = names[i]; done[name]
            if (parameters["ours", name] != parameters["torch", name]) print name ": other numbers of parameters, " parameters["ours", name] " and " parameters["torch", name]
            a = median(wall["ours", name]); b = median(wall["torch", name]); c = median(processor["ours", name]); d = median(processor["torch", name])
            printf "%-12s%14.3f%12.3f%14.3f%12.3f%10.2f%8.2f\n", name, a, c, b, d, b / a, d / c
        }
    }' "$lines"
