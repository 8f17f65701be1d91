#!/usr/bin/env bash
# Usage: tools/tsan.sh COMMAND...   runs COMMAND where ThreadSanitizer's programs can run.
# Some kernels place memory where TSan cannot work (vm.mmap_rnd_bits above 28); without address
# randomisation it can. Says "skipped: ..." and exits 77 where neither works.
set -euo pipefail
cd "$(dirname "$0")/.."

probe=build/tsan_probe
mkdir -p build
compiler=${CXX:-$(command -v c++ || command -v g++ || command -v clang++ || echo c++)}
if [[ ! -x $probe ]] &&
  ! echo 'int main() {}' | "$compiler" -fsanitize=thread -x c++ - -o "$probe" 2>/dev/null; then
  echo "skipped: $compiler cannot build a program with -fsanitize=thread here."
  exit 77
fi

if "./$probe" >/dev/null 2>&1; then exec "$@"; fi
if setarch -R "./$probe" >/dev/null 2>&1; then exec setarch -R "$@"; fi
bits=$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo unknown)
echo "skipped: ThreadSanitizer cannot run on this kernel (vm.mmap_rnd_bits is $bits) and setarch -R" \
  "is not allowed; on your own machine: sudo sysctl vm.mmap_rnd_bits=28"
exit 77
