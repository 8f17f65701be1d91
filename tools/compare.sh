#!/usr/bin/env bash
# Usage: tools/compare.sh [--out FOLDER] [--clients N] [--requests N] [--repetitions N]
# Compares the three servers in the terminal, then writes a page for the projector: the same numbers
# as plots, and the timelines of the demo. The page is FOLDER/index.html (build/compare).
# MINE=1: your servers instead of the solutions'.
set -euo pipefail
cd "$(dirname "$0")/.."

out=build/compare
if [[ ${1:-} == --out ]]; then
  out=${2:?"--out needs a folder"}
  shift 2
fi
# Before anything is built.
for ((i = 1; i < $#; i += 2)); do
  option=${!i}
  value=${*:i+1:1}
  case $option in
    --clients) most=10000 ;;
    --requests) most=1000000 ;;
    --repetitions) most=100 ;;
    *) continue ;;
  esac
  option=${option#--}
  if [[ ! $value =~ ^[1-9][0-9]{0,6}$ ]] || ((value > most)); then
    echo "${option^^}=$value is no number from 1 to $most." >&2
    exit 2
  fi
done
side=solution
if [[ -n ${MINE:-} ]]; then side=stage; fi
programs=("${side}01_server" "${side}02_server" "${side}03_server")

tools/build.sh release "compare_${side}s" demo "${programs[@]}"
mkdir -p "$out"

stop() {
  if [[ $side == stage ]]; then echo "Next: make progress, then make check-NN of what is open" >&2; fi
  exit 1
}

# The timelines come first: the demo says in a sentence when one of your servers is not finished.
servers=()
pictures=()
for program in "${programs[@]}"; do
  servers+=(--server "build/release/bin/$program")
  pictures+=("$out/$program.svg")
done
if ! build/release/bin/demo "${servers[@]}" --sleep 500ms --out "$out" >"$out/demo.log" 2>&1; then
  tail -n 5 "$out/demo.log" >&2
  stop
fi
"build/release/bin/compare_${side}s" --folder build/release/bin --side "$side" \
  --json "$out/comparison.json" "$@" || stop
python3 tools/workbook compare-page "$out/comparison.json" "${pictures[@]}" >"$out/index.html"

printf '\nThe page: %s\n' "$out/index.html"
if [[ $side == stage ]]; then
  echo "Next: open it in a browser (F11 fills the screen), or see the solutions': make compare"
else
  echo "Next: open it in a browser (F11 fills the screen), or compare your own: make compare MINE=1"
fi
