"""Grades one submission: takes it, builds it, judges it, and gives credit for each TODO."""

import hashlib
import time
from dataclasses import dataclass, field

from workbook import telling, tree
from workbook.grading import credit, flags, judging, mistakes, submission
from workbook.grading.sandbox import Limits
from workbook.grading.workshop import NotBuilt

# From the one that a person should look at first to the one that is all right.
STATUSES = ("environment", "suspicious", "not built", "timed out", "ended early", "hung", "wrong", "ok")
RUN_FILE_BYTES = 64 << 20  # that a test may write into one file, all of it in memory


@dataclass
class Grade:
    submission: str
    stage: str
    status: str = "environment"
    reason: str = ""  # why it is not ok, in one sentence
    story: str = ""  # of the test to read first
    credits: list = field(default_factory=list)
    outcomes: dict = field(default_factory=dict)
    mistake: str = ""  # of the known ones, what it looks like
    flags: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    sha256: str = ""  # of the files that were graded
    seconds: float = 0.0

    @property
    def points(self):
        return round(sum(one.points for one in self.credits), 2)

    @property
    def most(self):
        return sum(one.most for one in self.credits)


class Grader:
    """Grades submissions to a stage in the copies of a workshop. `about`: the tests that count, with their TODO."""

    def __init__(self, workshop, about, seconds):
        self.workshop = workshop
        self.stage = workshop.stage
        self.about = about
        self.seconds = seconds  # that one submission may take
        self.known = mistakes.known(self.stage)

    def grade(self, handed_in, slot, jobs):
        """The grade; what goes wrong on this machine is a grade of its own, so that others follow."""
        begin = time.monotonic()
        grade = Grade(handed_in.name, self.stage.name, credits=credit.credits(self.stage, self.about, {}))
        try:
            self.fill(grade, handed_in, slot, jobs, begin + self.seconds)
        except submission.Refused as refused:
            grade.status, grade.reason = "not built", str(refused)
        except OSError as error:
            grade.status, grade.reason = "environment", f"This machine, not the submission: {error}."
        grade.seconds = time.monotonic() - begin
        return grade

    def fill(self, grade, handed_in, slot, jobs, deadline):
        taken = submission.take(handed_in, self.stage)
        grade.notes = taken.notes
        grade.sha256 = digest({**taken.files, **taken.headers})
        grade.flags = flags.found_in({**taken.files, **taken.headers}, self.stage)
        copy = self.workshop.new_copy(slot)
        try:
            files = self.build(grade, copy, taken, jobs, deadline)
        except NotBuilt as broken:
            grade.status, grade.reason = "timed out" if broken.late else "not built", str(broken)
            return
        grade.outcomes = self.judge(copy, self.about, jobs, deadline)
        helped = self.with_solution(grade, copy, files, jobs, deadline)
        grade.credits = credit.credits(self.stage, self.about, grade.outcomes, helped)
        self.conclude(grade)

    def build(self, grade, copy, taken, jobs, deadline):
        """Builds what was taken, with the given headers if it can be. Returns the files that it was built of."""
        try:
            self.workshop.build(copy, taken.files, left(deadline), jobs)
            return taken.files
        except NotBuilt as broken:
            if broken.late or not taken.headers:
                raise
        files = {**taken.files, **taken.headers}
        self.workshop.build(copy, files, left(deadline), jobs)
        grade.notes = [note for note in grade.notes if not note.startswith(tuple(taken.headers))]
        grade.notes += [f"{name} is changed, and was taken: it does not build without" for name in taken.headers]
        return files

    def judge(self, slot, names, jobs, deadline):
        limits = Limits(left(deadline), file_bytes=RUN_FILE_BYTES)
        return judging.judge(self.workshop.commands(slot, "stage", names, limits), jobs, deadline)

    def with_solution(self, grade, copy, files, jobs, deadline):
        """The names of failing tests that pass when the other TODOs are the solution's, as far as they have files
        of their own: a mistake in one TODO costs that one."""
        helped = set()
        for own, todos in self.todos_by_files(files).items():
            failing = [name for name, todo in self.about.items()
                       if todo in todos and grade.outcomes[name].status not in ("passed", "skipped")]  # fmt: skip
            if not failing or len(own) == len(files) or time.monotonic() > deadline:
                continue
            others = {name: (self.stage.solution / name).read_bytes() for name in files if name not in own}
            try:
                self.workshop.build(copy, {**{name: files[name] for name in own}, **others}, left(deadline), jobs)
            except NotBuilt:
                continue  # what it has written in one file needs what it has written in another
            outcomes = self.judge(copy, failing, jobs, deadline)
            helped |= {name for name, outcome in outcomes.items() if outcome.passed}
        return helped

    def todos_by_files(self, files):
        """{names of the files that hold them: TODOs}; a header that belongs to a file goes with it. Without the
        TODOs that are still stubs."""
        unwritten = {number for content in files.values() for number, _ in tree.stubs_in(content.decode(errors="replace"))}
        found = {}
        for number, place in self.stage.stubs().items():
            stem = place.rpartition("/")[2].partition(".")[0]
            own = tuple(sorted(name for name in files if name.partition(".")[0] == stem))
            if own and number not in unwritten:
                found.setdefault(own, set()).add(number)
        return found

    def conclude(self, grade):
        outcomes = grade.outcomes.values()
        wrong = [outcome for outcome in outcomes if outcome.status not in ("passed", "skipped")]
        wrong.sort(key=lambda outcome: telling.order(outcome.blamed or self.about[outcome.name] or ""))
        # What passes beside the solution only suffers from the mistake.
        own = {name for one in grade.credits for name in one.failed}
        grade.mistake = mistakes.likely(self.known, [(one.name, one.story) for one in wrong
                                                     if one.name in own and one.status in ("failed", "hung")
                                                     and not one.unwritten])  # fmt: skip
        skipped = [outcome for outcome in outcomes if outcome.status == "skipped"]
        grade.flags += [f"no verdict of {outcome.name}: {outcome.story}" for outcome in skipped]
        grade.status = status_of({outcome.status for outcome in wrong}, grade.flags)
        if wrong:
            grade.story = wrong[0].story
            grade.reason = f"{len(wrong)} of {len(grade.outcomes)} tests do not pass; the first: {wrong[0].name}"
            if wrong[0].kind:
                grade.reason += f" ({wrong[0].kind if wrong[0].kind != judging.NO_RECORD else wrong[0].story})"
        elif grade.flags:
            grade.reason = "All tests pass; a person should look at what is flagged."


def status_of(wrong, found):
    """The status of a submission, by those of its tests that do not pass."""
    if "not run" in wrong:
        return "timed out"
    if wrong & {"early", "limit"}:
        return "ended early"
    if found:
        return "suspicious"
    return "hung" if "hung" in wrong else "wrong" if wrong else "ok"


def left(deadline):
    return max(1.0, deadline - time.monotonic())


def digest(files):
    """One hash of the files, names included."""
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return hashlib.sha256("".join(sums).encode()).hexdigest()
