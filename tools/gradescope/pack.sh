#!/usr/bin/env bash
# Usage: tools/gradescope/pack.sh STAGE   Packs the committed workbook as an autograder for Gradescope.
set -euo pipefail
cd "$(dirname "$0")/../.."

stage=${1:-}
if ! compgen -G "stages/${stage:-none}_*" >/dev/null; then
  echo "Name the stage that is graded: tools/gradescope/pack.sh 01" >&2
  exit 2
fi
mkdir -p build
zip=build/autograder-$stage.zip
echo "$stage" >build/stage
git archive --format=zip -o "$zip" --add-file=tools/gradescope/setup.sh --add-file=tools/gradescope/run_autograder \
  --add-file=build/stage --prefix=workbook/ HEAD
rm build/stage
echo "$zip is ready to be uploaded to Gradescope."
