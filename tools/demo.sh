#!/usr/bin/env bash
# Usage: tools/demo.sh [--slow-client] [--beside] [NN...]
# Builds servers and lets them meet their clients, one server after the other: those of the stages
# NN, without a number those of all stages that have a server.
#   --beside       first the solutions of the stages before, to compare with; afterwards a server
#                  with --overload meets more clients than it has room for
#   --slow-client  the clients are slow ones, as many as the server has workers, and one behind them
# MINE=1: your servers instead of the solutions'. SLEEP=5s: how long /sleep sleeps.
# BYTE_EVERY=1s: the pause between two bytes of a slow client.
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
beside=false
slow_client=false
while (($#)); do
  case $1 in
    --slow-client) slow_client=true ;;
    --beside) beside=true ;;
    [0-9][0-9]) numbers+=("$1") ;;
    *) fail "'$1' is no number of a stage such as 01." ;;
  esac
  shift
done

tools/build.sh release # configures: what there is to build is known then

# has_server SIDE NN
has_server() {
  grep -q "^build $1$2_server: phony" build/release/build.ninja
}

# The stages whose solution has a server, in order.
with_server=()
for folder in solutions/[0-9][0-9]_*/; do
  number=$(basename "$folder")
  number=${number%%_*}
  if has_server solution "$number"; then with_server+=("$number"); fi
done

if ((${#numbers[@]} == 0)); then numbers=("${with_server[@]}"); fi
last=${numbers[-1]}
targets=()
if $beside; then
  for number in "${with_server[@]}"; do
    # Your own server of stage 01 has nobody before it: it stands beside the solution.
    if [[ $number < ${numbers[0]} || "$side $number" == "stage ${with_server[0]}" ]]; then
      targets+=("solution${number}_server")
    fi
  done
fi
for number in "${numbers[@]}"; do
  has_server "$side" "$number" || fail "Stage $number has no server to demonstrate."
  targets+=("${side}${number}_server")
done
tools/build.sh release demo "${targets[@]}"

demo() { # SERVER... -- OPTION...
  local servers=()
  while [[ $1 != -- ]]; do
    servers+=(--server "build/release/bin/$1")
    shift
  done
  shift
  if build/release/bin/demo "${servers[@]}" "${options[@]}" "$@"; then return; fi
  if [[ $side == stage ]]; then echo "Next: make check-$last" >&2; fi
  exit 1
}

# What the last server says about an option in its help, such as "--workers UINT=4"; else nothing.
offer() {
  "build/release/bin/${targets[-1]}" --help | grep -e "$1 " || true
}

if $slow_client; then
  workers=$(offer --workers | sed -nE 's/.*(=|\[)([0-9]+)[] ].*/\2/p')
  demo "${targets[@]}" -- --slow-clients "${workers:-1}"
else
  demo "${targets[@]}" --
  if $beside && [[ -n $(offer --overload) ]]; then
    echo
    demo "${targets[-1]}" -- --overload
  fi
fi

if [[ $side == stage ]]; then
  echo "Next: open a picture in a browser, or compare with the solution: make demo-$last"
else
  echo "Next: open a picture in a browser, or try your own server: make demo-$last MINE=1"
fi
