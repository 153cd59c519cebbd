#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does every header compile alone as C++? headers_cxx.py ROOT BUILD COMPILER…

Tests are C++, and a header that needs another one before it is a trap. It knows nothing of what the headers say.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

LIBRARIES = ["glib-2.0", "gio-unix-2.0", "libserialport", "gudev-1.0", "sqlite3", "ncursesw", "libsoup-3.0", "json-glib-1.0"]


def compile_header(compiler, flags, header, root):
    text = f'#include "{header.relative_to(root).as_posix()}"\n'
    done = subprocess.run([*compiler, *flags, f"-I{header.parent}", "-x", "c++", "-fsyntax-only", "-"], input=text,
                          capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"{header.relative_to(root)}:\n{done.stderr}"


def main():
    root, build = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    compiler = sys.argv[3:]
    found = subprocess.run(["pkg-config", "--cflags", *LIBRARIES], capture_output=True, text=True, check=True).stdout
    flags = ["-std=gnu++17", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter",
             "-Wno-missing-field-initializers", "-D_GNU_SOURCE", f"-I{root}", f"-I{build}", *found.split()]
    headers = [h for folder in ("lib", "udev", "db", "tui", "station", "tests")
               for h in sorted((root / folder).rglob("*.h"))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [w for w in pool.map(lambda h: compile_header(compiler, flags, h, root), headers) if w]
    print("\n".join(wrong) if wrong else f"{len(headers)} headers compile alone as C++")
    return 1 if wrong or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
