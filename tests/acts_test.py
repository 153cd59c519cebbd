#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the person at the dashboard asks of the whole station in the simulated rack: keys and scans in, records and truth out.

acts_test.py RACK STATION LOG [NAME...]: prints TAP. It knows nothing of the station's inside: it types, reads the terminal and the
record, and the rack's truth.
"""
import re
import sqlite3
import subprocess
import sys
import time

import station_test as st
from station_test import equal


class Desk(st.Screen):
    """A dashboard, and what a person does at it."""

    def __init__(self, t):
        super().__init__(t)
        self.t = t

    def wait(self, what, condition, limit=60):
        return self.t.wait(what, lambda: (self.poll(), condition())[1], limit)

    def press(self, *keys):
        """One after the other, as fingers do."""
        for key in keys:
            self.type(key)
            time.sleep(0.12)
            self.poll()

    def scan(self, text):
        self.type(text + "\r")
        time.sleep(0.15)
        self.poll()

    def shows(self, words):
        """Whether this is on the screen, which is drawn anew for it."""
        self.output = b""
        self.press("\014")
        return words.encode() in self.output

    def quit(self):
        self.press("q", "y")
        self.wait("the end", self.poll, 60)
        verified = subprocess.run([self.t.log, "--db", str(self.t.dir / "station.db"), "verify"], capture_output=True, text=True,
                                  timeout=60, check=False)
        equal(verified.returncode, 0, f"fota-log verify ({verified.stdout}{verified.stderr})")

    def rows(self, text):
        """An answer of the record; nothing while there is none yet."""
        try:
            return self.t.sql(text)
        except sqlite3.OperationalError:
            return []

    def verdicts(self):
        return [row[0] for row in self.rows("SELECT verdict FROM visit WHERE verdict IS NOT NULL ORDER BY id")]


def at_desk(scenario):
    """The scenario gets a dashboard, which is taken away in the end."""
    def run(t):
        if hasattr(scenario, "before"):
            scenario.before(t)
        desk = Desk(t)
        try:
            scenario(t, desk)
        finally:
            desk.end()
    run.__name__ = scenario.__name__
    run.__doc__ = scenario.__doc__
    return run


def before(configuration):
    def mark(scenario):
        scenario.before = configuration
        return scenario
    return mark


@at_desk
def retested(t, desk):
    """A failed unit is retested: a second visit that says so, and the first verdict stays in the record."""
    desk.wait("the verdict", lambda: desk.verdicts() == ["fail"])
    time.sleep(0.5)
    desk.press("r", "y")
    desk.wait("the second verdict", lambda: desk.verdicts() == ["fail", "fail"])
    equal(t.sql("SELECT retest FROM visit ORDER BY id"), [(0,), (1,)], "retest")
    desk.quit()
    equal(desk.code, 0, "exit code")


@at_desk
def aborted(t, desk):
    """A unit is stopped in its upload: aborted, STOPPED, and not flashed."""
    desk.wait("the upload", lambda: desk.rows("SELECT 1 FROM step_run WHERE name = 'upload'"))
    desk.press("x", "y")
    desk.wait("the verdict", lambda: desk.verdicts() == ["aborted"])
    equal(t.sql("SELECT f.name FROM visit v JOIN fault_code f ON f.code = v.fault"), [("STOPPED",)], "fault")
    equal([u["flashes"] for u in t.settled_truth()], [0], "flashes")
    desk.quit()


@at_desk
def not_aborted_while_flashing(t, desk):
    """Past the point of no return abort is refused, whatever is answered, and the unit passes."""
    desk.wait("a unit that flashes", lambda: any(u["flashing"] for u in t.truth()))
    time.sleep(0.3)
    desk.press("x", "y")
    assert b"point of no return" in desk.output, desk.output[-2000:]
    desk.wait("the verdict", lambda: desk.verdicts() == ["pass"])
    desk.quit()
    equal([u["disturbed"] for u in t.settled_truth()], [0], "disturbed")


@at_desk
def parked(t, desk):
    """A slot is parked while its unit has a verdict: the next unit that is put in is skipped without a byte."""
    desk.wait("the verdict", lambda: desk.verdicts() == ["pass"])
    desk.press("p", "y")
    desk.wait("the next unit", lambda: len(desk.verdicts()) == 2, 90)
    equal(desk.verdicts(), ["pass", "skipped"], "verdicts")
    equal(t.sql("SELECT f.name FROM visit v JOIN fault_code f ON f.code = v.fault"), [("SLOT_PARKED",)], "fault")
    equal(sorted(u["flashes"] for u in t.settled_truth()), [0, 1], "flashes")
    skipped = t.sql("SELECT id FROM attempt WHERE outcome = 'skipped'")[0][0]
    equal([row for row in t.query("transcript", str(skipped)) if row["dir"] in "><#"], [], "bytes of the unit in the parked slot")
    desk.press("p", "y")
    desk.press("r", "y")
    desk.wait("the verdict after the release", lambda: desk.verdicts() == ["pass", "skipped", "pass"])
    desk.quit()


def ask_first(t):
    station = t.dir / "station.ini"
    station.write_text(station.read_text().replace("[station]\n", "[station]\nask_operator = on\nask_work_order = on\n", 1))
    catalogue = t.dir / "catalogue.ini"
    catalogue.write_text(catalogue.read_text() + "\n[order W-7]\nquantity = 2\n")


@at_desk
@before(ask_first)
def orders(t, desk):
    """Nothing starts before operator and order are known; an order ends by its quantity, what waits goes into the next one."""
    desk.wait("the identity of all", lambda: t.seen(4))
    time.sleep(1.5)
    equal(t.sql("SELECT count(*) FROM attempt")[0][0], 0, "attempts before anybody said who works")
    desk.scan("OP:7731")
    time.sleep(1)
    equal(t.sql("SELECT count(*) FROM attempt")[0][0], 0, "attempts before the work order")
    desk.scan("WO:W-7")
    desk.wait("all verdicts", lambda: len(desk.verdicts()) == 4)
    equal(sorted(desk.verdicts()), ["pass", "pass", "skipped", "skipped"], "verdicts of the first order")
    equal(t.sql("SELECT DISTINCT work_order, worker FROM visit"), [("W-7", "7731")], "order and operator")
    # A unit that the full order has counted already takes no place when it is looked at again.
    labels_of = [row[0] for row in t.sql("SELECT slot_label FROM visit ORDER BY slot_label")]
    counted = t.sql("SELECT min(slot_label) FROM visit WHERE verdict = 'pass'")[0][0]
    desk.press(*["\033[C"] * labels_of.index(counted), "r", "y")
    desk.wait("the verdict of the retest", lambda: len(desk.verdicts()) == 5)
    equal(desk.verdicts()[-1], "current", "verdict of a unit that was counted")
    desk.press("\033[H")
    # The next order takes the units that were not needed.
    desk.press("w")
    for key in "W-8":
        desk.press(key)
    desk.press("\r")
    skipped = [row[0] for row in t.sql("SELECT slot_label FROM visit WHERE verdict = 'skipped'")]
    for n in range(4):
        desk.press("r", "y", "\033[C")
        desk.wait("the verdict of the retest", lambda n=n: len(desk.verdicts()) == 6 + n)
    done = dict(t.sql("SELECT slot_label, verdict FROM visit WHERE work_order = 'W-8'"))
    equal({done[slot] for slot in skipped}, {"pass"}, "verdicts of the second order")
    equal(set(done.values()), {"pass", "current"}, "verdicts of the second order")
    desk.quit()
    equal(desk.code, 0, "exit code")


def scan_required(t):
    station = t.dir / "station.ini"
    station.write_text(station.read_text() + "\n[scanner]\nscan = required\n")


@at_desk
@before(scan_required)
def labels(t, desk):
    """scan = required: no unit starts before its label; the right one passes, the wrong one fails and is not flashed."""
    desk.wait("the identity of both", lambda: t.seen(2))
    time.sleep(2)
    equal(t.sql("SELECT count(*) FROM attempt")[0][0], 0, "attempts before the labels")
    first, second = (row[0].split()[0] for row in t.sql("SELECT text FROM event WHERE kind = 'unit-seen' ORDER BY slot"))
    desk.scan(f"IMEI {first};SN 4711")
    desk.wait("the first verdict", lambda: desk.verdicts() == ["pass"])
    # The label on the second one says something else: the slot is chosen, and the person says so.
    desk.press("\033[C")
    desk.scan("356938035643809")
    assert b"WRONG LABEL" in desk.output, desk.output[-2000:]
    desk.press("y")
    desk.wait("the second verdict", lambda: desk.verdicts() == ["pass", "fail"])
    equal(t.sql("SELECT imei, f.name FROM visit v JOIN fault_code f ON f.code = v.fault"), [(second, "LABEL_MISMATCH")],
          "the wrong label")
    equal(sorted(u["flashes"] for u in t.settled_truth()), [0, 1], "flashes")
    desk.quit()
    code, output = t.run("batch", "--expect", "2")
    equal(code, 78, f"exit code of a batch, where nobody scans ({output})")


def scan_optional(t):
    station = t.dir / "station.ini"
    station.write_text(station.read_text() + "\n[scanner]\nscan = optional\n")


def wrong_label(desk):
    """The label of another unit is on the chosen slot's, and the person says so."""
    desk.wait("the danger in the record", lambda: desk.rows("SELECT 1 FROM ledger WHERE kind = 'danger'"), 10)
    desk.scan("356938035643809")
    assert b"WRONG LABEL" in desk.output, desk.output[-2000:]
    desk.press("y")


