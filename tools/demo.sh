#!/usr/bin/env bash
# Usage: tools/demo.sh [--slow-client] [--beside 01] [NN...]
# Builds servers and lets them meet their clients, one server after the other: those of the stages NN,
# without a number those of all stages that have a server.
#   --beside NN    first the solution of this stage, to compare with
#   --slow-client  the clients are a slow one and one behind it
# MINE=1: your servers instead of the solutions'. SLEEP=5s: how long /sleep sleeps.
# BYTE_EVERY=1s: the pause between two bytes of the slow client.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "$*" >&2
  exit 2
}

side=solution
if [[ -n ${MINE:-} ]]; then side=stage; fi
options=(--out build/demo)
if [[ -n ${SLEEP:-} ]]; then options+=(--sleep "$SLEEP"); fi
if [[ -n ${BYTE_EVERY:-} ]]; then options+=(--byte-every "$BYTE_EVERY"); fi
numbers=()
beside=
while (($#)); do
  case $1 in
    --slow-client) options+=(--slow-client) ;;
    --beside)
      beside=${2:-}
      [[ $beside == [0-9][0-9] ]] || fail "--beside needs the number of a stage such as 01."
      shift
      ;;
    [0-9][0-9]) numbers+=("$1") ;;
    *) fail "'$1' is no number of a stage such as 01." ;;
  esac
  shift
done

tools/build.sh release demo

# has_server SIDE NN
has_server() {
  grep -q "^build $1$2_server: phony" build/release/build.ninja
}

if ((${#numbers[@]} == 0)); then
  for folder in solutions/[0-9][0-9]_*/; do
    number=$(basename "$folder")
    number=${number%%_*}
    if has_server "$side" "$number"; then numbers+=("$number"); fi
  done
fi

targets=()
if [[ -n $beside && "$side$beside" != "solution${numbers[0]}" ]]; then
  has_server solution "$beside" || fail "Stage $beside has no server to compare with."
  targets+=("solution${beside}_server")
fi
for number in "${numbers[@]}"; do
  has_server "$side" "$number" || fail "Stage $number has no server to demonstrate."
  targets+=("${side}${number}_server")
done
tools/build.sh release "${targets[@]}"

last=${numbers[-1]}
for target in "${targets[@]}"; do options+=(--server "build/release/bin/$target"); done
if ! build/release/bin/demo "${options[@]}"; then
  if [[ $side == stage ]]; then echo "Next: make check-$last" >&2; fi
  exit 1
fi
if [[ $side == stage ]]; then
  echo "Next: open a picture in a browser, or compare with the solution: make demo-$last"
else
  echo "Next: open a picture in a browser, or try your own server: make demo-$last MINE=1"
fi
