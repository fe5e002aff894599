#!/usr/bin/env bash
# Installs the peers that Debian has (needs root) and times them beside our own statistics in one run.
set -euo pipefail
cd "$(dirname "$0")/../.."
apt-get install -y -qq r-base-core r-cran-bradleyterry2 python3-numpy python3-scipy python3-statsmodels >/dev/null
dotnet run -c Release --project tests/Benchmarks -- stats --peers
