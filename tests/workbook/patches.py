#!/usr/bin/env python3
"""Every answer, wrong or right, is well-formed: it has its headers, applies as it stands, and a wrong
one names a real test. Nothing else lies beside the answers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import patch_file, tree  # noqa: E402


def check_patch(path, root):
    try:
        patch = patch_file.read_patch(path)
        patch_file.apply(patch, root, "--dry-run")
    except patch_file.Broken as broken:
        return [str(broken)]
    stage = tree.Stage(patch.stage.name, root)
    claimed = patch.headers.get("Killed-by")
    if not stage.folder.is_dir():
        return ["lies in a folder that is no stage"]
    if claimed and claimed not in stage.suite():
        return [f"claims {claimed}, which is no test of its stage"]
    return []


def check(kind, root):
    paths = patch_file.find_patches(kind, root=root)
    problems = [f"{path.relative_to(root)} {problem}" for path in paths for problem in check_patch(path, root)]
    others = {path for path in (root / "tests" / kind).rglob("*") if not path.is_dir()} - set(paths)
    problems += [f"{path.relative_to(root)} is not NN_stage/NAME.patch" for path in sorted(others)]
    return problems


def main():
    problems = []
    seen = []
    for kind in patch_file.HEADERS:
        problems += check(kind, tree.ROOT)
        seen.append(f"{len(patch_file.find_patches(kind))} {kind.replace('_', ' ')}")
    tree.report("patches", problems, " and ".join(seen))


if __name__ == "__main__":
    main()
