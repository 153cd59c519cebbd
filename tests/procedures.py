#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does each procedure have its page, with the table that the program runs? procedures.py ROOT STATION [--write]

The block behind the heading "Steps" of docs/procedures/NAME.md is what `fota-station explain NAME` prints; --write puts it there.
What the pages say beside it is not known here.
"""
import pathlib
import re
import subprocess
import sys

STEPS = re.compile(r"^(## Steps\n\n```\n)(.*?)(^```\n)", re.DOTALL | re.MULTILINE)
# Every page answers these, in this order.
HEADINGS = ["Source", "Steps", "In the field", "What the operator sees"]


def explain(station, *name):
    text = subprocess.run([station, "explain", *name], capture_output=True, text=True, check=True).stdout
    return "".join(line.rstrip() + "\n" for line in text.rstrip().split("\n"))


def check(page, text, table):
    found = [f"{page.name}: expected the headings {', '.join(HEADINGS)}"] if re.findall(
        r"^## (.*)$", text, re.MULTILINE) != HEADINGS else []
    block = STEPS.search(text)
    if not block or block[2] != table:
        found.append(f"{page.name}: the steps are not those of the program: run tests/procedures.py with --write")
    return found


def main():
    root, station = pathlib.Path(sys.argv[1]), sys.argv[2]
    names = [line.split()[0] for line in explain(station).split("\n") if line and line.split()[1] != "-"]
    found = []
    for name in names:
        # Operations and checks stand on the page of their way.
        if re.search(r"-(register|test|query|check)$", name):
            continue
        page = root / "docs" / "procedures" / f"{name}.md"
        if not page.exists():
            found.append(f"docs/procedures/{name}.md is missing")
            continue
        text = page.read_text(encoding="utf-8")
        table = explain(station, name)
        if "--write" in sys.argv:
            text = STEPS.sub(lambda m: m[1] + table + m[3], text)
            page.write_text(text, encoding="utf-8")
        found += check(page, text, table)
    found += [f"{p.name}: there is no such procedure" for p in sorted((root / "docs" / "procedures").glob("*.md"))
              if p.stem not in names]
    print("\n".join(found) if found else f"{len(names)} procedures have their pages")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
