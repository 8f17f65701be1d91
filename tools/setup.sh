#!/usr/bin/env bash
# Usage: tools/setup.sh [lint] [browser] [grade] [--verbose]
# Installs what the workbook needs and does not find; costs nothing when all is there.
# Without the right to install it prints the one command to type. Exit: 0 ready, 4 something is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

lint=false
browser=false
grade=false
verbose=false
for word in "$@"; do
  case $word in
    lint) lint=true ;;
    browser) browser=true ;;
    grade) grade=true ;;
    --verbose) verbose=true ;;
    *) echo "tools/setup.sh knows 'lint', 'browser', 'grade' and '--verbose', not '$word'." >&2 && exit 2 ;;
  esac
done

has() { command -v "$1" >/dev/null 2>&1; }
fail() { echo "$*" >&2 && exit 4; }

compiler() {
  local name
  for name in ${CXX:+"$CXX"} c++ g++ clang++; do
    if has "$name"; then echo "$name" && return; fi
  done
}

# Fills `tools`, `headers` and `comforts` with the Debian names of what is missing.
# Without the headers' packages CMake can still fetch the libraries, and without the comforts only
# some of the text's commands are missing, so neither are fatal.
look() {
  tools=()
  headers=()
  comforts=()
  has curl || comforts+=(curl)
  has ss || comforts+=(iproute2)
  if [[ -z $(compiler) ]]; then tools+=(g++); fi
  has cmake || tools+=(cmake)
  has ninja || tools+=(ninja-build)
  has make || tools+=(make)
  has python3 || tools+=(python3)
  has patch || tools+=(patch)
  has addr2line || tools+=(binutils)
  if $lint; then
    has clang++ || tools+=(clang)
    has clang-tidy || tools+=(clang-tidy)
    has clang-format || tools+=(clang-format)
  fi
  if $browser; then
    has chromium || has chromium-browser || has google-chrome || tools+=(chromium)
    has chromedriver || tools+=(chromium-driver)
  fi
  if $grade; then has bwrap || tools+=(bubblewrap); fi
  local library=(gtest/gtest.h libgtest-dev gmock/gmock.h libgmock-dev fmt/core.h libfmt-dev
    benchmark/benchmark.h libbenchmark-dev CLI/CLI.hpp libcli11-dev nlohmann/json.hpp nlohmann-json3-dev)
  if [[ -z $(compiler) ]]; then
    headers=(libgtest-dev libgmock-dev libfmt-dev libbenchmark-dev libcli11-dev nlohmann-json3-dev)
    return
  fi
  local i
  for ((i = 0; i < ${#library[@]}; i += 2)); do
    printf '#if !__has_include(<%s>)\n%s\n#endif\n' "${library[i]}" "${library[i + 1]}"
  done >"$probe"
  mapfile -t headers < <("$(compiler)" -E -P -x c++ "$probe" 2>/dev/null | sed '/^$/d')
}

old_cmake() {
  local major minor
  IFS=. read -r _ major minor _ < <(cmake --version | sed -n '1s/cmake version /./p')
  ((major < 3 || (major == 3 && minor < 25)))
}

check_cmake() {
  if has cmake && old_cmake; then
    fail "$(cmake --version | head -n 1) is too old, 3.25 is needed: 'pipx install cmake' or" \
      "https://apt.kitware.com has a newer one."
  fi
}

# How to become root without surprising anybody: a password may be asked only at a terminal.
as_root=()
may_install() {
  if ((EUID == 0)); then return 0; fi
  has sudo || return 1
  if sudo -n true 2>/dev/null || [[ -t 0 && -t 1 ]]; then as_root=(sudo); else return 1; fi
}

other_systems() {
  local what
  case $(uname -s) in
    Darwin) what="use the dev container (.devcontainer/) or Docker; macOS itself is not supported" ;;
    *)
      if has dnf; then
        what="type: sudo dnf install gcc-c++ cmake ninja-build make gtest-devel gmock-devel"
        what+=" google-benchmark-devel fmt-devel cli11-devel json-devel python3 patch binutils libasan libubsan curl"
      elif has pacman; then
        what="type: sudo pacman -S gcc cmake ninja make gtest benchmark fmt cli11 nlohmann-json python patch binutils curl"
      else
        what="install them with your system's package manager, or use the dev container (.devcontainer/)"
      fi
      ;;
  esac
  echo "$what"
}

probe=$(mktemp)
trap 'rm -f "$probe"' EXIT
# Says what is done without the packages that are not fatal. $1: how to install them.
go_on() {
  if ((${#headers[@]})); then
    echo "Not installed: ${headers[*]}$1; CMake will download pinned versions instead." >&2
  elif $verbose; then
    echo "Not installed: ${comforts[*]}$1; some commands of the text need it." >&2
  fi
}

look
check_cmake
missing=("${tools[@]}" "${headers[@]}" "${comforts[@]}")
if ((${#missing[@]} == 0)); then
  if $verbose; then echo "Everything is here. Next: make stage-01   or: make demo"; fi
  exit 0
fi

if ! has apt-get; then
  if ((${#tools[@]})); then fail "Missing: ${missing[*]} (Debian's names). Please $(other_systems)."; fi
  go_on " (Debian's names)"
  exit 0
fi

command="apt-get install --yes --no-install-recommends ${missing[*]}"
if ! may_install; then
  if ((${#tools[@]})); then
    fail "Missing: ${missing[*]}. Installing needs root; type: sudo $command"
  fi
  go_on " (sudo $command)"
  exit 0
fi

mkdir -p build
log=build/setup.log
echo "Installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@" </dev/null
}
if ! { apt update && apt install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  reason=$(grep -m 1 '^E: ' "$log" || echo "see the log")
  if ((${#tools[@]})); then fail "apt-get could not install ${missing[*]} ($reason; all of it in $log)."; fi
  go_on " (apt-get says: $reason)"
fi
look
if ((${#tools[@]})); then fail "Still missing after apt-get: ${tools[*]} (see $log)."; fi
check_cmake
if $verbose; then echo "Ready. Next: make stage-01   or: make demo"; fi
