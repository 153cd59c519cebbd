#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole station with Telit units in the simulated rack: operations, settings over a crash, the service's secrets.

telit_station_test.py RACK STATION LOG [NAME...]: prints TAP, as station_test.py does. It knows nothing of the station's inside.
"""
import pathlib
import sys

from station_test import PASSWORD, equal, main, plant_secrets

TWO = ["--units", "2", "--seed", "2", "--speed", "20"]


def attempts(t):
    return t.sql("SELECT procedure, operation, outcome, version_before, version_after FROM attempt ORDER BY id")


def operations(t):
    """Registered and asked: each passes, none counts, no version changes, no unit flashes."""
    code, output = t.run("batch", "--operation", "telit-pfm-sms-query", "--expect", "2", "--timeout", "100",
                         "--work-order", "W1")
    equal(code, 0, f"exit code ({output})")
    rows = attempts(t)
    equal([row[:3] for row in rows], [("telit-pfm-sms-query", "query", "pass")] * 2, "attempts")
    assert all(row[3] == row[4] for row in rows), rows
    equal(t.sql("SELECT count(*) FROM v_visits WHERE counts"), [(0,)], "visits that count")
    equal(t.sql("SELECT count(*) FROM registration")[0][0], 2, "registrations in the record")
    t.wait("settings that are as they were", lambda: not any(u["settings_lost"] for u in t.truth()), 20)
    equal([u["flashes"] for u in t.truth()], [0, 0], "flashes")


def no_such_operation(t):
    """What is no operation is refused before anything begins."""
    for name in ("telit-pfm-sms", "nonsense", "identify", "telit-pfm-check"):
        code, output = t.run("batch", "--operation", name)
        equal(code, 64, f"exit code of {name}")
        assert "--operation" in output and name in output, output
    assert not (t.dir / "station.db").exists(), "a record was begun"


def killed_while_flashing(t):
    """The station dies while a unit flashes: the next one waits, reads it back and restores what it was."""
    first = t.start("batch", "--expect", "2")
    t.wait_flashing()
    t.wait("the intent on disk", lambda: t.sql("SELECT count(*) FROM ledger WHERE kind = 'danger'")[0][0] >= 1)
    saved = t.sql("SELECT count(*) FROM setting WHERE key = 'settings' AND value LIKE '%+CMEE=%'")[0][0]
    assert saved >= 1, "its settings were not on disk before its danger"
    first.kill()
    first.wait()
    code, output = t.run("batch", "--expect", "2", "--timeout", "200", timeout=250)
    equal(code, 0, f"exit code of the second run ({output})")
    equal(t.run("reconcile")[0], 0, "reconcile after everything was checked")
    for unit in t.settled_truth():
        assert unit["flashes"] >= 1 and unit["good"], unit
        # Frozen and without a sign for some seconds: a station that has just begun asks once who is there.
        assert unit["disturbed"] <= 40, unit
        equal(unit["forbidden"], 0, f"inhibited commands sent to the unit in {unit['slot']}")
    t.wait("settings that are as they were", lambda: not any(u["settings_lost"] for u in t.truth()), 20)


def no_secret_anywhere(t):
    """The access point's password goes to the module and nowhere else."""
    plant_secrets(t.dir)
    _, output = t.run("batch", "--expect", "2", "--timeout", "100", "--json", str(t.dir / "report"))
    assert t.sql("SELECT count(*) FROM step_run WHERE name = 'access' AND outcome = 0")[0][0] >= 1, "it was never sent"
    for path in sorted(pathlib.Path(t.dir).iterdir()):
        if path.is_file() and path.name != "secrets.ini":
            assert PASSWORD.encode() not in path.read_bytes(), f"the password is in {path.name}"
    assert PASSWORD not in output, "the password was printed"
    for (attempt,) in t.sql("SELECT id FROM attempt"):
        text = "".join(str(row) for row in t.query("transcript", str(attempt)))
        assert PASSWORD not in text, f"the password is in the transcript of attempt {attempt}"


def sim_there_and_back(t):
    """Chapter 7: a SIM registered in one unit, then in another, and back: the record knows what neither unit does."""
    code, output = t.run("batch", "--operation", "telit-pfm-sms-register", "--settle", "50", "--timeout", "20m", timeout=1400)
    equal(code, 1, f"exit code ({output})")
    visits = t.sql("SELECT imei, verdict, fault FROM visit ORDER BY id")
    equal([row[1] for row in visits], ["pass", "pass", "fail"], f"verdicts of {visits}")
    assert visits[0][0] == visits[2][0] != visits[1][0], visits
    said = [row["detail"] for row in t.query("attempts") if row["imei"] == visits[2][0] and row["outcome"] == "fail"]
    assert len(said) == 1 and "forced registration" in said[0] and visits[2][0] in said[0], said
    assert any("STALE_REGISTRATION" in line for line in output.splitlines()), output


SCENARIOS = [
    (operations, [*TWO, "--mix", "telit-sms:2", "--fault", "server-query@A1,server-query@B1"]),
    (no_such_operation, [*TWO, "--mix", "telit-sms:2", "--fault", "none"]),
    (killed_while_flashing, ["--units", "2", "--seed", "4", "--speed", "4", "--mix", "telit-sms:2", "--fault", "none"]),
    (sim_there_and_back, ["--seed", "3", "--speed", "4", "--mix", "telit-sms:1,now,usb", "--fault", "clean,sim-moved@1"], 6),
    (no_secret_anywhere, [*TWO, "--mix", "telit-combined:2", "--fault", "none"]),
]

if __name__ == "__main__":
    sys.exit(main(SCENARIOS, __file__))
