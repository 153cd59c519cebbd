#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The full rack with the dashboard on: full_rack.py RACK STATION [UNITS [SPEED [SEED]]].

Runs UNITS (128) modules at SPEED (20) with the dashboard on a pseudo-terminal of 200x60, then the slowest of them with
nobody else there, and prints what the station cost: CPU seconds, peak memory, bytes to the terminal, and time from
the first sign of life to the verdict of the slowest unit in the full rack over that of the same unit alone. It asserts nothing but right verdicts: figures
are for people, machines are noisy.
"""
import fcntl
import json
import os
import pathlib
import pty
import select
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time

HERE = pathlib.Path(__file__).resolve().parent
JUDGE = HERE.parent / "rack" / "judge.py"


def rows(folder, text):
    database = sqlite3.connect(f"file:{folder / 'station.db'}?mode=ro", uri=True)
    try:
        return database.execute(text).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        database.close()


def verdicts(folder):
    try:
        return rows(folder, "SELECT count(*) FROM visit WHERE verdict IS NOT NULL")[0][0]
    except (sqlite3.OperationalError, IndexError):
        return 0


def station_process(parent):
    """The station below the rack's process, by name."""
    for pid in (p for p in os.listdir("/proc") if p.isdigit()):
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        if "Name:\tfota-station" in status and f"PPid:\t{parent}\n" in status:
            return int(pid)
    return None


def measure(pid):
    """CPU seconds and peak memory in MiB, or None when it has ended."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        peak = [line for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line]
    except OSError:
        return None
    if not peak:
        return None
    ticks = os.sysconf("SC_CLK_TCK")
    return (int(fields[11]) + int(fields[12])) / ticks, int(peak[0].split()[1]) / 1024


def descendants_station(rack_pid):
    """The rack may re-execute itself and start its command below a helper: look two levels down."""
    found = station_process(rack_pid)
    for pid in (p for p in os.listdir("/proc") if p.isdigit()):
        if found:
            break
        try:
            if f"PPid:\t{rack_pid}\n" in pathlib.Path(f"/proc/{pid}/status").read_text():
                found = station_process(int(pid))
        except OSError:
            pass
    return found


def run(rack, station, folder, units, speed, seed, fault, expect):
    setup, truth = folder / "rack", folder / "truth"
    pid, master = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(rack, [rack, "--units", str(units), "--mix", f"local:{units}", "--fault", fault, "--seed", str(seed),
                        "--speed", str(speed), "--truth", str(truth), "--setup", str(setup), "--",
                        station, "--config", str(setup)])
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
    begun, sent, last, asked = time.monotonic(), 0, (0.0, 0.0), 0.0
    found = quit_sent = None
    while True:
        ready, _, _ = select.select([master], [], [], 0.2)
        if ready:
            try:
                sent += len(os.read(master, 65536))
            except OSError:
                break
        now = time.monotonic()
        if now - asked < 0.5:
            continue
        asked = now
        found = found or descendants_station(pid)
        last = (found and measure(found)) or last
        if not quit_sent and setup.exists() and verdicts(setup) >= expect:
            quit_sent = now
            os.write(master, b"q")
        if quit_sent and now - quit_sent > 3:
            os.write(master, b"y")
        if now - begun > 600:
            raise SystemExit("not done in ten minutes")
    os.waitpid(pid, 0)
    units_truth = {u["slot"]: u for u in map(json.loads, truth.read_text().splitlines())}
    spans = {}
    for label, ms in rows(setup, "SELECT v.slot_label, v.duration_ms + (v.mono_us - min(a.origin_us)) / 1000"
                                 " FROM visit v JOIN attempt a ON a.visit = v.id GROUP BY v.id ORDER BY v.id"):
        spans[label] = ms
    return {"cpu": last[0], "peak": last[1], "sent": sent, "wall": (quit_sent or time.monotonic()) - begun,
            "spans": spans, "truth": units_truth, "setup": setup, "truth_file": truth}


def main():
    rack, station = sys.argv[1:3]
    units, speed, seed = (int(a) for a in (sys.argv[3:] + ["128", "20", "1"][len(sys.argv) - 3:]))
    os.environ.setdefault("FOTA_STATION_DATA", str(HERE.parent.parent / "data"))
    with tempfile.TemporaryDirectory(prefix="full-rack-") as folder:
        full = run(rack, station, pathlib.Path(folder), units, speed, seed, "none", units)
        code = subprocess.run([sys.executable, JUDGE, full["truth_file"], full["setup"] / "station.db"]).returncode
    slowest = max(full["spans"], key=full["spans"].get)
    others = ",".join(f"dead@{slot}" for slot in full["truth"] if slot != slowest)
    with tempfile.TemporaryDirectory(prefix="full-rack-") as folder:
        alone = run(rack, station, pathlib.Path(folder), units, speed, seed, others, 1)
    print(f"{units} units at speed {speed}: wall {full['wall']:.1f} s, CPU {full['cpu']:.2f} s "
          f"({100 * full['cpu'] / full['wall']:.0f} % of one core), peak memory {full['peak']:.1f} MiB, "
          f"{full['sent']} bytes to the terminal")
    print(f"slowest unit {slowest}: {full['spans'][slowest]} ms in the full rack, {alone['spans'][slowest]} ms alone, "
          f"ratio {full['spans'][slowest] / alone['spans'][slowest]:.3f}")
    return code


if __name__ == "__main__":
    sys.exit(main())
