#!/usr/bin/env bash
# Usage: tools/format.sh [--check]   formats the C++ sources, or says which are not formatted.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v clang-format >/dev/null; then
  echo "skipped: clang-format is not installed; tools/setup.sh lint installs it."
  exit 77
fi
mapfile -t files < <(find lib stages solutions tests experiments tools -name '*.[ch]pp' | sort)
if [[ ${1:-} == --check ]]; then
  clang-format --dry-run -Werror "${files[@]}"
else
  clang-format -i "${files[@]}"
fi
