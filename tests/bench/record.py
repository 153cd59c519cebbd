#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A million attempts, and how long fota-log takes to answer: record.py STATION LOG [--attempts N] [--keep FILE]

Each question is asked of fota-log and, as the same SQL with the same values, of sqlite3 in the same run, the best of three
each; the last column is their ratio. It does not know what the answers should be: query_test does. The ledger of what it
makes up is empty, so nothing here is about verify.
"""
import argparse
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

LIMIT_S, UNIT_LIMIT_S, PERCENTILES_OFF = 1.0, 0.05, 5
# As large as a file may be of which the station looks at every page when it starts: a reader must not.
SMALL_BYTES, SMALL_ATTEMPTS = 16 * 2**20, 9000

# i is the attempt; h a number that looks random.
ATTEMPTS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :n)
INSERT INTO visit (id, slot_label, slot_path, hub, station, line, work_order, worker, imei, maker, model, model_name, version,
	target, retest, begin_us, mono_us, end_us, duration_ms, verdict, fault, step, version_after, good_first, zone_min, first,
	operation, place_row, place_column)
SELECT i, char(65 + h % 128 / 16) || (1 + h % 16), 'pci-0000:00:14.0-usb-0:4.' || (h % 128), 'pci-0000:00:14.0-usb-0:4',
	'station-1', 'line 1', 'WO' || (i / 5000), 'W' || (i / 700 % 9), printf('86%013d', i * 7 / 10), 'Quectel',
	'Quectel_MC65', CASE h % 5 WHEN 0 THEN 'M65' WHEN 1 THEN 'M08-R' ELSE 'MC65' END, 'MC65CAR01A02', 'MC65CAR01A03', 0,
	:base + i * :gap, 0, :base + i * :gap + 60000000, 60000,
	CASE WHEN h / 128 % 100 < 6 THEN 'fail' WHEN h / 128 % 100 < 9 THEN 'current' ELSE 'pass' END,
	CASE WHEN h / 128 % 100 < 6 THEN (SELECT code FROM codes WHERE k = h / 128 % 7 * (h % 5)) END,
	CASE WHEN h / 128 % 100 < 6 THEN 'verify' END, 'MC65CAR01A03', h / 128 % 100 >= 6, 480, i * 7 / 10 <> (i - 1) * 7 / 10,
	'update', 1 + h % 128 / 16, 1 + h % 16
FROM (SELECT i, (i * 2654435761) % 4294967296 / 64 AS h FROM n)
"""
COPIES = """
INSERT INTO attempt (id, visit, imei, model, serial, iccid, hop, hops, try, procedure, operation, version_before, target,
	version_after, package, package_sha256, catalogue, program, adopted, external, begin_us, mono_us, origin_us, end_us,
	duration_ms, outcome, fault, step, config)
SELECT id, id, imei, model, printf('SN%09d', id), printf('8986%016d', id), 1, 1, 1, 'quectel-dfota-local', 'update', version,
	target, version_after, lower(model_name) || '-a02-a03', printf('%064x', length(model_name)), '2026-11', '0.1.0', 0, 0,
	begin_us, 0, 0, end_us, duration_ms, verdict, fault, step, printf('%064x', id / 100000)
FROM visit
"""
STEPS = """
WITH RECURSIVE s(n, name) AS (VALUES (1, 'preflight'), (2, 'free-space'), (3, 'upload'), (4, 'apply'), (5, 'flash'), (6, 'return'),
	(7, 'verify'), (8, 'restore'))
INSERT INTO step_run SELECT a.id, s.n, s.n - 1, s.name, 1, s.n * 1000, abs(s.n * s.n * 137 + (a.id * 2654435761 % 4294967296) / 64 % (s.n * 900)),
	iif(a.fault IS NOT NULL AND s.n = 8, a.fault, 0), s.n IN (4, 5)
FROM attempt a, s
"""
SUMS = [f"INSERT INTO {table} SELECT * FROM {table}_anew" for table in ("visit_tally", "package_tally", "step_tally")]


def make(station, path, attempts):
    """Schema and names of faults are the station's own; it makes the file when it opens it for writing."""
    subprocess.run([station, "--db", path, "archive", "1970-02"], check=True, capture_output=True)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -200000")
    db.execute("CREATE TEMP TABLE codes AS SELECT row_number() OVER (ORDER BY code) - 1 AS k, code FROM fault_code")
    db.execute("BEGIN")
    # a year of days, the last one today
    gap = 365 * 86400 * 1000000 // attempts
    db.execute(ATTEMPTS, {"n": attempts, "gap": gap, "base": int(time.time() * 1e6) - attempts * gap})
    for sql in [COPIES, STEPS, *SUMS]:
        db.execute(sql)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def best(command, **more):
    times = []
    for _ in range(3):
        begin = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, text=True, **more)
        times.append(time.monotonic() - begin)
    return min(times), done


def same_sql(log, path, words):
    """What fota-log asks, with its values; without what it asks to open the file."""
    done = subprocess.run([log, "--db", path, "--format", "ndjson", *words], capture_output=True, check=False, text=True,
                          env={**os.environ, "G_MESSAGES_DEBUG": "all"})
    asked = re.findall(r"DEBUG: [\d:.]+: SQL (.*?;)\n", done.stdout, re.DOTALL)
    return "\n".join(a for a in asked if not a.startswith("PRAGMA"))


