#!/usr/bin/env bash
# Usage: tools/build_stage.sh 03_pool   builds the learner's stage and says what to type next.
set -euo pipefail
cd "$(dirname "$0")/.."

number=${1%%_*}
tools/build.sh dev "stage${number}*" || exit
echo "Stage $number is built. Next: ctest -R stage$number   or: make check-$number, which tells the story."
