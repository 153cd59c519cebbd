#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do README, docs and manual pages speak of what is there? docs_test.py ROOT STATION LOG RACK

Options of the manual pages are those of --help, options in examples exist, links and names of files lead somewhere, the
summary of a batch has the keys that docs/events.md explains. It does not know whether the sentences are true.
"""
import glob
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)\)")
NAMED = re.compile(r"`((?:lib|udev|db|tui|station|tests|data|docs)/[\w./*-]*)`")


def options_of(program):
    return set(OPTION.findall(subprocess.run([program, "--help-all"], capture_output=True, text=True, check=True).stdout))


def check_manual(root, name, options):
    page = root / "docs" / f"{name}.1"
    # Examples run other programs as well.
    text = re.sub(r"^\.nf\n.*?^\.fi\n", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    said = set(OPTION.findall(text.replace("\\-", "-")))
    found = [f"{page.name}: {o} is not explained" for o in sorted(options - said)]
    found += [f"{page.name}: there is no {o}" for o in sorted(said - options)]
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-t", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True, check=False)
        found += [done.stderr] if done.stderr else []
    return found


def examples(text):
    """Lines of code blocks, continued ones joined."""
    for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()


def check_example_options(page, text, programs):
    found = []
    for line in examples(text):
        # What stands behind "--" belongs to the next program of the line.
        for part in re.split(r"\s--\s|\|", line):
            used = re.search(r"(?:^|[\s/])(fota-\w+)\s", part)
            if used and used[1] in programs:
                found += [f"{page.name}: {used[1]} has no {o}" for o in OPTION.findall(part) if o not in programs[used[1]]]
    return found


def check_page(root, page, programs):
    text = page.read_text(encoding="utf-8")
    found = [f"{page.name}: {link} leads nowhere" for link in LINK.findall(text)
             if "://" not in link and not (page.parent / link).exists()]
    found += [f"{page.name}: there is no {name}" for name in NAMED.findall(text) if not glob.glob(str(root / name))]
    return found + check_example_options(page, text, programs)


def check_summary(root, station, rack):
    events = (root / "docs" / "events.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`([a-z_0-9]+)`", events))
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([rack, "--units", "1", "--mix", "now", "--fault", "clean,current", "--speed", "20", "--setup",
                               folder, "--", station, "--config", folder, "batch", "--expect", "1", "--json", "-"],
                              capture_output=True, text=True, check=False, timeout=60,
                              env={**os.environ, "FOTA_STATION_DATA": str(root / "data")})
    lines = done.stdout.splitlines()
    last = json.loads(lines[-1]) if lines else {}
    if done.returncode != 0 or last.get("type") != "summary":
        return [f"a batch of one good unit ends with {done.returncode}: {done.stderr[-500:]}"]
    return [f"docs/events.md does not explain {key} of the summary" for key in last if key not in explained]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    station, log, rack = sys.argv[2:5]
    programs = {pathlib.Path(p).name: options_of(p) for p in (station, log, rack)}
    found = []
    for name, options in programs.items():
        found += check_manual(root, name, options)
    for page in [root / "README.md", *sorted((root / "docs").glob("**/*.md"))]:
        found += check_page(root, page, programs)
    found += check_summary(root, station, rack)
    print("\n".join(found) if found else "the documents speak of what is there")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
