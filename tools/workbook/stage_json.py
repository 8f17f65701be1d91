"""stages/NN_name/stage.json: what a stage says of itself, once, for every tool."""

import json

# A key with "?" may be missing. A type, [what each element is], or the keys of an object.
OPTIONS = [str]
SERVER = {
    "name": str,  # in tables: "pool of 4"
    "port": int,  # where it listens unless it is told otherwise
    "slow_clients": int,  # how many slow clients keep it busy
    "overload?": [{"name": str, "options": OPTIONS}],  # what to show of it when there are too many clients
    "compare?": {"class": str, "arguments?": str, "options?": OPTIONS},  # in process, and as a program
    "rivals?": {"options": OPTIONS, "workers": int, "connections": int},  # make compare-NN: beside nginx, under wrk
    "stress?": [{"name": str, "title": str, "options?": OPTIONS, "turns_away?": bool}],
    "crowd?": {"clients": int, "options": OPTIONS},  # silent clients that the demo sends
    "drain?": bool,  # it drains under load: --grace and --deadline
    "hold?": bool,  # it has a thread for each client that is connected
}
BENCHMARK = {
    "name": str,
    "title": str,
    "program": str,  # stageNN_program is made of the file program.cpp in its folder benchmarks
    "unit": str,
    "decimals?": int,
    "argument?": str,  # what the argument of a benchmark means; without one each row is a benchmark
    "own?": bool,  # not part of `make bench`, but of `make bench-NN`
    "ratios?": bool,  # with columns that divide the first benchmark by the others
}
SCENES = {  # programs made of the files in its folder scenes; each prints JSON
    "timelines?": str,  # who did which job when: make demo-NN shows it
    "tables?": str,  # what is to be compared: make compare-NN shows it
}
STAGE = {
    "title": str,
    "minutes": int,  # to read and to write it
    "program": str,  # stageNN_program is made of its main.cpp
    "server?": SERVER,
    "generator?": bool,  # its program sends clients to a server, and counts what comes of each
    "benchmarks?": [BENCHMARK],
    "scenes?": SCENES,
    "with_solution?": [str],  # files and folders that show or need its solution, and are handed out with it
}
WORDS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}


class BadStage(Exception):
    """What is wrong with a description, in one sentence."""


def read(path, shown):
    """The description in `path`, which a message calls `shown`. Raises BadStage."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadStage(f"{shown} is missing: there a stage says what it is.") from None
    except (OSError, ValueError) as error:
        raise BadStage(f"{shown} cannot be read as JSON: {error}.") from None
    check(about, STAGE, shown)
    return about


def check(value, wanted, shown, what=""):
    """Raises BadStage unless the value, which is `what` in the file, is as wanted."""
    place = f"{shown}: {what}" if what else shown
    kind = wanted if isinstance(wanted, type) else type(wanted)
    if type(value) is not kind:
        raise BadStage(f"{place} must be {WORDS[kind]}, not {json.dumps(value, ensure_ascii=False)}.")
    if kind is list:
        for element in value:
            check(element, wanted[0], shown, f"an element of {what}")
    if kind is dict:
        known = {key.rstrip("?"): of for key, of in wanted.items()}
        for key in value.keys() - known:
            raise BadStage(f"{place} has the unknown key '{key}'; there are: {', '.join(known)}.")
        for key in wanted:
            if not key.endswith("?") and key not in value:
                raise BadStage(f"{place} lacks the key '{key}'.")
        for key, member in value.items():
            check(member, known[key], shown, f"'{key}'")
