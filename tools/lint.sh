#!/usr/bin/env bash
# Builds everything with Clang, warnings as errors, then runs clang-tidy on the code that is read.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! tools/setup.sh lint; then
  echo "skipped: clang and clang-tidy are not installed."
  exit 77
fi
tools/build.sh lint all
mapfile -t files < <(find lib stages solutions tests/harness -name '*.cpp' ! -name '*_test.cpp' | sort)
printf '%s\n' "${files[@]}" |
  xargs -P "$(python3 tools/workbook jobs)" -n 2 clang-tidy --quiet -p build/lint 2>&1 |
  sed -E '/warnings? generated\.$/d; /^Suppressed /d; /^Use -header-filter/d'
echo "Clang and clang-tidy have nothing to say."
