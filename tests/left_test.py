#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The station dies while a unit downloads or flashes, and such a unit takes its minutes: what the next station does with it.

left_test.py RACK STATION LOG [NAME...]: prints TAP, as station_test.py does. Nobody is to be told to take the unit out, or that
its slot is free, as long as it flashes; nothing that is inhibited is sent; and the answer that is written down at last is what
the unit really is. Slow modules, behind ports that leave with them and behind adapters that stay. It knows nothing of the
station's inside.
"""
import json
import signal
import sys
import time

from station_test import Screen, equal, main

UNIT_LEFT = 201
HANDS_ON = {"insert", "remove_good", "remove_bad", "remove_not_done"}


def events(path):
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            break  # still being written
    return found


def die_in(t, step, after):
    """A first station that is killed `after` seconds into this step of some unit."""
    report = t.dir / "first"
    first = t.start("batch", "--settle", "60", "--timeout", "60m", "--json", str(report))
    t.wait(f"step {step}", lambda: any(e["type"] == "step" and e.get("step") == step for e in events(report)), 1500)
    time.sleep(after)
    first.send_signal(signal.SIGKILL)
    first.wait()
    time.sleep(3)


def second(t, *arguments):
    """The next station; what it told of slots while their units flashed, and how it ended."""
    report, wrong = t.dir / "second", []
    process = t.start("batch", "--settle", "60", "--timeout", "80m", *arguments, "--json", str(report))
    orders, n = {}, 0
    began = time.monotonic()
    while process.poll() is None:
        assert time.monotonic() - began < 5400, "the second station does not end"
        told = events(report)
        for event in told[n:]:
            if event["type"] == "slot-state":
                orders[event["slot"]] = event["order"]
            elif event["type"] == "danger":
                orders[event["slot"]] = "do_not_touch"
        n = len(told)
        for unit in t.truth():
            if unit["flashing"] and orders.get(unit["slot"], "insert") in HANDS_ON and time.monotonic() - began > 10:
                wrong.append(f"{unit['slot']} flashes and its order is {orders.get(unit['slot'], 'insert')}")
        time.sleep(1)
    assert not wrong, wrong[:3]
    return process.returncode, process.stdout.read()


def whole(t, disturbed):
    """What must hold in the end."""
    for unit in t.settled_truth():
        equal(unit["forbidden"], 0, f"inhibited commands sent to the unit in {unit['slot']}")
        assert unit["disturbed"] <= disturbed, f"{unit['slot']}: disturbed {unit['disturbed']} times"
    equal(t.run("reconcile")[0], 0, "reconcile after everything was answered")
    for imei, outcome, version in t.sql("SELECT a.imei, a.outcome, a.version_after FROM attempt a"
                                        " WHERE a.resolves IS NOT NULL AND a.id IN (SELECT settled_by FROM debt)"):
        unit = next(u for u in t.truth() if u["imei"] == imei)
        equal((outcome, version), ("pass", unit["version"]), f"the answer written down of {imei}")


def went_on(t, step, after, disturbed=60, flashes=1):
    """The update went on without a station: it is listened to, and passes; none is begun anew."""
    die_in(t, step, after)
    code, output = second(t)
    equal(code, 0, f"exit code of the second station ({output})")
    whole(t, disturbed)
    t.wait("units that are good", lambda: all(u["good"] for u in t.truth()), 120)
    for unit in t.truth():
        equal(unit["flashes"], flashes, f"flashes of the unit in {unit['slot']}")


def sms_downloads(t):
    went_on(t, "download", 12)


def combined_is_frozen(t):
    went_on(t, "flash", 6)


def frozen_behind_an_adapter(t):
    went_on(t, "flash", 6)


def cloud_downloads(t):
    went_on(t, "download", 10)


def cloud_says_nothing(t):
    went_on(t, "download", 10)


def quectel_fetches(t):
    went_on(t, "flash", 5)


def simcom_flashes_in_silence(t):
    went_on(t, "flash", 5, disturbed=1000)


def never_began(t):
    """It died between the intent and the command, or the unit stayed what it was: it is updated then."""
    die_in(t, "upload", 0)
    code, output = second(t)
    equal(code, 0, f"exit code of the second station ({output})")
    whole(t, 60)


def pulled_before_its_turn(t):
    """It was asked what became of it, waits to be started, and is pulled: its visit ends with it, and is no other unit's."""
    die_in(t, "apply", 2)
    station = t.dir / "station.ini"
    station.write_text(station.read_text().replace("start = auto", "start = manual"))
    screen = Screen(t)
    try:
        t.wait("its answer", lambda: (screen.poll(), t.sql("SELECT count(*) FROM debt WHERE settled_us IS NOT NULL")[0][0])[1], 100)
        equal(t.sql("SELECT verdict FROM visit ORDER BY id"), [("interrupted",), (None,)], "verdicts")
        t.wait("a unit that was pulled", lambda: (screen.poll(), not any(u["present"] for u in t.truth()))[1], 200)
        t.wait("the end of its visit", lambda: (screen.poll(), not t.sql("SELECT 1 FROM visit WHERE end_us IS NULL"))[1], 20)
        equal(t.sql("SELECT verdict, fault FROM visit ORDER BY id DESC LIMIT 1"), [("fail", UNIT_LEFT)], "its verdict")
    finally:
        screen.end()


SLOW = ["--speed", "0.2"]
SCENARIOS = [
    (sms_downloads, ["--mix", "telit-sms:1,now,usb", "--fault", "clean,server-knows@1", "--seed", "5", *SLOW], 10),
    (combined_is_frozen, ["--mix", "telit-combined:1,now,usb", "--fault", "clean", "--seed", "21", *SLOW], 10),
    (frozen_behind_an_adapter, ["--mix", "telit-combined:2,now", "--fault", "clean", "--seed", "22", *SLOW], 10),
    (cloud_downloads, ["--mix", "cscfota:1,now,usb", "--fault", "clean", "--seed", "5", "--speed", "0.15"], 10),
    (cloud_says_nothing, ["--mix", "cscfota:1,now,usb", "--fault", "clean,no-reports@1", "--seed", "6", "--speed", "0.15"], 10),
    (quectel_fetches, ["--mix", "http:1,now", "--fault", "clean", "--seed", "7", *SLOW], 10),
    (simcom_flashes_in_silence, ["--mix", "sim7080-local:1,now", "--fault", "clean,no-reports@1", "--seed", "8", "--speed", "1"], 10),
    (pulled_before_its_turn, ["--mix", "local:1,usb,now", "--fault", "clean,unplug-waiting@1", "--trouble", "garbage@+QFOTADL=1@1",
                              "--seed", "9", "--speed", "20"], 10),
    (never_began, ["--mix", "local:2,now", "--fault", "clean", "--seed", "9", "--speed", "2"], 10),
]

if __name__ == "__main__":
    sys.exit(main(SCENARIOS, __file__))
