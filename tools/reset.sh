#!/usr/bin/env bash
# Usage: tools/reset.sh 03_pool   brings the untouched skeleton back from git; keeps a backup.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=stages/$1
if ! command -v git >/dev/null || ! git rev-parse --git-dir >/dev/null 2>&1; then
  echo "The skeleton comes back from git, and there is no git repository here;" \
    "take $folder from a fresh clone instead." >&2
  exit 4
fi

# A learner may have committed work. The skeleton is the newest commit in which every TODO that the
# stage's own hints list still has its stub.
is_skeleton() {
  local code number
  code=$(git grep -hE 'todo\(' "$1" -- "$folder" ':!*_test.cpp' || true)
  for number in $(git show "$1:$folder/hints.md" 2>/dev/null | sed -nE 's/^## TODO ([0-9.]+).*/\1/p'); do
    [[ $code == *"todo(\"$number\""* ]] || return 1
  done
  [[ -n $code ]]
}

skeleton=
for commit in $(git rev-list HEAD -- "$folder"); do
  if is_skeleton "$commit"; then skeleton=$commit && break; fi
done
if [[ -z $skeleton ]]; then
  echo "No commit in this clone has the untouched $folder; take it from a fresh clone." >&2
  exit 4
fi
if git diff --quiet "$skeleton" -- "$folder"; then
  echo "$folder is the untouched skeleton already."
  exit 0
fi

backup=backups/$1-$(date +%Y%m%d-%H%M%S)
mkdir -p backups
cp -a "$folder" "$backup"
git restore "--source=$skeleton" --worktree -- "$folder"
echo "$folder is the untouched skeleton again. Your files are in $backup"
