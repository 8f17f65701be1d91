"""Tries answers, wrong or right: each patch is applied to a copy of the tree under build/answers, only
what it touches is built again, and a judge says what the suite thinks of it."""

import argparse

from workbook import handed_out, running, tree
from workbook.patch_file import Broken, find_patches, read_patch
from workbook.scratch_tree import SCRATCH, Tree, share_out
from workbook.status_line import StatusLine
from workbook.tree import ROOT


def command_line(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--stage", help="only this stage, for example 01")
    parser.add_argument("--only", default="*", help="only patches whose name contains this")
    return parser


def chosen(kind, options):
    """The patches of a kind that the command line asks for."""
    stage = tree.find_stage(options.stage) if options.stage else None
    paths = find_patches(kind, stage, options.only)
    if handed_out.is_handout(ROOT):
        tree.die(handed_out.later("What the suites think of known answers"))
    if not paths:
        tree.die(f"No patch in tests/{kind} matches '{options.only}'.")
    patches = []
    for path in paths:
        try:
            patches.append(read_patch(path))
        except Broken as broken:
            tree.die(f"{path.relative_to(ROOT)} {broken}.", tree.WRONG)
    return patches


def prepared_copy(patches):
    """The first copy, with the untouched solutions that the patches are for."""
    copy = Tree(1)
    with StatusLine(f"Building the untouched solutions in {SCRATCH.relative_to(ROOT)}"):
        copy.prepare(sorted({patch.stage for patch in patches}, key=lambda stage: stage.name))
    return copy


def try_all(title, patches, first, copies, judge):
    """The verdicts of judge(copy, patch), each told as soon as it is there."""
    shares = share_out(patches, copies)
    all_copies = [first, *(Tree(number) for number in range(2, len(shares) + 1))]

    def try_share(copy, share):
        if copy is not first:
            copy.prepare(first.stages)
        verdicts = []
        for patch in share:
            verdict = judge(copy, patch)
            verdicts.append(verdict)
            status.print(verdict.told())
            status.count()
        copy.restore()
        return verdicts

    with StatusLine(title, len(patches)) as status, running.workers(len(shares)) as pool:
        return [verdict for verdicts in pool.map(try_share, all_copies, shares) for verdict in verdicts]


def indented(text):
    """The words of a program, as a part of what is told."""
    return text.replace("\n", "\n    | ")
