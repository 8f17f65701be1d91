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
# A whole suite in one program: CTest would start the program for each test, at twice the price.
stories=build/flake
rm -rf "$stories"
mkdir -p "$stories"
run_suite() { # run_suite PROGRAM: prints its last line, or keeps its story and ends everything
  local story=$stories/$1.$$
  if "build/dev/bin/$1" >"$story" 2>&1; then
    echo "$1 $(tail -n 1 "$story")"
  else
    mv "$story" "$stories/$1.failed"
    exit 255
  fi
}
export -f run_suite
export stories
if ! for ((run = 0; run < times; ++run)); do printf '%s\n' "${targets[@]}"; done |
  tools/sanitizer.sh address xargs -P $((load - cores)) -I{} bash -c 'run_suite {}' >"$stories/counts"; then
  echo "A test of a solution failed in $times runs under load; the stories are in $stories:" >&2
  grep -h -m 1 -B 1 -A 30 'FAILED' "$stories"/*.failed >&2 || tail -n 30 "$stories"/*.failed >&2
  exit 1
fi
sort "$stories/counts" | uniq -c | sed 's/^ *//; s/ / runs of /'
if (($(sort -u "$stories/counts" | wc -l) > ${#targets[@]})); then
  echo "A suite did not have the same verdicts in every run: see above." >&2
  exit 1
fi
