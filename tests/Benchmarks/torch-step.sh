#!/usr/bin/env bash
# Times PyTorch beside our own networks, in turn, so that what else the machine does hits both. Prints for each network the median
# seconds of both and PyTorch's over ours.
#   tests/Benchmarks/torch-step.sh [turns] [networks]                       CPU: installs Debian's PyTorch with a threaded OpenBLAS (needs root)
#   tests/Benchmarks/torch-step.sh [turns] [networks] [precisions]          GPU: both use the libtorch of the PyTorch that python3 has
# Precisions are float32, tf32 and bfloat16. PIXELPOST_WORKER is a command that runs the worker; without it the worker is built.
set -euo pipefail
cd "$(dirname "$0")/../.."
turns=${1:-5} networks=${2:-dit,dit-class,unet,taesd,kl} precisions=${3:-}
if [ -z "${PIXELPOST_WORKER:-}" ]; then
    dotnet build src/Training -c Release -v quiet -clp:NoSummary
    PIXELPOST_WORKER="dotnet artifacts/bin/Training/release/PixelPost.Training.dll"
fi
if [ -z "$precisions" ]; then
    apt-get install -y -qq python3-torch libopenblas0-pthread >/dev/null
    export OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 LD_LIBRARY_PATH="/usr/lib/$(uname -m)-linux-gnu/openblas-pthread${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    python=/usr/bin/python3 device=cpu rounds=2 precisions=float32
else
    python=python3 device=cuda rounds=20
    export PIXELPOST_LIBTORCH=${PIXELPOST_LIBTORCH:-$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')}
fi
export PIXELPOST_DEVICE=$device

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
for _ in $(seq "$turns"); do
    for precision in ${precisions//,/ }; do
        case $precision in tf32) how="--tf32 true" ;; *) how="--precision $precision" ;; esac
        for network in ${networks//,/ }; do
            $PIXELPOST_WORKER bench step --rounds "$rounds" --networks "$network" --steps "" $how | sed -n "s/^$network /ours $network,$precision /p" >>"$lines"
            $python tests/Benchmarks/Peers/torch_step.py --rounds "$rounds" --networks "$network" --device "$device" --precision "$precision" | sed -n "s/^$network /torch $network,$precision /p" >>"$lines"
        done
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
        printf "%-20s%26s%26s%18s\n", "", "ours: wall s, CPU s", "PyTorch: wall s, CPU s", "PyTorch / ours"
        for (i = 1; i <= count; i++) if (!(names[i] in done)) {
            name = names[i]; done[name]
            if (parameters["ours", name] != parameters["torch", name]) print name ": other numbers of parameters, " parameters["ours", name] " and " parameters["torch", name]
            a = median(wall["ours", name]); b = median(wall["torch", name]); c = median(processor["ours", name]); d = median(processor["torch", name])
            printf "%-20s%14.4f%12.4f%14.4f%12.4f%10.2f%8.2f\n", name, a, c, b, d, b / a, d / c
        }
    }' "$lines"
