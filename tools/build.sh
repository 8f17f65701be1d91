#!/usr/bin/env bash
# Usage: tools/build.sh PRESET TARGET...   ("all" builds everything)
# Configures build/PRESET when it is not configured yet, then builds. Quiet unless something is wrong:
# CMake's and the compiler's words go to build/PRESET.log; the compiler's complaints are shown.
# Exit: 0 built, 3 the code does not compile, 4 the machine lacks something.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=$1
shift
folder=build/$preset
log=build/$preset.log
jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}

# A build folder belongs to one compiler: another CXX= starts it afresh.
if [[ -n ${CXX:-} && -f $folder/.cxx && $(<"$folder/.cxx") != "$CXX" ]]; then
  rm -rf "$folder"
fi

configure() {
  if [[ $preset == lint ]]; then tools/setup.sh lint || exit 4; else tools/setup.sh || exit 4; fi
  tools/preflight.sh "$preset" || exit 4
  mkdir -p build
  echo "Configuring $folder (once)."
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    rm -f "$folder/build.ninja"
    echo "CMake could not configure $folder; the whole text is in $log:" >&2
    grep -A 12 -m 1 'CMake Error' "$log" >&2 || tail -n 12 "$log" >&2
    exit 4
  fi
  echo "${CXX:-}" >"$folder/.cxx"
}

# On a terminal, one line that counts; nothing in a file or a pipe.
count() {
  local line
  while IFS= read -r line; do
    echo "$line"
    if [[ $line == \[*/*\]* && -t 2 ]]; then printf '\rBuilding %s]\e[K' "${line%%]*}" >&2; fi
  done
  if [[ -t 2 ]]; then printf '\r\e[K' >&2; fi
}

# The compiler's words, without Ninja's.
complaints() {
  sed -E -e '/^\[[0-9]+\/[0-9]+\] /d' -e '/^FAILED: /,+1d' -e '/^-- /d' -e '/^ninja: (build stopped|Entering)/d' -e "s#$PWD/##g" "$log"
}

first_error() {
  awk '/error:/ && ++errors == 2 { exit } { print }' | head -n 25
}

[[ -f $folder/build.ninja ]] || configure
targets=()
for target in "$@"; do
  if [[ $target == *'*' ]]; then # stage03* is every program of the stage
    mapfile -t found < <(sed -nE "s/^build (${target%\*}_[a-z_]+): phony .*/\1/p" "$folder/build.ninja")
    targets+=("${found[@]}")
  else
    targets+=("$target")
  fi
done

if cmake --build "$folder" -j "$jobs" --target "${targets[@]}" 2>&1 | count >"$log"; then
  if grep -q 'warning:' "$log"; then complaints; fi
else
  complaints | first_error >&2 || true # head may close the pipe early
  echo "It does not build. The first error is above, all of them are in $log" >&2
  exit 3
fi
