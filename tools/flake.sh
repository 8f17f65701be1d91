#!/usr/bin/env bash
# Usage: [LOAD=20] tools/flake.sh N [NN]   runs the suites on the solutions N times on a busy machine.
# LOAD is how many processes want a core at any time: a busy loop for each core, the others are tests.
set -euo pipefail
cd "$(dirname "$0")/.."

times=$1
stage=${2:-[0-9]+}
if [[ ! $times =~ ^[1-9][0-9]*$ ]]; then
  echo "N must be a number above 0, not '$times'." >&2
  exit 2
fi
cores=$(nproc)
load=${LOAD:-$((2 * cores))}
if [[ ! $load =~ ^[0-9]+$ ]] || ((load <= cores)); then
  echo "LOAD must be a number above $cores, the number of cores, not '$load'." >&2
  exit 2
fi
targets=()
for folder in solutions/[0-9][0-9]_*; do
  number=$(basename "$folder" | cut -d_ -f1)
  if [[ $number =~ ^$stage$ ]]; then targets+=("solution${number}_tests"); fi
done
if ((${#targets[@]} == 0)); then
  echo "There is no stage $stage; there are: $(cd solutions && echo [0-9][0-9]_*)" >&2
  exit 2
fi
tools/build.sh dev "${targets[@]}"

busy=()
trap 'kill "${busy[@]}" 2>/dev/null || true' EXIT
for ((core = 0; core < cores; ++core)); do
  (while :; do :; done) &
  busy+=($!)
done
log=build/flake.log
if ! ctest --test-dir build/dev -R "^solution${stage}[.]" --repeat "until-fail:$times" \
  --no-tests=error --output-on-failure -j $((load - cores)) >"$log" 2>&1; then
  echo "A test of a solution failed in $times runs under load; the story is in $log:" >&2
  grep -A 30 -m 1 -E '[*]{3}(Failed|Timeout|Exception)' "$log" >&2 || tail -n 30 "$log" >&2
  exit 1
fi
echo "$(grep -cE 'Start +[0-9]+:' "$log") test runs under load, none failed."