def never_good(t, visits):
    """The unit's label was another unit's: in no sum it is a good one."""
    equal(t.sql("SELECT verdict, fault, final_verdict, final_fault, good_first FROM v_visits WHERE final_fault = 'LABEL_MISMATCH'")[-1][2:],
          ("fail", "LABEL_MISMATCH", 0), "the visit")
    equal(t.sql("SELECT count(*), sum(final_verdict IN ('pass', 'current')), sum(good_first) FROM v_visits"), [(visits, 0, 0)],
          "visits, good ones, first passes")
    for row in t.query("yield", "--by", "slot"):
        equal((row["good"], row["first_good"]), (0, 0), f"yield ({row})")


@at_desk
@before(scan_optional)
def label_while_flashing(t, desk):
    """A wrong label on a unit that flashes: the flash goes on to its end, its row says how it was, the visit is bad."""
    desk.scan("WO:W-1")
    desk.wait("a unit that flashes", lambda: any(u["flashing"] for u in t.truth()))
    wrong_label(desk)
    desk.wait("the verdict", lambda: desk.verdicts() == ["fail"])
    assert desk.shows("remove, bad"), desk.output
    equal(t.sql("SELECT outcome, fault, version_after = target FROM v_attempts"), [("pass", None, 1)], "the attempt")
    never_good(t, 1)
    desk.press("h")
    desk.wait("the visit in the history", lambda: desk.shows("(1)"), 10)
    assert not desk.shows("good, updated"), desk.output
    desk.quit()
    equal([(u["flashes"], u["disturbed"]) for u in t.settled_truth()], [(1, 0)], "flashes and disturbances")


