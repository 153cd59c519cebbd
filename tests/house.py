#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of this house that a machine can see: house.py ROOT.

Licence line and head comment in each source file, sizes, no goto, nothing that waits, no clock and no main loop where logic
is, threads in one place, no unfinished words and no paths of somebody's machine, every key of the examples explained,
clang-format. It knows nothing of what the code does.
"""
import pathlib
import re
import shutil
import subprocess
import sys

PRODUCT = ("lib", "udev", "db", "tui", "station")
FILE_LINES, FUNCTION_LINES = 600, 60
FORMATTER = "clang-format"

COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")
MACHINE = re.compile(r"/(home|Users|root|work)/[\w.]")

# What is wanted nowhere in a folder but in the files named.
FORBIDDEN = [
    (PRODUCT + ("tests",), re.compile(r"\bgoto\b"), [], "no goto: early return and g_autoptr"),
    (PRODUCT, re.compile(r"\b(sleep|usleep|nanosleep|g_usleep)\s*\("), [], "nothing waits: a deadline and the loop"),
    (PRODUCT, re.compile(r"\b(g_thread_new|g_thread_try_new|pthread_create|thrd_create|g_thread_pool_new|g_task_run_in_thread)\s*\("),
     ["lib/port_clerk.c", "station/reload.c"], "threads are for the port clerk and for packages that are read anew"),
    (("lib", "db", "tui"), re.compile(r"\b(g_get_monotonic_time|g_get_real_time|g_date_time_new_now\w*|clock_gettime|time)\s*\("),
     ["db/writer.c"], "time is handed in"),
    (("lib", "db", "tui"), re.compile(r"\b(g_timeout_add\w*|g_idle_\w+|g_unix_fd_\w+|g_main_\w+|g_source_\w+)\s*\("),
     ["lib/port_clerk.c"], "only station has a main loop"),
    (PRODUCT, re.compile(r"\b(g_object_set_data|g_signal_emit|G_DEFINE_TYPE\w*|strcpy|strcat|sprintf|gets|system|popen)\s*\("), [],
     "not used here"),
]


def blank(text):
    """The text with comments and literals emptied, line by line in its place."""
    return COMMENT_OR_TEXT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def tracked(root):
    done = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, check=False)
    names = done.stdout.decode().split("\0")[:-1] if done.returncode == 0 else None
    if names is None:  # an unpacked archive has no git
        names = [p.relative_to(root).as_posix() for p in root.rglob("*")
                 if p.is_file() and not p.relative_to(root).parts[0].startswith((".git", "build"))]
    return [n for n in names if (root / n).is_file()]


def head_comment(name, text):
    """What stands behind the licence line, up to the end of the first comment; None when it is not there."""
    if name.endswith((".c", ".h", ".cc")):
        found = re.match(r"/\* SPDX-License-Identifier: Apache-2\.0(?:\n \*| \*/\n/\*)(.*?)\*/", text, re.DOTALL)
    elif name.endswith(".py"):
        found = re.match(r'(?:#!.*\n)?# SPDX-License-Identifier: Apache-2\.0\n"""(.*?)"""', text, re.DOTALL)
    else:
        found = re.match(r"(?:#!.*\n)?# SPDX-License-Identifier: Apache-2\.0\n((?:#.*\n)+)", text)
    return found[1] if found else None


def check_head(name, text):
    if not name.endswith((".c", ".h", ".cc", ".py", ".sh")):
        return []
    head = head_comment(name, text)
    if head is None:
        return [f"{name}:1: expected the SPDX line, then a comment: what this is and what it does not know"]
    sentences = len(re.findall(r"[.:?](?:\s|$)", head))
    return [] if sentences >= 2 or not name.startswith(PRODUCT) else [
        f"{name}:1: the head comment has one sentence: what does this file not know?"]


def functions(text):
    """First line and length of each function: kernel braces, both at the start of a line."""
    begin = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("{"):
            begin = number
        elif line.startswith("}") and begin:
            yield begin, number - begin - 1
            begin = None


def check_size(name, text):
    if not name.endswith((".c", ".h")) or not name.startswith(PRODUCT):
        return []
    found = [f"{name}:{line}: a function of {length} lines, more than {FUNCTION_LINES}"
             for line, length in functions(text) if length > FUNCTION_LINES]
    lines = text.count("\n")
    return found + ([f"{name}: {lines} lines, more than {FILE_LINES}"] if lines > FILE_LINES else [])


def check_words(name, text):
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, what in ((UNFINISHED, "is unfinished"), (MACHINE, "is a path of one machine")):
            match = pattern.search(line)
            if match:
                found.append(f"{name}:{number}: {match[0]} {what}")
    return found


def check_forbidden(name, text):
    if not name.endswith((".c", ".h", ".cc")):
        return []
    code = blank(text)
    return [f"{name}:{code.count(chr(10), 0, m.start()) + 1}: {m[0]} {why}"
            for folders, pattern, but, why in FORBIDDEN if name.split("/")[0] in folders and name not in but
            for m in pattern.finditer(code)]


def check_example(name, text):
    """The first time that a key of an example stands there, its paragraph has a comment above it."""
    if not name.startswith("data/examples/") or not name.endswith(".ini"):
        return []
    seen, explained, found, section = set(), False, [], ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("["):
            section = line.strip("[]").split()[0]
            # The places of a fixture are sections of one kind.
            section = "slot" if name.endswith("slots.ini") else section
            continue
        explained = line.startswith("#") or (explained and line != "")
        key = line.split("=")[0].strip()
        if not line or line.startswith("#") or (section, key) in seen:
            continue
        seen.add((section, key))
        if not explained:
            found.append(f"{name}:{number}: {key} is not explained")
    return found


def check_format(root, names):
    if not shutil.which(FORMATTER):
        print(f"there is no {FORMATTER} here: not checked")
        return []
    done = subprocess.run([FORMATTER, "--dry-run", "-Werror", *names], cwd=root, capture_output=True, text=True, check=False)
    wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error: code should be clang-formatted", done.stderr, re.MULTILINE)))
    if done.returncode != 0 and not wrong:
        return [done.stderr]
    return [f"{name}: run {FORMATTER} -i on it" for name in wrong]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    names = [n for n in tracked(root) if n != "LICENSE"]
    found = []
    for name in names:
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for check in (check_head, check_size, check_words, check_forbidden, check_example):
            found += check(name, text)
    found += check_format(root, [n for n in names if n.endswith((".c", ".h", ".cc"))])
    print("\n".join(found) if found else f"{len(names)} files keep the rules of the house")
    return 1 if found or not names else 0


if __name__ == "__main__":
    sys.exit(main())
