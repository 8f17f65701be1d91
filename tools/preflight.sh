#!/usr/bin/env bash
# Usage: tools/preflight.sh [PRESET]   proves that the compiler knows the C++23 this workbook uses.
set -euo pipefail

compiler=${CXX:-}
if [[ ${1:-} == lint || ${1:-} == clang ]]; then compiler=clang++; fi
if [[ -z $compiler ]]; then
  for compiler in c++ g++ clang++; do
    if command -v "$compiler" >/dev/null; then break; fi
  done
fi
if [[ ${1:-} == clang ]] && ! command -v clang++ >/dev/null; then
  echo "Clang, which would give the second opinion, is not installed; type: sudo apt-get install clang" >&2
  exit 1
fi
if ! command -v "$compiler" >/dev/null; then
  echo "There is no C++ compiler '$compiler' here; 'make setup' installs g++." >&2
  exit 1
fi

# Clang 14 spells the standard c++2b.
for standard in c++23 c++2b; do
  if "$compiler" "-std=$standard" -x c++ -fsyntax-only - >/dev/null 2>&1 <<'CODE'; then
#include <functional>
#include <stop_token>
#include <thread>
std::move_only_function<void()> job = [] {};
std::jthread worker([](std::stop_token) {});
CODE
    exit 0
  fi
done

version=$("$compiler" --version 2>/dev/null | head -n 1) || version="unknown version"
echo "The compiler '$compiler' ($version) is too old: it has no C++23 std::move_only_function." \
  "Use GCC 12 or newer, or Clang 14 or newer with libstdc++ 12, for example:" \
  "sudo apt-get install g++-12 && make CXX=g++-12 stage-01" >&2
exit 1
