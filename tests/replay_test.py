#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every attempt of a small rack is played again from its journal alone. replay_test.py STATION LOG RACK PLAYER

A rack of all procedures with faults makes the record; `fota-log transcript N --raw` of each attempt is played by transcript_test, as
it was received and byte by byte, and fault and version are those of the record. It does not know the format, and where the
station's verdict is not the job's own it knows only which those may be.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# What a station makes of a job's own verdict.
STATION_SAYS = {
    ("NO_ANSWER", "UNIT_LEFT"),  # silence is how a unit leaves an adapter that stays
    ("good", "WRONG_VERSION"),  # found updating, to a version that nobody wanted
}
failed = []


def check(true, what):
    print(("ok " if true else "not ok ") + what)
    if not true:
        failed.append(what)


def make_record(station, rack, folder, seed):
    subprocess.run([rack, "--units", "14", "--mix", "all", "--seed", str(seed), "--speed", "20", "--setup", folder, "--",
                    station, "--config", folder, "batch", "--settle", "20", "--timeout", "3m"],
                   check=False, capture_output=True, timeout=240)
    return str(pathlib.Path(folder) / "station.db")


def query(log, db, *words):
    return subprocess.run([log, "--db", db, *words], check=True, capture_output=True, text=True).stdout


def play(player, folder):
    """Which transcripts were played, and those that failed with what was said."""
    report = folder / "played.json"
    subprocess.run([player, f"--gtest_output=json:{report}"], check=False, capture_output=True, timeout=120,
                   env={**os.environ, "TRANSCRIPTS": str(folder)})
    played = {}
    for suite in json.loads(report.read_text())["testsuites"]:
        for test in suite["testsuite"]:
            name = test["name"].rsplit("/", 1)[1]
            played.setdefault(name, []).extend(f["failure"] for f in test.get("failures", []))
    return played


def said(text, word):
    """What the last note of this kind says."""
    found = re.findall(rf"^\d+ = {word} ?(.*)$", text, re.MULTILINE)
    return found[-1] if found else None


def same_as_recorded(text, attempt):
    """The player has compared the job with `ended` and `version`: they must be what the record says."""
    ended, fault = said(text, "ended"), attempt["fault"] or "good"
    alone = attempt["procedure"] == "none" and ended == "good"
    version = attempt["version_after"] in (said(text, "version"), "", None)
    return version and (alone or ended == fault or (ended, fault) in STATION_SAYS)


def main():
    station, log, rack, player = (os.path.abspath(p) for p in sys.argv[1:5])
    seed = sys.argv[5] if len(sys.argv) > 5 else 2
    with tempfile.TemporaryDirectory() as folder:
        db = make_record(station, rack, folder, seed)
        attempts = json.loads(query(log, db, "--format", "json", "attempts"))
        texts = {str(a["attempt"]): query(log, db, "transcript", str(a["attempt"]), "--raw") for a in attempts}
        raw = pathlib.Path(folder) / "raw"
        raw.mkdir()
        for number, text in texts.items():
            (raw / f"{number}.txt").write_text(text)
        played = play(player, raw)
        for a in sorted(attempts, key=lambda a: a["attempt"]):
            number = str(a["attempt"])
            what = f"{a['procedure']} {a['outcome']} {a['fault'] or ''} {a['version_after'] or ''}"
            check(played.get(number) == [] and same_as_recorded(texts[number], a), f"attempt {number}: {what}")
            for sentence in played.get(number) or []:
                print("# " + sentence.replace("\n", "\n# "))
        check(len({a["procedure"] for a in attempts}) >= 8, "all kinds of procedures were there")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
