#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every procedure, every command that its units are asked, and what can happen to a unit just then: where does it end?

matrix.py RACK STATION [KIND...] [--seed S] [--units 48] [--times 10] [--out FILE]: a first run of good units shows what the
station asks units of this kind; then each of these commands meets a unit that is pulled, says nothing, refuses, talks
nonsense or loses its power when it is asked that, and the flash itself meets the like. Prints a table per kind, with the
verdict or the fault of each, and a line for each breach of what must hold whatever happens: a verdict in bounded time, no
bad unit called good, no failure without a fault, nobody disturbed, nothing written where nobody may write. Both sides run
under accelerated time. It knows nothing of either side's inside.
"""
import argparse
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "rack"))
import judge  # noqa: E402

KINDS = ["local", "http", "sim7000-http", "sim7000-local", "sim7080-http", "sim7080-local", "cscfota", "telit-sms",
         "telit-combined", "telit-tcpip"]
TROUBLES = ["unplug", "silence", "error", "garbage", "reboot"]
# The flash itself asks nothing: what happens in it has names of its own.
FLASH = {"unplug": "unplug-in-flash", "silence": "silent-flash", "error": "update-error", "garbage": "garbage-boot",
         "reboot": "power-cut"}
LIMIT_S = 3600


def run(options, kind, cells, folder):
    """One rack, a unit per cell; its truth, visits by slot, and the exit code."""
    trouble = ",".join(f"{what}@{command}@{n}" for n, (command, what) in enumerate(cells, 1) if command)
    faults = ",".join(["clean"] + [f"{FLASH[what]}@{n}" for n, (command, what) in enumerate(cells, 1)
                                   if not command and what])
    rack = [options.rack, "--mix", f"{kind}:{len(cells)},now", "--seed", str(options.seed), "--fault", faults, "--trouble", trouble,
            "--speed", str(options.speed), "--truth", str(folder / "truth"), "--setup", str(folder / "rack"), "--",
            options.station, "--config", str(folder / "rack"), "batch", "--settle", "60", "--timeout", "3h", "--json",
            str(folder / "json")]
    done = subprocess.run(["faketime", "-f", f"+0 x{options.times}", *rack], capture_output=True, text=True, timeout=LIMIT_S,
                          check=False)
    (folder / "output").write_text(done.stdout + done.stderr)
    truth = {unit["unit"]: unit for unit in judge.read_truth(folder / "truth")}
    database = folder / "rack" / "station.db"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as record:
        names = dict(record.execute("SELECT code, name FROM fault_code"))
    return truth, judge.read_visits(database), names, done.returncode


def breaches(unit, visit, struck):
    """What must hold whatever happened."""
    found = [f"{unit[name]} {words}" for name, words in judge.WRONG.items() if unit.get(name)]
    if not visit:
        return found + ([] if struck and not unit["flashes"] else ["no record"])
    if visit["verdict"] in judge.GOOD and not unit["good"]:
        found.append(f"A BAD UNIT IN THE GOOD BOX: version {unit['version']}, target {unit['target']}")
    if visit["verdict"] == "open":
        found.append("no verdict")
    if visit["verdict"] not in judge.GOOD and not visit["fault"]:
        found.append(f"{visit['verdict']} without a fault")
    return found


def cell_of(unit, visits, names):
    own = judge.visits_of(unit, visits.get(unit["slot"], []), True)
    visit = own[-1] if own else None
    text = "none" if not visit else visit["verdict"] if visit["verdict"] in judge.GOOD else names.get(
        visit["fault"], visit["verdict"])
    return visit, text


def matrix(options, kind, folder):
    """The table of one kind, and its breaches."""
    folder.mkdir()
    truth, *_ = run(options, kind, [("", "")] * 4, folder)
    asked = list(dict.fromkeys(command for unit in truth.values() for command in unit["asked"] if command))
    cells = [(command, what) for command in [*asked, ""] for what in TROUBLES]
    table, wrong = {}, []
    for at in range(0, len(cells), options.units):
        part = cells[at:at + options.units]
        where = folder / str(at)
        where.mkdir()
        truth, visits, names, code = run(options, kind, part, where)
        if code not in (0, 1):
            wrong.append(f"{kind}: exit code {code}")
        for n, (command, what) in enumerate(part, 1):
            struck = not command or truth[n]["troubled"]
            visit, text = cell_of(truth[n], visits, names)
            table[command, what] = text if struck else "-"
            wrong += [f"{kind} AT{command or ' (flash)'} {what}: {sentence}" for sentence in breaches(truth[n], visit, struck)]
    return [*asked, ""], table, wrong


def show(kind, rows, table, out):
    print(f"\n{kind}", file=out)
    print("".join(f"{title:<20}" for title in ["asked", *TROUBLES]).rstrip(), file=out)
    for command in rows:
        print("".join(f"{cell:<20}" for cell in ["AT" + command[:16] if command else "(flash)",
                                                 *(table[command, what] for what in TROUBLES)]).rstrip(), file=out, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rack")
    parser.add_argument("station")
    parser.add_argument("kinds", nargs="*", default=KINDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--units", type=int, default=48)
    parser.add_argument("--times", type=int, default=10, help="acceleration of both sides")
    parser.add_argument("--speed", type=int, default=4, help="of the modules beyond that")
    parser.add_argument("--keep", help="folder for the files of all runs")
    parser.add_argument("--out", help="file for the tables, beside the screen")
    options = parser.parse_args()
    if not shutil.which("faketime"):
        print("matrix.py: no faketime here: this would take days", file=sys.stderr)
        return 77
    os.environ.setdefault("FOTA_STATION_DATA", str(HERE.parent / "data"))
    failed = []
    with tempfile.TemporaryDirectory(prefix="matrix-") as name:
        for kind in options.kinds:
            rows, table, wrong = matrix(options, kind, pathlib.Path(name) / kind)
            show(kind, rows, table, sys.stdout)
            if options.out:
                with open(options.out, "a", encoding="utf-8") as out:
                    show(kind, rows, table, out)
            failed += wrong
            print("\n".join(wrong) if wrong else f"{len(table)} cells, each in order", flush=True)
            if options.keep:
                shutil.copytree(pathlib.Path(name) / kind, pathlib.Path(options.keep) / kind, dirs_exist_ok=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