@at_desk
@before(scan_optional)
def label_then_died(t, desk):
    """The same, and the station dies before the flash ends: the check after its return is no pass."""
    desk.wait("a unit that flashes", lambda: any(u["flashing"] for u in t.truth()))
    wrong_label(desk)
    desk.wait("the label in the record", lambda: desk.rows("SELECT 1 FROM setting WHERE key = 'label'"), 10)
    desk.end()
    again = Desk(t)
    try:
        again.wait("the verdict after the check", lambda: len(again.verdicts()) == 2, 90)
        equal(again.verdicts(), ["interrupted", "fail"], "verdicts")
        never_good(t, 2)
        equal(t.sql("SELECT count(*) FROM v_attempts WHERE resolves IS NOT NULL AND fault = 'LABEL_MISMATCH'"), [(1,)], "checks")
        again.quit()
    finally:
        again.end()


@at_desk
def history(t, desk):
    """The history view shows what the record has of today, asked in a child process; the slot's view does as well."""
    desk.wait("the verdicts", lambda: desk.verdicts() == ["pass", "pass"])
    desk.press("h")
    desk.wait("the answer", lambda: desk.shows("(2)"), 10)
    assert desk.shows("good, updated")
    desk.press("/")
    for key in t.sql("SELECT imei FROM visit")[0][0][-5:]:
        desk.press(key)
    desk.press("\r")
    desk.wait("the answer about one unit", lambda: desk.shows("(1)"), 10)
    desk.press("\033\033", "\r")
    desk.wait("today in this slot", lambda: desk.shows("good, updated"), 10)
    desk.quit()


