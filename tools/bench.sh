#!/usr/bin/env bash
# Usage: tools/bench.sh 03_pool   builds and runs the benchmark that compares the solution of this stage.
set -euo pipefail
cd "$(dirname "$0")/.."

number=${1%%_*}
program=$(grep -oE "add_executable\(bench${number}_[a-z_]+" tools/bench/CMakeLists.txt | cut -d'(' -f2 || true)
if [[ -z $program ]]; then
  echo "Stage $number has no benchmark of its own; stage 03 has one: make bench-03" >&2
  exit 2
fi
tools/build.sh release "$program"
python3 tools/bench.py "build/release/bin/$program"
