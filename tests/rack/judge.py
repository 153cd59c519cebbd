#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what a station wrote down with what really happened in the rack: judge.py [--early] TRUTH DATABASE.

TRUTH is the file that fota-rack --truth writes, DATABASE the station's record, read through its visits alone: what they
said, and what that became when a later check settled it.
Prints one line per difference and exits 1, or one line of agreement and exits 0. --early: the station was stopped before
it was done, so that a unit may be without a verdict; it is said how many are, and the exit code is then 4. It knows
nothing of how either side came to what it says.
"""
import json
import sqlite3
import sys

GOOD = ("pass", "current")
SETTINGS_UNKNOWN, STOPPED = 154, 503  # docs/faults.md
WRONG = {"disturbed": "bytes or line moves disturbed it while it flashed",
         "wrong_opens": "openings of a port of it that nobody may open",
         "stray": "bytes were written to ports of it that speak no AT",
         "meddled": "commands changed something in it, though it is none of ours",
         "forbidden": "commands were sent while they were inhibited",
         "lines_wrong": "times a line was on that was to rest off",
         "sim_blocked": "SIM blocked by wrong PINs"}


def read_truth(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_visits(path):
    """Per slot, in the order in which the visits began."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    visits = {}
    for label, imei, verdict, fault, final in database.execute(
            "SELECT t.slot_label, t.imei, t.verdict, t.fault, v.final_verdict FROM visit t"
            " JOIN v_visits v ON v.visit = t.id ORDER BY t.id"):
        visits.setdefault(label, []).append(
            {"imei": imei or "", "verdict": final or verdict or "open", "fault": fault or ""})
    database.close()
    return visits


def visits_of(unit, here, alone):
    """A unit's own visits: those of its IMEI, or, for one that has none to tell, all of its slot."""
    names = {unit["imei"], unit["imei_now"]} - {""}
    own = [v for v in here if v["imei"] in names]
    if own or not alone:
        return own
    return [v for v in here if not v["imei"]] or ([] if names else here)


def describe(unit):
    return (f"{unit['slot']} unit {unit['unit']} {unit['imei'] or '-'} {unit['model'] or '-'} "
            f"{unit['from'] or '-'}: {unit['fault']}"
            + (f" ({', '.join(unit['quirks'])})" if unit["quirks"] else ""))


def judge_unit(unit, own):
    """The differences of one unit, as sentences."""
    said = own[-1] if own else None
    found = [f"{unit[name]} {words}" for name, words in WRONG.items() if unit.get(name)]
    if unit["fault"] == "no-slot" and unit["bytes"]:
        found.append(f"{unit['bytes']} bytes written to a port that is no slot's")
    if unit.get("settings_lost") and unit["present"] and not unit["flashes"] and not unit["flashing"]:
        found.append(f"never flashed, and left otherwise than it came: {unit['settings_lost']}")
    if unit["expect"] == "none":
        return found + ([f"expected no record at all, found {said['verdict']} {said['fault']}"] if said else [])
    if not said:
        return found + [f"expected {unit['expect']}, found no record"]
    # Only the end of its flash may have been noticed: whoever did does not know the settings it had before.
    taken_over = unit.get("half_seen") and not unit["heard"] and said["fault"] == SETTINGS_UNKNOWN
    if said["verdict"] != unit["expect"] and not taken_over:
        found.append(f"expected {unit['expect']}, found {said['verdict']} {said['fault']}".rstrip())
    if said["verdict"] in GOOD and not unit["good"]:
        found.append(f"A BAD UNIT IN THE GOOD BOX: version {unit['version']}, target {unit['target']}, "
                     f"IMEI {unit['imei']} -> {unit['imei_now']}, CFUN {unit['cfun']}")
    if said["verdict"] == "pass" and not unit["flashes"]:
        found.append("passed, but never flashed")
    if said["verdict"] == "current" and unit["flashes"] and unit["heard"]:
        found.append("called current, but it was flashed")
    # Moved between two hops of its chain, the first visit ends truly at the version between.
    between = len(unit["slots"]) > 1 and unit["flashes"] > 1
    if len({v["verdict"] in GOOD for v in own}) > 1 and not between:
        found.append("visits that do not agree: " + ", ".join(f"{v['verdict']} {v['fault']}" for v in own))
    if said["verdict"] not in GOOD and not said["fault"]:
        found.append(f"{said['verdict']} without a fault")
    # What a service begins by itself, again and again, is a visit each time.
    begun = unit.get("requests", 0) if "automatic" in unit["quirks"] else 0
    if len(own) > max(len(unit["slots"]), begun):
        found.append(f"{len(own)} visits of one unit that was put in once")
    return found


def has_no_verdict(unit, own):
    """Whether a stop has left this unit without the verdict that it would have got."""
    if not own:
        return unit["expect"] != "none"
    return own[-1]["verdict"] == "aborted" and own[-1]["fault"] == STOPPED


def main():
    arguments = sys.argv[1:]
    early = arguments[:1] == ["--early"]
    if len(arguments) != 2 + early:
        print(__doc__.split("\n", maxsplit=1)[0], file=sys.stderr)
        return 64
    units = read_truth(arguments[-2])
    visits = read_visits(arguments[-1])
    differences = 0
    judged = 0
    stopped = 0
    for unit in units:
        here = [v for slot in unit["slots"] for v in visits.get(slot, [])]
        alone = sum(u["slot"] == unit["slot"] for u in units) == 1
        own = visits_of(unit, here, alone)
        judged += len(own)
        if early and has_no_verdict(unit, own):
            stopped += 1
            continue
        for sentence in judge_unit(unit, own):
            print(f"{describe(unit)}: {sentence}")
            differences += 1
    strangers = sum(map(len, visits.values())) - judged
    if strangers:
        print(f"{strangers} visits in the record belong to no unit of the rack")
        differences += 1
    if differences:
        return 1
    if stopped:
        print(f"{len(units) - stopped} units agree, {stopped} were stopped before they had a verdict")
        return 4
    counts = {}
    for unit in units:
        counts[unit["expect"]] = counts.get(unit["expect"], 0) + 1
    print(f"{len(units)} units agree: " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