@at_desk
def acknowledged(t, desk):
    """A unit that was pulled in its upload leaves its verdict on the empty slot, until somebody has seen it."""
    desk.wait("the verdict", lambda: desk.verdicts() == ["fail"])
    equal(t.sql("SELECT f.name FROM visit v JOIN fault_code f ON f.code = v.fault"), [("UNIT_LEFT",)], "fault")
    assert desk.shows("remove, bad"), desk.output
    desk.press("a", "y")
    desk.wait("an empty slot", lambda: desk.shows("insert"), 10)
    desk.quit()


def one_at_a_time(t):
    station = t.dir / "station.ini"
    text = re.sub(r"(?m)^max_flashing_per_hub.*\n", "", station.read_text())
    station.write_text(text.replace("[limits]\n", "[limits]\nmax_flashing_per_hub = 1\n", 1)
                       if "[limits]" in text else text + "\n[limits]\nmax_flashing_per_hub = 1\n")


@at_desk
@before(one_at_a_time)
def batch_ended(t, desk):
    """The end of a batch: what runs is finished, nothing new starts until the next order."""
    desk.wait("a unit that flashes", lambda: any(u["flashing"] for u in t.truth()))
    # Enter without a number enters no order.
    desk.press("e", "y", "\r")
    desk.wait("the verdict of what ran", lambda: "pass" in desk.verdicts())
    n = len(desk.verdicts())
    attempts = t.sql("SELECT count(*) FROM attempt")[0][0]
    time.sleep(3)
    equal(t.sql("SELECT count(*) FROM attempt")[0][0], attempts, f"attempts after the end ({n} verdicts)")
    desk.scan("WO:W-2")
    desk.wait("all verdicts", lambda: len(desk.verdicts()) == 3)
    assert ("W-2",) in t.sql("SELECT DISTINCT work_order FROM visit")
    desk.quit()


SCENARIOS = [
    (retested, ["--units", "1", "--mix", "local:1", "--fault", "no-dfota", "--speed", "20"]),
    (aborted, ["--units", "1", "--mix", "local:1", "--fault", "none", "--speed", "1"]),
    (not_aborted_while_flashing, ["--units", "1", "--mix", "local:1", "--fault", "none", "--speed", "8"]),
    (parked, ["--units", "1", "--mix", "usb:1", "--fault", "taken-and-next", "--speed", "10"]),
    (orders, ["--units", "4", "--mix", "local:4", "--fault", "none", "--speed", "20"]),
    (labels, ["--units", "2", "--mix", "local:2", "--fault", "none", "--speed", "20"]),
    (label_while_flashing, ["--units", "1", "--mix", "local:1", "--fault", "none", "--speed", "8"]),
    (label_then_died, ["--units", "1", "--mix", "local:1", "--fault", "none", "--speed", "8"]),
    (history, ["--units", "2", "--mix", "local:2", "--fault", "none", "--speed", "20"]),
    (acknowledged, ["--units", "1", "--mix", "local:1", "--fault", "unplug-in-upload", "--speed", "4"]),
    (batch_ended, ["--units", "3", "--mix", "local:3", "--fault", "none", "--speed", "4"]),
]


if __name__ == "__main__":
    sys.exit(st.main(SCENARIOS, __file__))