def questions(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    middle = db.execute("SELECT max(id) / 2 FROM attempt").fetchone()[0]
    imei, day = db.execute("SELECT imei, date(begin_us / 1e6, 'unixepoch') FROM attempt WHERE id = ?", (middle,)).fetchone()
    db.close()
    page = ["--limit", "50"]
    return [
        (UNIT_LIMIT_S, ["unit", imei]), (UNIT_LIMIT_S, ["where", imei]), (UNIT_LIMIT_S, ["attempts", "--imei", imei]),
        (LIMIT_S, ["show", str(middle)]), (LIMIT_S, ["attempts", *page]), (LIMIT_S, ["attempts", "--imei", imei[-7:], *page]),
        (LIMIT_S, ["attempts", "--slot", "B7", *page]), (LIMIT_S, ["attempts", "--model", "M65", *page]),
        (LIMIT_S, ["attempts", "--outcome", "fail", *page]), (LIMIT_S, ["attempts", "--outcome", "aborted", *page]),
        (LIMIT_S, ["attempts", "--fault", "NO_ANSWER", *page]), (LIMIT_S, ["attempts", "--firmware", "MC65CAR01A03", *page]),
        (LIMIT_S, ["attempts", "--firmware", "none", *page]), (LIMIT_S, ["attempts", "--work-order", "WO77", *page]),
        (LIMIT_S, ["attempts", "--operator", "W3", *page]), (LIMIT_S, ["attempts", "--date", day, *page]),
        (LIMIT_S, ["units", *page]), (LIMIT_S, ["units", "--package", "m65-a02-a03", *page]),
        (LIMIT_S, ["units", "--firmware", "MC65CAR01A03", *page]), (LIMIT_S, ["units", "--outcome", "pass", *page]),
        (LIMIT_S, ["units", "--slot", "B7", "--date", day]), (LIMIT_S, ["yield"]), (LIMIT_S, ["yield", "--by", "slot"]),
        (LIMIT_S, ["yield", "--by", "work-order"]), (LIMIT_S, ["yield", "--by", "package"]),
        (LIMIT_S, ["yield", "--date", "last 8h"]), (LIMIT_S, ["faults"]), (LIMIT_S, ["faults", "--slot", "B7"]),
        (LIMIT_S, ["slots"]), (LIMIT_S, ["steps"]), (LIMIT_S, ["steps", "--slot", "B7"]), (LIMIT_S, ["head"]),
    ]


def percentiles(log, path):
    """How far the percentiles from sums lie from those of all rows, in percent."""
    import json  # pylint: disable=import-outside-toplevel
    rows = json.loads(subprocess.run([log, "--db", path, "--format", "json", "steps"], capture_output=True, check=True, text=True).stdout)
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    worst = 0
    for row in rows[:6]:
        ms = [m for m, in db.execute("SELECT s.ms FROM step_run s JOIN attempt a ON a.id = s.attempt JOIN visit v ON v.id = a.visit"
                                     " WHERE s.name = ? AND v.model_name = ? AND s.outcome = 0 ORDER BY 1", (row["step"], row["model"]))]
        for share in (50, 90, 95, 99):
            true = ms[-(-len(ms) * share // 100) - 1]
            worst = max(worst, abs(row[f"p{share}_ms"] - true) / max(true, 1))
    return 100 * worst


def measure(log, path, asked):
    """Asks each question; how many answers were late, and how many were none."""
    late = broken = 0
    print("fota-log  sqlite3  ratio  question")
    for limit, words in asked:
        ours, done = best([log, "--db", path, "--format", "ndjson", *words])
        theirs, _ = best(["sqlite3", "-readonly", path], input=same_sql(log, path, words))
        late += ours > limit
        broken += done.returncode not in (0, 1)
        print(f"{ours:7.3f} s {theirs:7.3f} s {ours / theirs:5.2f}  {' '.join(words)}"
              f"{'  LATE' if ours > limit else ''}{'' if done.returncode in (0, 1) else done.stderr}", flush=True)
    return late, broken


def measure_small(station, log, folder):
    path = str(pathlib.Path(folder) / "small.db")
    make(station, path, SMALL_ATTEMPTS)
    size = os.path.getsize(path)
    print(f"\n{size / 2**20:.1f} MiB, below the {SMALL_BYTES / 2**20:.0f} MiB up to which a start looks at every page")
    assert SMALL_BYTES * 0.8 < size < SMALL_BYTES, size
    return measure(log, path, [q for q in questions(path) if q[0] == UNIT_LIMIT_S])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("station")
    parser.add_argument("log")
    parser.add_argument("--attempts", type=int, default=1000000)
    parser.add_argument("--keep")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = args.keep or str(pathlib.Path(folder) / "million.db")
        if not os.path.exists(path):
            begin = time.monotonic()
            make(args.station, path, args.attempts)
            print(f"made {args.attempts} attempts in {time.monotonic() - begin:.0f} s")
        print(f"{os.path.getsize(path) / 2**20:.0f} MiB, {os.path.getsize(path) / args.attempts:.0f} bytes per attempt without"
              " transcript and ledger\n")
        late, broken = measure(args.log, path, questions(path))
        off = percentiles(args.log, path)
        print(f"\npercentiles from sums: at most {off:.1f} % from those of all rows")
        small = measure_small(args.station, args.log, folder)
    late, broken = late + small[0], broken + small[1]
    # Of less than the million only that it works is told: a busy machine starts no program in time.
    return 1 if broken or off > PERCENTILES_OFF or (late and args.attempts >= 1000000) else 0


if __name__ == "__main__":
    sys.exit(main())
