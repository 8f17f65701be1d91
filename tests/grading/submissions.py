"""The submissions to stage 01 on which `make grade` is tried: each is made of the solution, and is to get its status.

What they try on the judge is tried for real. The places that they write to and delete lie below a folder that
the test owns.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workbook import patch_file, tree
from workbook.grading import submission

STAGE = tree.find_stage("01")
FILES = submission.wanted(STAGE)
HTTP, CONNECTION, ROUTES = "http.cpp", "connection.cpp", "routes.cpp"

# Mistakes from tests/wrong_answers, in each of the TODOs.
WRONG = (
    "01-28_accepts_two_tokens", "01-28_indexes_missing_tokens", "01-29_method_before_path",
    "01-22_length_counts_characters", "01-22_length_counts_the_head", "01-23_newline_without_return",
    "01-23_no_blank_line", "01-25_sleeps_for_real", "01-27_ignores_the_method", "01-01_reads_once",
    "01-02_parses_only_the_last_piece", "01-04_reads_until_end_of_stream", "01-06_closes_with_unread_bytes",
    "01-08_answers_an_empty_connection", "01-20_leaks_the_descriptor", "01-36_calls_the_handler_twice",
    "01-37_static_buffer", "01-18_one_error_ends_the_server", "01-32_serves_one_client", "01-40_catches_std_exception",
)  # fmt: skip
RIGHT = ("cursor_and_stream", "fields_in_another_order", "one_try_block_a_client", "reads_into_an_array",
         "select_before_recv", "table_of_routes")  # fmt: skip


@dataclass
class Case:
    name: str
    files: dict  # name: text
    statuses: tuple  # that it may have
    points: tuple = (0, 50)  # the least and the most
    says: str = ""  # in its reason, notes or flags
    prepare: object = None  # what else is done with its folder


def solution():
    return {name: (STAGE.solution / name).read_text() for name in FILES}


def edited(name, old, new, above=""):
    files = solution()
    assert old in files[name], f"{name} has no {old}"
    files[name] = above + files[name].replace(old, new, 1)
    return files


def patched(kind, name):
    """The solution with an answer's patch."""
    (path,) = [path for path in patch_file.find_patches(kind, STAGE) if path.stem == name]
    patch = patch_file.read_patch(path)
    taken = {f"solutions/{STAGE.name}/{name}" for name in FILES}
    assert set(patch.files) <= taken, f"{name} changes more than a student hands in"
    with tempfile.TemporaryDirectory() as folder:
        for file in patch.files:
            (Path(folder) / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree.ROOT / file, Path(folder) / file)
        patch_file.apply(patch, folder)
        texts = {Path(file).name: (Path(folder) / file).read_text() for file in patch.files}
    return {**solution(), **texts}


def in_parse(code, above=""):
    """The code runs whenever a head is parsed."""
    place = "  constexpr std::string_view blank_line"
    return edited(HTTP, place, f"  {code}\n{place}", above)


def answers():
    skeleton = {name: (STAGE.folder / name).read_text() for name in FILES}
    yield Case("skeleton", skeleton, ("wrong",), (0, 0))
    yield Case("solution", solution(), ("ok",), (50, 50))
    for name in RIGHT:
        yield Case(f"right {name}", patched("right_answers", name), ("ok",), (50, 50))
    for name in WRONG:
        yield Case(f"wrong {name}", patched("wrong_answers", name), ("wrong", "hung"), (0, 49.99))


