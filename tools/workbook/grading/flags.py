"""What in a submission looks like an attempt on the judge: it is shown to a person, who decides.

A word in a comment or in a text is none, except the name of a file of the system.
"""

import re

from workbook import tree

# Standard names for each: ways to end a process early, to get at it from inside or from outside, to run code
# before main, and to start other programs.
WORDS = {
    r"_exit|_Exit|quick_exit|at_quick_exit|(?<![\w.>:])exit|std::exit|exit_group": "ends the process",
    r"constructor|init_array|init_priority|__attribute__\s*\(\(\s*section": "runs code before main, or may",
    r"dlsym|dlopen|dlvsym|dl_iterate_phdr": "looks up functions by name",
    r"fork|vfork|posix_spawnp?|exec[vl]p?e?|execvpe|clone3?|popen|(?<![\w.>:])system|std::system|daemon": "starts processes",
    r"asm|__asm|__asm__": "has assembly",
    r"syscall|ptrace|process_vm_readv|process_vm_writev|prctl|mprotect|memfd_create": "calls the kernel past the library",
    r"workbook::harness|harness|transcript|current_transcript|supervise": "names the harness",
    r"testing|GTEST\w*|RUN_ALL_TESTS|UnitTest": "names GoogleTest",
    r"WORKBOOK_\w+|__sanitizer_\w+|__asan_\w+|__lsan_\w+|__tsan_\w+|no_sanitize\w*": "names the sanitizers or the build",
    r"filesystem|[io]?fstream|fopen|freopen|unlinkat?|rmdir|remove_all|openat|mkfifo|symlink": "touches files",
    r"LD_PRELOAD|setenv|putenv|secure_getenv|getenv|environ": "uses the environment",
}
IN_TEXTS = {
    r"/proc/\w*|/sys/|/dev/(?!null\b)\w+|/etc/\w*|/workbook/": "names a file of the system",
    r"solutions/|_test\b|\.\./": "names a file of the workbook",
}


def found_in(files, stage):
    """["http.cpp:12: _exit (ends the process)", ...] for {name: bytes}."""
    suite = suite_words(stage)
    found = []
    for name, content in files.items():
        text = content.decode(errors="replace").replace("\\\n", "")
        given = tree.read_source(stage.folder / name)
        code = tree.without_comments(text)
        bare = re.sub(r'"(?:\\.|[^"\\\n])*"', lambda match: '"' + " " * (len(match[0]) - 2) + '"', code)
        for word, meaning, line in [*hits(bare, WORDS), *hits(code, IN_TEXTS), *redefined(bare, suite)]:
            if word not in given:
                found.append(f"{name}:{line}: {word} ({meaning})")
    return list(dict.fromkeys(found))[:20]


def hits(code, patterns):
    for pattern, meaning in patterns.items():
        bounded = pattern if patterns is IN_TEXTS else rf"(?<!\w)(?:{pattern})(?!\w)"
        for match in re.finditer(bounded, code):
            yield match[0], meaning, code.count("\n", 0, match.start()) + 1


def suite_words(stage):
    """Every name that the suite uses: a macro of that name would change what is tested."""
    texts = [*stage.suite_files(), *(tree.read(path) for path in stage.folder.glob("*_fixture.hpp"))]
    return set(re.findall(r"[A-Za-z_]\w*", "\n".join(texts)))


def redefined(code, suite):
    for match in re.finditer(r"^[ \t]*(?:#|%:)[ \t]*(?:define|undef)[ \t]+(\w+)", code, re.M):
        if match[1] in suite:
            yield match[1], "is redefined, and the suite uses it", code.count("\n", 0, match.start()) + 1
    for match in re.finditer(r"##|%:%:", code):
        yield match[0], "pastes a name together", code.count("\n", 0, match.start()) + 1
