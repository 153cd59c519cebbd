#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Seeded racks of mixed procedures and faults, each run by the real station and held against the truth.

sweep.py RACK STATION [--seeds 1-200,305] [--units 24] [--speed 20] [--jobs 8]: prints TAP, one line per seed. Every tenth seed
draws from all faults, those too that run into the station's own limits of minutes. Both sides run under accelerated time
(faketime, where there is one). Beside the judge's comparison each record must be whole: nothing left open, no visit without an attempt,
as many intents on disk as updates that happened, the exit code and the summary must say what the record says, and no
secret that the rack has planted may be in any byte that the station leaves. It knows nothing of either side's inside.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
JUDGE = HERE / "rack" / "judge.py"
ACCELERATED, ACCELERATED_SLOW = 4, 10
LIMIT_S = 900


def command(options, seed, folder):
    faketime = shutil.which("faketime")
    slow = seed % 10 == 0 and faketime
    times = ACCELERATED_SLOW if slow else ACCELERATED if faketime else 1
    rack = [options.rack, "--units", str(options.units), "--mix", options.mix, "--seed", str(seed), "--truth", str(folder / "truth"),
            "--setup", str(folder / "rack")]
    rack += ["--speed", "1", "--fault", "random:all"] if slow else ["--speed", str(max(options.speed // times, 1))]
    rack += ["--", options.station, "--config", str(folder / "rack"), "batch", "--settle", "60", "--timeout",
             "3h" if slow else "30m", "--json", str(folder / "json")]
    return ["faketime", "-f", f"+0 x{times}", *rack] if faketime else rack


def secrets_of(folder):
    """What the rack has planted: long enough to be nothing else."""
    text = (folder / "rack" / "secrets.ini").read_text()
    return [value for value in re.findall(r"^\w+ = (\S{8,})$", text, re.MULTILINE)]


def secrets_told(folder, database, output):
    """Every byte that the station has left: output, summary, record with its side files, transcripts unpacked."""
    texts = {"the output": output.encode(), "the summary": (folder / "json").read_bytes()}
    texts.update({file.name: file.read_bytes() for file in (folder / "rack").glob("station.db*")})
    texts["the transcripts"] = b"".join(zlib.decompress(content) if packed else content for packed, content in database.execute(
        "SELECT packed, bytes FROM trace ORDER BY attempt, part"))
    return [f"a secret is in {name}" for name, text in texts.items() for secret in secrets_of(folder)
            if secret.encode() in text]


def intents(unit):
    """Updates that must have been written down before they began. What was at it when it came, and told nobody, is nobody's
    update; a service that goes on with the next one by itself does so in the dangerous stretch that is on disk already."""
    if unit["fault"] == "already-updating" and not unit["heard"]:
        return 0
    return min(unit["flashes"], 1) if "automatic" in unit["quirks"] else unit["flashes"]


def whole(folder, code, output):
    """What a record must be whatever happened; one sentence per breach."""
    database = sqlite3.connect(f"file:{folder / 'rack' / 'station.db'}?mode=ro", uri=True)

    def number(text):
        return database.execute(text).fetchone()[0]

    truth = [json.loads(line) for line in (folder / "truth").read_text().splitlines()]
    summary = json.loads((folder / "json").read_text().splitlines()[-1])
    checks = {
        "attempts left open": number("SELECT count(*) FROM attempt WHERE end_us IS NULL") > len(summary["not_finished"]),
        "visits without an attempt": number(
            "SELECT count(*) FROM visit WHERE id NOT IN (SELECT visit FROM attempt)") > 0,
        "updates without an intent on disk": sum(map(intents, truth)) > number(
            "SELECT count(*) FROM ledger WHERE kind = 'danger'"),
        "a damaged database": number("PRAGMA integrity_check") != "ok",
        f"exit code {code}, summary says {summary['exit']}": code != summary["exit"],
        f"exit code {code}": code not in (0, 1, 4),
    }
    told = secrets_told(folder, database, output)
    head = database.execute("SELECT sha FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()[0]
    database.close()
    found = [sentence for sentence, broken in checks.items() if broken]
    # The station's last event is no attempt: the head in the summary is the head of the file.
    return found + told + ([] if summary["head"] == head else ["the head in the summary is not the record's"])


def run(options, seed):
    with tempfile.TemporaryDirectory(prefix=f"sweep-{seed}-") as name:
        folder = pathlib.Path(name)
        try:
            done = subprocess.run(command(options, seed, folder), capture_output=True, text=True, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            return seed, [f"not done in {LIMIT_S} s"], ""
        try:
            judged = subprocess.run([sys.executable, JUDGE, folder / "truth", folder / "rack" / "station.db"],
                                    capture_output=True, text=True, timeout=60)
            found = [] if judged.returncode == 0 else (judged.stdout + judged.stderr).splitlines()
            found += whole(folder, done.returncode, done.stdout + done.stderr)
            said = judged.stdout.strip().splitlines()
        except (OSError, ValueError, IndexError, TypeError, sqlite3.Error) as error:
            found, said = [f"{error}", *done.stdout.splitlines()[-3:], *done.stderr.splitlines()[-3:]], [""]
        if found and options.keep:
            shutil.copytree(folder, pathlib.Path(options.keep) / str(seed), dirs_exist_ok=True)
            (pathlib.Path(options.keep) / str(seed) / "output").write_text(done.stdout + done.stderr)
        return seed, found, said[-1] if said else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rack")
    parser.add_argument("station")
    parser.add_argument("--seeds", default="1-200")
    parser.add_argument("--units", type=int, default=24)
    parser.add_argument("--mix", default="all", help="as fota-rack takes it; all procedures by default")
    parser.add_argument("--speed", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--keep", help="folder for the files of racks that differ")
    options = parser.parse_args()
    os.environ.setdefault("FOTA_STATION_DATA", str(HERE.parent / "data"))
    ranges = [part.partition("-") for part in options.seeds.split(",")]
    seeds = [seed for first, _, last in ranges for seed in range(int(first), int(last or first) + 1)]
    print(f"1..{len(seeds)}", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for n, (seed, found, said) in enumerate(pool.map(lambda s: run(options, s), seeds), 1):
            failed += bool(found)
            print(f"{'not ok' if found else 'ok'} {n} - seed {seed}: {said if not found else ''}", flush=True)
            for line in found:
                print(f"# {line}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
