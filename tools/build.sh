#!/usr/bin/env bash
# Usage: tools/build.sh PRESET [TARGET...]   ("all" builds everything; without one, nothing is built)
# Configures build/PRESET when it is not configured yet, then builds. Quiet unless something is wrong:
# CMake's and the compiler's words go to build/PRESET.log; the compiler's complaints are shown.
# Exit: 0 built, 3 the code does not compile, 4 the machine lacks something.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=$1
shift
folder=build/$preset
log=build/$preset.log
command -v python3 >/dev/null || tools/setup.sh || exit 4
jobs=${WORKBOOK_JOBS:-$(python3 tools/workbook jobs)} || exit 2

# Ninja splits the compiler's lists of headers there, and would build everything again each time.
if [[ $PWD == *[\'\"\;\&\<\>\*\?\^\`\|\$\\]* ]]; then
  echo "The workbook does not build in a folder with one of '\"\\;&<>*?^\`|\$ in its path: $PWD; rename it." >&2
  exit 4
fi
mkdir -p build

# Two builds at once would replace each other's programs while they run: the second waits. Tests that
# run hold the same lock (tools/workbook/test_runs.py).
exec {lock}>"$folder.lock"
if command -v flock >/dev/null && ! flock --nonblock "$lock"; then
  echo "$folder is in use by another build, or its tests run; waiting until that is over." >&2
  flock "$lock"
fi

# A sanitizer's programs already run during the build: they are asked for their tests.
if [[ $preset == dev ]] && command -v "${CXX:-c++}" >/dev/null &&
  ! said=$(tools/sanitizer.sh address); then
  echo "${said#skipped: }" >&2
  exit 4
fi

# A build folder belongs to one compiler: another CXX= starts it afresh.
if [[ -n ${CXX:-} && -f $folder/.cxx && $(<"$folder/.cxx") != "$CXX" ]]; then
  rm -rf "$folder"
fi

# A file that somebody has deleted is the simplest reason why nothing builds; a text is none.
name_missing_files() {
  git ls-files --deleted -- ':(exclude)*README.md' 2>/dev/null | head -n 5 |
    sed "s/.*/& is missing; it comes back with: git restore -- '&'/" >&2 || true
}

configure() {
  if [[ $preset == lint ]]; then tools/setup.sh lint || exit 4; else tools/setup.sh || exit 4; fi
  tools/preflight.sh "$preset" || exit 4
  echo "Configuring $folder (once)."
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    rm -f "$folder/build.ninja"
    echo "CMake could not configure $folder; the full output is in $log:" >&2
    grep -A 12 -m 1 'CMake Error' "$log" >&2 || tail -n 12 "$log" >&2
    name_missing_files
    exit 4
  fi
  echo "${CXX:-}" >"$folder/.cxx"
}

# Passes on the lines of Ninja, and shows how far it is: on a terminal in one line, drawn again each
# second; for `make test`, which shows its own, as "12 of 80"; else not at all.
count() {
  local line='' part done='' code
  while :; do
    code=0
    IFS= read -r -t 1 part || code=$?
    line+=$part
    if ((code == 0)); then
      printf '%s\n' "$line"
      if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
        done="${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}"
        if [[ -n ${WORKBOOK_COUNT:-} ]]; then echo "$done" >&3; fi
      fi
      line=
    elif ((code <= 128)); then # the end; above, a second has passed
      printf '%s' "$line"
      break
    fi
    if [[ -t 2 && -n $done ]]; then printf '\rBuilding: %s (%d s)\e[K' "$done" "$SECONDS" >&2; fi
  done
  if [[ -t 2 ]]; then printf '\r\e[K' >&2; fi
}

# The compiler's words, without Ninja's, and places as they are called in the workbook.
complaints() {
  local said
  said=$(sed -E -e '/^\[[0-9]+\/[0-9]+\] /d' -e '/^FAILED: /,+1d' -e '/^-- /d' \
    -e '/^ninja: (build stopped|Entering)/d' "$log")
  printf '%s\n' "${said//"$PWD/"/}"
}

first_error() {
  awk '/error:/ && ++errors == 2 { exit } { print }' | head -n 25
}

[[ -f $folder/build.ninja ]] || configure
if (($# == 0)); then exit 0; fi
# Every program that begins so: stage03* are those of the stage.
programs() { sed -nE "s/^build ($1_[a-z_]+): phony .*/\1/p" "$folder/build.ninja"; }
targets=()
for target in "$@"; do
  if [[ $target == *'*' ]]; then
    # A stage that an update has brought is known after CMake has looked again.
    if [[ -z $(programs "${target%\*}") ]]; then cmake --build "$folder" --target build.ninja >"$log" 2>&1 || true; fi
    mapfile -t found < <(programs "${target%\*}")
    targets+=("${found[@]}")
  else
    targets+=("$target")
  fi
done

if cmake --build "$folder" -j "$jobs" --target "${targets[@]}" 2>&1 | count 3>&1 >"$log"; then
  if grep -q 'warning:' "$log"; then complaints; fi
elif tail -n 1 "$log" | grep -q 'interrupted by user'; then
  exit 130
else
  complaints | first_error >&2 || true # head may close the pipe early
  name_missing_files
  echo "It does not build. The first error is above, all of them are in $log" >&2
  exit 3
fi
