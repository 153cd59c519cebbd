#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what meson's last test run in each build folder really ran: count.py [--broken N] FOLDER…

GoogleTest programs are counted by test case, from the XML that they wrote; TAP by its lines; scripts whose last line is
"N passed, N failed, N skipped" by what that line says; everything else is one. A test that failed counts as failed at least once, whatever it
says. --broken N adds builds that failed. It knows no test by name.
"""
import itertools
import json
import os
import re
import sys
import xml.etree.ElementTree as xml

REASONS = 12  # lines of a failure that are shown
TAP = re.compile(r"^(not )?ok\b(.*?)(# *skip.*)?$", re.MULTILINE | re.IGNORECASE)
PLAN = re.compile(r"^1\.\.\d+", re.MULTILINE)
COUNTS = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")


def why(lines):
    """The first lines of a reason, below the name of what failed."""
    return "".join(f"\n        {line}" for line in lines[:REASONS])


def gtest_cases(folder, name):
    """Counts of the XML that this test wrote, with the names of what failed; None without a complete one."""
    try:
        root = xml.parse(os.path.join(folder, name + ".xml")).getroot()
    except (OSError, xml.ParseError):
        return None
    counts, failed = [0, 0, 0], []
    for case in root.iter("testcase"):
        failure = case.find("failure")
        if failure is not None:
            counts[1] += 1
            failed.append(f"{name}: {case.get('classname')}.{case.get('name')}" + why(failure.get("message", "").splitlines()))
        elif case.get("status") != "run" or case.find("skipped") is not None:
            counts[2] += 1
        else:
            counts[0] += 1
    return counts, failed


def tap_cases(name, text):
    """Counts of what was printed as TAP, or None."""
    counts, failed = [0, 0, 0], []
    for no, what, skip in TAP.findall(text):
        counts[2 if skip else 1 if no else 0] += 1
        if no and not skip:
            remarks = itertools.takewhile(lambda line: line.startswith("#"), text.split(what, 1)[1].splitlines()[1:])
            failed.append(f"{name}: {what.strip()}" + why(list(remarks)))
    return (counts, failed) if sum(counts) and PLAN.search(text) else None


def said_counts(name, text):
    """Counts by the test's own last line, or None; what failed is a line "failed NAME", its reasons are indented below it."""
    lines = text.strip().splitlines()
    said = COUNTS.fullmatch(lines[-1]) if lines else None
    if not said:
        return None
    failed = []
    for no, line in enumerate(lines):
        if line.startswith("failed "):
            reasons = itertools.takewhile(lambda below: below.startswith(" "), lines[no + 1:])
            failed.append(f"{name}: {line[7:].strip()}" + why([below.strip() for below in reasons]))
    return [int(n or 0) for n in said.groups()], failed


def count(folder, test):
    name, text, result = test["name"].split(" / ")[-1], test.get("stdout", ""), test["result"]
    good = result in ("OK", "EXPECTEDFAIL")
    if result == "SKIP":
        return [0, 0, 1], []
    found = gtest_cases(folder, name) or tap_cases(name, text) or said_counts(name, text) or ([int(good), 0, 0], [])
    counts, failed = found
    if not good and counts[1] == 0:
        counts[1] = 1
    if not good and not failed:
        failed = [f"{name}: {result.lower()}" + why((text + test.get("stderr", "")).strip().splitlines()[-REASONS:])]
    return counts, failed


def main(arguments):
    total = [0, 0, 0]
    if arguments[:1] == ["--broken"]:
        total[1] += int(arguments[1])
        arguments = arguments[2:]
    for folder in arguments:
        here, failed = [0, 0, 0], []
        try:
            with open(os.path.join(folder, "meson-logs", "testlog.json"), encoding="utf-8") as log:
                tests = [json.loads(line) for line in log]
        except OSError:
            tests = []
        for test in tests:
            counts, names = count(folder, test)
            here = [a + b for a, b in zip(here, counts)]
            failed += names
        if not tests:
            here, failed = [0, 1, 0], ["no test ran at all"]
        for name in failed:
            print(f"FAILED  {folder}  {name}")
        print(f"{folder}: {here[0]} passed, {here[1]} failed, {here[2]} skipped")
        total = [a + b for a, b in zip(total, here)]
    if not arguments and total[1] == 0:
        total[1] = 1
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
