#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who comes to a slot and who leaves it, by every kind of presence: the station in the simulated rack, in whose slots the
person at the rack takes units out, swaps them and puts them elsewhere.

presence_test.py RACK STATION LOG [NAME...]: prints TAP. Each scenario runs one batch and holds its events, its record and
its exit code against the rack's truth. It knows nothing of the station's inside.
"""
import json
import pathlib
import subprocess
import sys
import time

from station_test import equal, main

JUDGE = pathlib.Path(__file__).resolve().parent / "rack" / "judge.py"


class Run:
    """One batch that is over: its exit code, its events, its record."""

    def __init__(self, t, settle, code, judged=True):
        self.t = t
        found, output = t.run("batch", "--settle", str(settle), "--json", str(t.dir / "json"), timeout=3000)
        self.events = [json.loads(line) for line in (t.dir / "json").read_text().splitlines()]
        equal(found, code, f"exit code ({output})")
        equal(self.events[-1]["exit"], code, "exit code in the summary")
        self.verdict_stays()
        if judged:
            self.judge()

    def judge(self):
        """The rack writes its truth a moment after a change."""
        time.sleep(0.3)
        done = subprocess.run([sys.executable, JUDGE, self.t.truth_file, self.t.dir / "station.db"], capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def of(self, kind, slot=None):
        return [e for e in self.events if e["type"] == kind and (not slot or e.get("slot") == slot)]

    def states(self, slot):
        """The states that were shown one after the other, each with its order."""
        return [(e["to"], e["order"]) for e in self.of("slot-state", slot)]

    def visits(self, slot):
        return [(v["outcome"], v.get("fault", "")) for v in self.of("visit-end", slot)]

    def verdict_stays(self):
        """Nothing takes a verdict off a slot but that the unit leaves, or that another one comes."""
        held, free = {}, set()
        for event in self.events:
            slot = event.get("slot")
            if event["type"] in ("unit-gone", "unit-arrived"):
                free.add(slot)
            if event["type"] == "visit-end" and event.get("fault") in ("UNIT_LEFT", "NEVER_CAME_BACK", "FLASH_SILENT"):
                free.add(slot)
            if event["type"] != "slot-state":
                continue
            assert slot not in held or slot in free, f"{slot} was {held[slot]}, and is {event['to']} though nobody left"
            held.pop(slot, None)
            if event["to"] in ("passed", "failed"):
                held[slot] = event["to"]
                if event.get("from") != "running" or not any(
                        v.get("fault") for v in self.of("visit-end", slot) if v["visit"] == event.get("visit")):
                    free.discard(slot)

    def shown(self, slot, state, order):
        assert self.states(slot) and self.states(slot)[-1] == (state, order), (slot, self.states(slot))


def units_in(t, slot):
    return [u for u in t.truth() if slot in u["slots"]]


def slots(t):
    return sorted({u["slot"] for u in t.truth()})


# ---- a verdict is there ----

def taken_and_next(t):
    """A good unit is taken out, another comes into its slot: both pass. What is in no slot is never opened."""
    run = Run(t, 30, 0)
    stranger = [u for u in t.truth() if u["fault"] == "no-slot"]
    equal([(u["wrong_opens"], u["bytes"]) for u in stranger], [(0, 0)], "openings and bytes of a port that is no slot's")
    for slot in slots(t):
        if slot == stranger[0]["slot"]:
            equal(run.of("unit-arrived", slot), [], "what was told of no slot")
            continue
        equal(run.visits(slot), [("pass", "")] * 2, slot)
        equal(len({v["imei"] for v in run.of("visit-end", slot)}), 2, f"units in {slot}")
        assert ("empty", "insert") in run.states(slot), run.states(slot)
        run.shown(slot, "passed", "remove_good")


def taken_and_back(t):
    """The same unit back in the same slot: its verdict is shown again, nothing starts, nothing is counted."""
    run = Run(t, 30, 0)
    for slot in slots(t):
        equal(len(run.of("visit-begin", slot)), 1, f"visits in {slot}")
        equal(len(run.of("job-begin", slot)), 1 + (units_in(t, slot)[0]["flashes"] == 2), f"attempts in {slot}")
        equal(run.states(slot)[-5:], [("empty", "insert"), ("settling", "wait"), ("identifying", "wait"),
                                      ("passed", "remove_good"), ("empty", "insert")], f"states of {slot}")
    equal(run.events[-1]["pass"], 3, "units that passed")


def swapped_at_once(t):
    """A good unit is swapped for another sooner than its silence is noticed: the newcomer does not inherit the verdict."""
    run = Run(t, 30, 0)
    for slot in slots(t):
        equal(run.visits(slot), [("pass", "")] * 2, slot)
        equal([v["imei"] for v in run.of("visit-end", slot)], [u["imei"] for u in units_in(t, slot)], f"units in {slot}")


def silent_to_one_question(t):
    """Who does not answer one question has not left: neither the one that never says its IMEI, nor the one that fails for it."""
    run = Run(t, 40, 1, judged=False)  # of a trouble at a command the truth says nothing
    equal(run.of("unit-gone"), [], "units that left")
    equal(run.visits("A1"), [("pass", "")], "A1")
    run.shown("A1", "passed", "remove_good")
    equal(run.visits("B1"), [("fail", "NO_ANSWER")], "B1")
    run.shown("B1", "failed", "remove_bad")


# ---- pulled ----

def pulled_while_identified(t):
    """Pulled before it has said who it is: no record, and the slot is empty again."""
    run = Run(t, 60, 2)
    for slot in slots(t):
        run.shown(slot, "empty", "insert")
    equal(t.sql("SELECT count(*) FROM visit")[0][0] + t.sql("SELECT count(*) FROM attempt")[0][0], 0, "rows")


def pulled_while_waiting(t):
    """Pulled while it waits for its turn: no record of it, and nothing is sent to it that changes anything."""
    station = t.dir / "station.ini"
    station.write_text(station.read_text().replace("max_flashing_per_hub = 0", "max_flashing_per_hub = 1"))
    run = Run(t, 15, 0)
    for slot in ("A2", "B2", "C2"):
        assert ("queued", "wait") in run.states(slot), run.states(slot)
        run.shown(slot, "empty", "insert")
        equal(run.of("visit-begin", slot), [], slot)


def two_at_once(t):
    """Two units pulled in one moment: each ends UNIT_LEFT, and that stays on the empty slot; the third one goes on."""
    run = Run(t, 10, 1)
    for slot in ("A1", "B1"):
        equal(run.visits(slot), [("fail", "UNIT_LEFT")], slot)
        run.shown(slot, "failed", "remove_bad")
    gone = [e["t_us"] for e in run.of("unit-gone")]
    assert len(gone) == 2 and abs(gone[0] - gone[1]) < 1000000, gone
    equal(run.visits("C1"), [("pass", "")], "C1")


def hub_unplugged(t):
    """All units behind a hub leave at once, whatever tells their presence; what is behind other hubs is not disturbed."""
    run = Run(t, 10, 1)
    for slot in ("A1", "A2"):
        equal(run.visits(slot), [("fail", "UNIT_LEFT")], slot)
        run.shown(slot, "failed", "remove_bad")
    for slot in ("B1", "B2", "C1", "C2", "D1", "D2"):
        equal(run.visits(slot), [("pass", "")], slot)


# ---- in a dangerous step ----

def other_tty(t):
    """A unit that comes back with another tty name goes on, and its verdict is shown as long as it is there."""
    run = Run(t, 5, 0)
    for slot in slots(t):
        names = [e["text"].split()[-1] for e in run.of("unit-arrived", slot)]
        equal(len(set(names)), 2, f"tty names in {slot}")
        equal(run.visits(slot), [("pass", "")], slot)
        run.shown(slot, "passed", "remove_good")


def swapped_while_flashing(t):
    """Another unit comes where one was flashing: UNIT_LEFT, the dangerous attempt stays open and is listed; the newcomer
    has a visit of its own."""
    run = Run(t, 40, 4)
    for slot in slots(t):
        equal(run.visits(slot), [("fail", "UNIT_LEFT"), ("pass", "")], slot)
        old, new = units_in(t, slot)
        equal([v["imei"] for v in run.of("visit-end", slot)], [old["imei"], new["imei"]], f"units in {slot}")
        rows = t.sql(f"SELECT outcome, end_us FROM attempt WHERE imei = '{old['imei']}' ORDER BY id DESC LIMIT 1")
        equal(rows, [(None, None)], f"the attempt of the unit that was in {slot}")
    listed = {(u["slot"], u["imei"]) for u in run.events[-1]["not_finished"]}
    equal(listed, {(s, units_in(t, s)[0]["imei"]) for s in slots(t)}, "not_finished")
    code, output = t.run("reconcile")
    equal(code, 1, f"reconcile ({output})")


def moved_while_flashing(t):
    """Pulled while flashing, back in another slot: the attempt is settled there by a row that resolves it."""
    run = Run(t, 60, 0)
    for unit in t.truth():
        first, then = unit["slots"]
        (verdict, fault), = run.visits(first)
        equal((verdict, fault in ("NEVER_CAME_BACK", "FLASH_SILENT")), ("fail", True), f"{first}: {fault}")
        equal(run.visits(then), [("pass", "")], then)
        resolved = t.sql("SELECT final_verdict, verdict FROM v_visits WHERE resolved_by IS NOT NULL"
                         f" AND imei = '{unit['imei']}'")
        equal(resolved, [("pass", "fail")], f"final and recorded verdict of the visit in {first}")
        run.shown(first, "empty", "insert")
        run.shown(then, "passed", "remove_good")
    equal(t.run("reconcile")[0], 0, "reconcile")


# ---- one IMEI, two slots ----

def duplicates(t):
    """The same IMEI in two slots: both fail, neither is flashed."""
    run = Run(t, 5, 1)
    for slot in slots(t):
        equal(run.visits(slot), [("fail", "DUPLICATE_IMEI")], slot)
    equal([u["flashes"] for u in t.truth()], [0] * 6, "updates")


def duplicate_in_danger(t):
    """The one that flashes finishes, with a warning; the one that came later fails."""
    run = Run(t, 10, 1)
    for hub in "ABC":
        equal(run.visits(hub + "1"), [("pass", "")], hub + "1")
        equal(run.visits(hub + "2"), [("fail", "DUPLICATE_IMEI")], hub + "2")
        warned = [e["text"] for e in run.of("trouble", hub + "1")]
        assert any(units_in(t, hub + "1")[0]["imei"] in text for text in warned), warned


# ---- fixtures ----

def always_there(t):
    """presence = always: a good unit passes; silence is a failed attempt and not a leaving."""
    run = Run(t, 10, 1)
    equal(run.visits("A1"), [("pass", "")], "A1")
    equal(run.visits("B1"), [("fail", "NO_ANSWER")], "B1")
    run.shown("B1", "failed", "remove_bad")


def lines(t):
    """Units that only a pulse on DTR or RTS switches on, there from the start or not; units that a line which stays on
    would switch off for good."""
    run = Run(t, 200, 0)
    for unit in t.truth():
        equal(run.visits(unit["slot"]), [("pass", "")], unit["slot"])


KEYS = "power-key-dtr@1,power-key-rts@2,power-key-rts@3,lines-rest-off@4,lines-rest-off@5,lines-rest-off@6"


def rack(units, mix, fault, speed, seed):
    return ["--units", str(units), "--mix", mix, "--fault", "clean," + fault, "--speed", str(speed), "--seed", str(seed)]


SCENARIOS = [
    (taken_and_next, rack(3, "local:3,turn,no-slot:1", "taken-and-next", 20, 1)),
    (swapped_at_once, rack(8, "local:8,answer", "swapped-at-once", 40, 1)),
    (silent_to_one_question, [*rack(2, "telit-sms:2,answer,now", "none", 20, 1),
                              "--trouble", "garbage@+GSN@1,silence@+CNMI?@2"], 4),
    (taken_and_back, rack(3, "local:3,turn", "taken-and-back", 20, 1)),
    (pulled_while_identified, rack(3, "local:3,turn", "unplug-in-identify", 2, 1), 10),
    (pulled_while_waiting, rack(8, "local:8,turn,now", "unplug-waiting@A2,unplug-waiting@B2,unplug-waiting@C2", 1, 1), 10),
    (two_at_once, rack(3, "local:3,usb,now", "unplug-two@1,upload-stall@2", 8, 1)),
    (hub_unplugged, rack(8, "local:8,turn,now", "unplug-hub@A1,upload-stall@A2", 8, 1)),
    (other_tty, rack(2, "local:2,usb", "other-tty", 20, 1)),
    (swapped_while_flashing, rack(3, "local:3,turn", "swap-in-flash", 2, 1), 10),
    (moved_while_flashing, rack(3, "local:3,turn", "back-in-another-slot", 1, 1), 20),
    (duplicates, rack(6, "local:6,turn,now", "duplicate-imei@1,duplicate-imei@3,duplicate-imei@5", 20, 1)),
    (duplicate_in_danger, rack(6, "local:6,turn,now", "late-twin@A1,late-twin@B1,late-twin@C1", 3, 1)),
    (always_there, rack(2, "local:2", "always@1,always-mute@2", 2, 1), 10),
    (lines, rack(6, "local:6,turn", KEYS, 5, 1), 5),
]

if __name__ == "__main__":
    sys.exit(main(SCENARIOS, __file__))
