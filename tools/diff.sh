#!/usr/bin/env bash
# Usage: tools/diff.sh 03_pool   the learner's stage against the solution, without suite and hints.
set -euo pipefail
cd "$(dirname "$0")/.."

color=never
if [[ -t 1 ]]; then color=always; fi
# Only in the stage: the suite, the hints, and what an editor keeps beside a file.
# diff says 1 when the two differ, which is the usual case here.
{ diff -ru "--color=$color" --exclude='*_test.cpp' "stages/$1" "solutions/$1" || (($? == 1)); } |
  sed -E -e '/diff -ru/d' -e '/^Only in .*\.[ch]pp$/!{/^Only in /d}' -e '/^Only in .*: \./d'
