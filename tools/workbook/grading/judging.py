"""Runs the tests of a submission, and says of each what came of it.

The judge is this process: it is outside of the sandbox, and nothing of the submission is in it. A test has passed
when its record, made in the sandbox, gives back what only the end of the test can give (test_runs.judged).
"""

import threading
import time
from collections import deque
from dataclasses import dataclass

from workbook import running, test_runs
from workbook.grading.guard import AT_LIMIT

TEST_SECONDS = 120  # for a test whose own supervisor says nothing: it has a deadline of its own
NO_RECORD = "no record"  # the kind of an outcome that the harness knows nothing of
MOST_CHARACTERS = 8000  # of a story
SILENT = 3  # programs that end without a word, one after the other, until the others are not started


@dataclass
class Outcome:
    name: str  # Suite.Name
    status: str  # passed, failed, hung, early, limit, skipped, not run
    story: str
    seconds: float = 0.0
    todo: str = ""  # which one it is about
    blamed: str = ""  # the TODO in which the test looks for the mistake
    unwritten: str = ""  # the TODO whose stub was called
    kind: str = ""

    @property
    def passed(self):
        return self.status == "passed"


def judge(commands, jobs, deadline):
    """{"Suite.Name": Outcome} for {"Suite.Name": Test}; what is not run at the deadline says so."""
    too_late = "The time for the submission was over before the end of this test."
    outcomes = {name: Outcome(name, "not run", too_late) for name in commands}
    waiting = deque(commands.items())
    silent = {}  # how many programs of a name have ended without a word since one said something
    lock = threading.Lock()

    def take():
        with lock:
            return waiting.popleft() if waiting else (None, None)

    def work():
        program, last = None, {}
        try:
            while time.monotonic() < deadline:
                name, test = take()
                if test is None:
                    break
                if program and (program.key != test_runs.key(test) or program.has_ended()):
                    program.end()
                    program = None
                if silent.get(test.program, 0) >= SILENT and test.program in last:
                    outcomes[name] = Outcome(name, last[test.program].status, last[test.program].story)
                    continue
                program = program or test_runs.Program(test)
                patience = min(TEST_SECONDS, deadline - time.monotonic())
                outcome = outcome_of(name, program.run(test, patience))
                if outcome.kind == NO_RECORD and patience < TEST_SECONDS and time.monotonic() >= deadline:
                    break  # as if it had not been started
                outcomes[name] = last[test.program] = outcome
                silent[test.program] = silent.get(test.program, 0) + 1 if outcome.kind == NO_RECORD else 0
        finally:
            if program:
                program.end()

    with running.workers(jobs) as pool:
        for worker in [pool.submit(work) for _ in range(jobs)]:
            worker.result()
    return outcomes


def outcome_of(name, result):
    """What a result of test_runs means here. Raises OSError when it is the sandbox that has failed."""
    if not result.record:
        return without_record(name, result)
    if result.said("test") != result.test.name:
        return Outcome(name, "early", f"Another program has answered: {result.said('test')}.", kind=NO_RECORD)
    end = result.said("end")
    status = {"hung": "hung", "early": "early"}.get(end, "failed") if result.status == "failed" else result.status
    stories = {"passed": "", "skipped": result.said("skipped")}
    story = stories[status] if status in stories else shortened(test_runs.story(result.output))
    return Outcome(name, status, story, result.ms / 1000, result.said("todo"), result.said("blamed"),
                   result.said("unwritten"), result.said("kind"))  # fmt: skip


def shortened(story):
    """What a submission prints may be long: the beginning and the end are kept."""
    left_out = len(story) - MOST_CHARACTERS
    return story if left_out <= 0 else f"{story[: MOST_CHARACTERS // 4]}\n(...)\n{story[-3 * MOST_CHARACTERS // 4 :]}"


def without_record(name, result):
    said = result.output.strip()[-2000:]
    last = said.splitlines()[-1] if said else ""
    if last.startswith("bwrap: "):
        raise OSError(last)
    if result.status == "hung":
        return Outcome(name, "hung", f"It said nothing more and was ended after {result.ms / 1000:.0f} s.", kind=NO_RECORD)
    if result.exit_code == AT_LIMIT and last.startswith("Ended: "):
        return Outcome(name, "limit", last, kind=NO_RECORD)
    story = f"The test program ended before the test did ({result.ended_by()}). {said}"
    return Outcome(name, "early", story.strip(), kind=NO_RECORD)
