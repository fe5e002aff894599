#!/usr/bin/env bash
# Checks the worker on a machine with an NVIDIA GPU whose python3 has PyTorch, the libtorch of which is used:
#   tests/Benchmarks/gpu.sh MODEL DATA
# verifies every folder with expected values that it finds (tests' own and those of PIXELPOST_REFERENCE), then trains MODEL on DATA, a folder
# with preferences.jsonl as `ablate` makes it, on the CPU and on the GPU in each arithmetic: the same draws, so the curves are to be the same
# but for rounding. PIXELPOST_WORKER is a command that runs the worker; without it the worker is built.
set -euo pipefail
cd "$(dirname "$0")/../.."
model=$(realpath "${1:?usage: gpu.sh MODEL DATA}") data=$(realpath "${2:?usage: gpu.sh MODEL DATA}") steps=${STEPS:-20}
if [ -z "${PIXELPOST_WORKER:-}" ]; then
    dotnet build src/Training -c Release -v quiet -clp:NoSummary
    PIXELPOST_WORKER="dotnet artifacts/bin/Training/release/PixelPost.Training.dll"
fi
export PIXELPOST_LIBTORCH=${PIXELPOST_LIBTORCH:-$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')} PIXELPOST_CACHE=off
$PIXELPOST_WORKER doctor || true # another version than TorchSharp was built for is a fault to the doctor, and is what is to be tried

jobs=$(mktemp -d)
trap 'rm -rf "$jobs"' EXIT
for folder in tests/Training.Tests/Golden/*/ ${PIXELPOST_REFERENCE:+"$PIXELPOST_REFERENCE"/diffusers/*/}; do
    ls "$folder"expected/*.safetensors >/dev/null 2>&1 || continue
    printf '%-60s' "$folder"
    PIXELPOST_DEVICE=cuda $PIXELPOST_WORKER verify --model "$folder" >"$jobs/verify.txt" 2>&1 || true
    tail -n 2 "$jobs/verify.txt" | grep -v '^$' | head -n 1
    grep 'TOO FAR' "$jobs/verify.txt" || true
done

run() { # NAME DEVICE SETTINGS
    mkdir "$jobs/$1"
    ln -s "$data/images" "$jobs/$1/images"
    cp "$data/preferences.jsonl" "$jobs/$1/"
    echo "{ \"contract_version\": 1, \"job_id\": \"$1\", \"kind\": \"train\", \"model\": \"$model\", \"training\": { \"steps\": $steps, \"batch_size\": 4, \"hold_out\": 0, \"log_every\": $((steps / 4)), \"checkpoint_every\": $steps, \"pixel_weight\": 8 $3 } }" >"$jobs/$1/job.json"
    local began=$SECONDS
    PIXELPOST_DEVICE=$2 $PIXELPOST_WORKER train --job "$jobs/$1" >"$jobs/$1.log" 2>&1 || { echo "$1 failed:"; tail -n 5 "$jobs/$1.log"; return; }
    echo "$1, $((SECONDS - began)) s"
    sed -E 's/.*("step": ?[0-9]+).*("loss": ?[-0-9.e]+).*("grad_norm": ?[-0-9.e]+).*/    \1 \2 \3/' "$jobs/$1/metrics.jsonl"
}
run dpo-cpu cpu ', "objective": "dpo"'
run dpo-cuda cuda ', "objective": "dpo", "tf32": false'
run simpo-cpu cpu ', "objective": "simpo"'
run simpo-cuda cuda ', "objective": "simpo", "tf32": false'
run simpo-cuda-checkpointed cuda ', "objective": "simpo", "tf32": false, "gradient_checkpointing": true'
run simpo-cuda-tf32 cuda ', "objective": "simpo", "tf32": true'
run simpo-cuda-bfloat16 cuda ', "objective": "simpo", "precision": "bfloat16"'
run simpo-cuda-bfloat16-checkpointed cuda ', "objective": "simpo", "precision": "bfloat16", "gradient_checkpointing": true'
