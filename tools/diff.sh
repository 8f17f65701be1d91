#!/usr/bin/env bash
# Usage: tools/diff.sh 03_pool   the learner's stage against the solution, without suite and hints.
set -euo pipefail
cd "$(dirname "$0")/.."

color=never
if [[ -t 1 ]]; then color=always; fi
# diff says 1 when the two differ, which is the usual case here.
{ diff -ru "--color=$color" --exclude='*_test.cpp' --exclude='*.md' --exclude='*.txt' \
  "stages/$1" "solutions/$1" || (($? == 1)); } | sed '/diff -ru/d'