def attempts(outside):
    """What tries something on the judge. `outside` is a folder that must stay as it is."""
    unistd, files, exit_ = "#include <unistd.h>\n", "#include <filesystem>\n#include <fstream>\n", "#include <cstdlib>\n"
    delete = f'std::error_code error; std::filesystem::remove_all("{outside}", error);' \
             ' std::filesystem::remove_all("/workbook/stages", error); std::filesystem::remove_all("/usr/lib", error);'
    write = f'std::ofstream("{outside}/written") << 1; std::ofstream("/workbook/written") << 1; std::ofstream("/tmp/w") << 1;'
    yield Case("does not compile", edited(ROUTES, "return answer(", "return nothing("), ("not built",), (0, 0), "nothing")
    yield Case("loops", in_parse("for (volatile int i = 0; head.size() != 1;) i = 1;"), ("hung", "timed out"), (0, 40))
    yield Case("forks without end", in_parse("while (true) ::fork();", unistd), ("ended early", "timed out"), (0, 40),
               "fork")
    yield Case("deletes files", in_parse(delete, files), ("suspicious",), (50, 50), "remove_all")
    yield Case("edits the suite", solution(), ("ok",), (50, 50), "parse_request_test.cpp is changed",
               lambda place: edit_suite(place, "TEST(ParseRequest, Nothing) {}\n"))  # fmt: skip
    yield Case("deletes the suite", solution(), ("ok",), (50, 50), "parse_request_test.cpp is missing",
               lambda place: edit_suite(place, None))  # fmt: skip
    yield Case("prints results", in_parse('std::puts("[  PASSED  ] 69 tests."); return {};', "#include <cstdio>\n"),
               ("wrong", "hung"), (0, 45))  # fmt: skip
    yield Case("exits in a constructor", edited(ROUTES, "namespace workbook {", "const int at_once = (::_exit(0), 1);\n"
               "namespace workbook {", unistd), ("ended early",), (40, 40), "_exit")  # fmt: skip
    yield Case("exits in a function", in_parse("std::exit(0);", exit_), ("ended early",), (40, 40), "std::exit")
    yield Case("exits from a thread", in_parse("std::thread([] { std::quick_exit(0); }).join();", exit_ + "#include <thread>\n"),
               ("ended early",), (40, 40), "quick_exit")  # fmt: skip
    yield Case("reads the solution", {**solution(), ROUTES: '#include "../../solutions/01_single/routes.cpp"\n'},
               ("not built",), (0, 0), "solutions/")  # fmt: skip
    run_solution = 'const int at_once = (::execl("/workbook/build/dev/bin/solution01_tests", "tests", "--told=9",' \
                   ' nullptr), 1);\n'
    yield Case("runs the solution", {**patched("wrong_answers", "01-27_ignores_the_method"), CONNECTION: unistd
               + solution()[CONNECTION].replace("namespace workbook {", run_solution + "namespace workbook {", 1)},
               ("suspicious",), (40, 49.99), "execl")  # fmt: skip
    yield Case("writes outside", in_parse(write, files), ("suspicious",), (50, 50), "ofstream")
    yield Case("old times", patched("wrong_answers", "01-28_accepts_two_tokens"), ("wrong",), (0, 49.99), prepare=make_old)
    yield Case("symbolic links", solution(), ("not built",), (0, 0), "symbolic link", make_links)
    yield Case("a file of 1 GB", solution(), ("not built",), (0, 0), "http.cpp has 1024 MiB", make_large)


def edit_suite(place, text):
    for path in STAGE.folder.iterdir():
        if path.is_file() and not (place / path.name).exists():
            shutil.copy(path, place)
    if text is None:
        (place / "parse_request_test.cpp").unlink()
    else:
        (place / "parse_request_test.cpp").write_text(text)


def make_old(place):
    for path in place.iterdir():
        os.utime(path, (1, 1))


def make_links(place):
    for name in FILES:
        (place / name).unlink()
        (place / name).symlink_to(STAGE.solution / name)


def make_large(place):
    with open(place / HTTP, "r+b") as file:
        file.truncate(1 << 30)


def hand_in(cases, folder):
    """Writes each as a student would hand it in."""
    for case in cases:
        place = folder / case.name / "stages" / STAGE.name
        place.mkdir(parents=True)
        for name, text in case.files.items():
            (place / name).write_text(text)
        if case.prepare:
            case.prepare(place)
