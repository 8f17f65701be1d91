#!/usr/bin/env bash
# Usage: tools/sanitizer.sh address|thread            prints what its programs are started with here
#        tools/sanitizer.sh address|thread COMMAND... runs COMMAND so that its programs can run
# Some kernels place memory where a sanitizer cannot work (vm.mmap_rnd_bits above 28): at each start or
# at some. Without address randomisation it can, so that is how it is started there: by setarch -R.
# Says "skipped: ..." and exits 77 where a program with the sanitizer cannot be built or started.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  address) name=AddressSanitizer ;;
  thread) name=ThreadSanitizer ;;
  *) echo "Usage: tools/sanitizer.sh address|thread [COMMAND...]" >&2 && exit 2 ;;
esac
kind=$1
shift

compiler=${CXX:-$(command -v c++ || command -v g++ || command -v clang++ || echo c++)}
probe=build/probes/$kind-${compiler//\//_}
mkdir -p build/probes
if [[ ! -x $probe ]] &&
  ! echo 'int main() {}' | "$compiler" "-fsanitize=$kind" -x c++ - -o "$probe" 2>/dev/null; then
  echo "skipped: $compiler cannot build a program with -fsanitize=$kind here."
  exit 77
fi

# Where only some starts fail, one that does not fail proves nothing.
bits=$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo unknown)
starts=1
if [[ $bits == unknown ]] || ((bits > 28)); then starts=20; fi
works() { # works [LAUNCHER...]
  local i
  for ((i = 0; i < starts; ++i)); do
    # A start that fails may also print the same line for ever.
    timeout 10 "$@" "./$probe" >/dev/null || return 1
  done
} 2>/dev/null

launcher=()
if ! works; then
  launcher=(setarch -R)
  if ! works "${launcher[@]}"; then
    if [[ $(ulimit -v) != unlimited ]]; then
      remedy="the shell allows $(ulimit -v) KiB of memory, it reserves more; type: ulimit -v unlimited"
    elif [[ $(cat /proc/sys/vm/overcommit_memory 2>/dev/null) == 2 ]]; then
      remedy="it reserves more memory than there is; type: sudo sysctl vm.overcommit_memory=0"
    else
      remedy="setarch -R is not allowed either; type: sudo sysctl vm.mmap_rnd_bits=28 (it is $bits)"
    fi
    echo "skipped: programs with $name cannot start here: $remedy"
    exit 77
  fi
fi

if (($#)); then exec "${launcher[@]}" "$@"; fi
echo "${launcher[*]}"
