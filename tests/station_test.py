#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole station in the simulated rack, through what goes wrong: killed, stopped, refused, crowded out.

station_test.py RACK STATION LOG [NAME...]: prints TAP. Each scenario starts the rack around this file again, with
--inside: what runs there sees the rack's ttys and starts and kills stations as it likes. It knows nothing of the
station's inside: it reads its output, its exit code and its record, and the rack's truth.
"""
import fcntl
import functools
import http.server
import json
import os
import pathlib
import pty
import re
import resource
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback

PIN = "73190528"          # planted secrets: long, so that no IMEI holds them by chance
PASSWORD = "correct-horse-8841"


class Inside:
    """What a scenario has at hand inside the rack."""

    def __init__(self, folder, truth, station, log):
        self.dir = pathlib.Path(folder)
        self.truth_file = truth
        self.station = station
        self.log = log
        self.started = []

    def command(self, *arguments):
        return [self.station, "--config", str(self.dir), *arguments]

    def start(self, *arguments, **options):
        # A process group of its own: only what was started here is ever killed.
        process = subprocess.Popen(self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True, text=True, **options)
        self.started.append(process)
        return process

    def run(self, *arguments, timeout=120):
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=timeout)
        return process.returncode, output

    def query(self, *arguments):
        answer = subprocess.run([self.log, "--db", str(self.dir / "station.db"), "--format", "json", *arguments],
                                capture_output=True, text=True, timeout=30)
        return json.loads(answer.stdout) if answer.stdout.strip() else []

    def sql(self, text):
        database = sqlite3.connect(f"file:{self.dir / 'station.db'}?mode=ro", uri=True)
        try:
            return database.execute(text).fetchall()
        finally:
            database.close()

    def seen(self, n):
        """Whether so many units have said who they are, by the record of the station's events."""
        return (self.dir / "station.db").exists() and self.sql(
            "SELECT count(*) FROM event WHERE kind = 'unit-seen'")[0][0] >= n

    def truth(self):
        try:
            with open(self.truth_file, encoding="utf-8") as file:
                return [json.loads(line) for line in file if line.strip()]
        except FileNotFoundError:
            return []

    def wait(self, what, condition, limit=60):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"waited {limit} s in vain for {what}")

    def wait_flashing(self):
        return self.wait("a unit that flashes", lambda: [u for u in self.truth() if u["flashing"]])

    def settled_truth(self):
        """The rack writes its truth a moment after a change: as it is when nothing flashes any more."""
        return self.wait("units that do not flash", lambda: (lambda units: units and not any(
            u["flashing"] for u in units) and units)(self.truth()), 20)

    def end(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()


def equal(found, expected, what):
    assert found == expected, f"{what}: expected {expected!r}, found {found!r}"


# ---- scenarios: rack options, then what happens inside ----

def killed_while_flashing(t):
    """SIGKILL in a dangerous step: the attempt is closed once, the unit is checked when it is there again, and passes."""
    first = t.start("batch", "--expect", "2")
    t.wait_flashing()
    t.wait("the intent on disk", lambda: t.sql("SELECT count(*) FROM ledger WHERE kind = 'danger'")[0][0] >= 1)
    first.kill()
    first.wait()
    open_before = t.sql("SELECT id FROM attempt WHERE end_us IS NULL")
    assert open_before, "no attempt was open when the station died"
    code, output = t.run("batch", "--expect", "2", "--timeout", "100")
    equal(code, 0, f"exit code of the second run ({output})")
    assert ":  , version" not in output, output  # of a unit that is found updating nothing is known yet
    for (attempt,) in open_before:
        rows = t.sql(f"SELECT outcome, step FROM attempt WHERE id = {attempt}")
        equal(rows[0][0], "interrupted", "outcome of the attempt that was open")
    resolved = t.sql("SELECT count(*) FROM attempt WHERE resolves IS NOT NULL AND outcome = 'pass'")[0][0]
    adopted = t.sql("SELECT count(*) FROM attempt WHERE adopted = 1 AND outcome = 'pass'")[0][0]
    assert resolved + adopted >= 1, "nobody looked what became of the unit"
    equal(t.run("reconcile")[0], 0, "reconcile after everything was checked")
    for unit in t.settled_truth():
        assert unit["flashes"] >= 1 and unit["good"], unit
        equal(unit["disturbed"], 0, f"disturbances of the unit in {unit['slot']}")


def reconcile_tells(t):
    """A unit whose station died is named until it has been checked; exit 1 then."""
    first = t.start("batch", "--expect", "1")
    t.wait_flashing()
    t.wait("the intent on disk", lambda: t.sql("SELECT count(*) FROM ledger WHERE kind = 'danger'")[0][0] >= 1)
    imei = t.truth()[0]["imei"]
    first.kill()
    first.wait()
    # A station that starts closes what is open, before any unit can answer.
    second = t.start("batch", "--expect", "9")
    t.wait("the recovery", lambda: t.sql("SELECT count(*) FROM attempt WHERE outcome = 'interrupted'")[0][0])
    code, output = t.run("reconcile")
    if code == 0:  # so quickly was it checked
        assert t.sql("SELECT count(*) FROM debt WHERE settled_us IS NOT NULL")[0][0], output
    else:
        equal(code, 1, "exit of reconcile")
        assert imei in output, output
    second.kill()
    second.wait()


def killed_again_and_again(t):
    """SIGKILL at ten odd moments: the last verdict of every unit is right, no record is lost, the chain has no gap."""
    for n in range(10):
        run = t.start("batch", "--expect", "4")
        try:
            run.wait(timeout=0.7 + 0.37 * n)
            break
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
    code, output = t.run("batch", "--expect", "4", "--timeout", "100")
    equal(code, 0, f"exit code of the last run ({output})")
    for unit in t.settled_truth():
        assert unit["good"], unit
        last = t.sql(f"SELECT verdict FROM visit WHERE imei = '{unit['imei']}' ORDER BY id DESC LIMIT 1")
        assert last and last[0][0] in ("pass", "current"), (unit["slot"], last)
    equal(t.sql("SELECT count(*) FROM attempt WHERE end_us IS NULL")[0][0], 0, "attempts left open")
    seqs = [row[0] for row in t.sql("SELECT seq FROM ledger ORDER BY seq")]
    equal(seqs, list(range(1, len(seqs) + 1)), "ledger numbers")
    equal(t.sql("PRAGMA integrity_check")[0][0], "ok", "integrity")


def terminated_while_flashing(t):
    """SIGTERM: what flashes is finished and recorded, what is not in danger ends, nothing new starts, exit 4."""
    run = t.start("batch", "--expect", "3")
    t.wait_flashing()
    time.sleep(0.1)
    run.send_signal(signal.SIGTERM)
    output, _ = run.communicate(timeout=100)
    equal(run.returncode, 4, f"exit code ({output})")
    equal(t.sql("SELECT count(*) FROM attempt WHERE end_us IS NULL")[0][0], 0, "attempts left open")
    danger = t.sql("SELECT DISTINCT attempt FROM ledger WHERE kind = 'danger'")
    assert danger
    for (attempt,) in danger:
        equal(t.sql(f"SELECT outcome FROM attempt WHERE id = {attempt}")[0][0], "pass", f"attempt {attempt}")
    equal(t.sql("SELECT count(*) FROM attempt WHERE outcome NOT IN ('pass', 'aborted')")[0][0], 0, "other outcomes")
    for unit in t.settled_truth():
        equal(unit["disturbed"], 0, f"disturbances of the unit in {unit['slot']}")


def second_instance(t):
    """A second station at the same record is refused with 75; the first goes on."""
    first = t.start("batch", "--expect", "1")
    t.wait("the database", lambda: (t.dir / "station.db").exists())
    t.wait("its lock", lambda: t.run("batch", "--expect", "1", "--timeout", "1")[0] == 75, 20)
    output, _ = first.communicate(timeout=100)
    equal(first.returncode, 0, f"the first station ({output})")


def held_port(t):
    """A port that another program holds fails its slot, names the program, and blames the station; whatever the person's
    language, the record is English."""
    os.environ["LANG"] = "zh_CN.UTF-8"
    os.environ["FOTA_STATION_LOCALE"] = str(pathlib.Path(t.station).resolve().parent.parent / "data" / "po")
    slot = t.truth()[0]["slot"] if t.truth() else None
    node = t.wait("a tty", lambda: sorted(p for p in os.listdir("/dev") if p.startswith("ttyUSB")))[0]
    fd = os.open(f"/dev/{node}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    code, output = t.run("batch", "--expect", "1", "--timeout", "60")
    equal(code, 1, f"exit code ({output})")
    row = t.sql("SELECT f.name, f.blame, v.detail FROM visit v JOIN fault_code f ON f.code = v.fault")[0]
    equal(row[:2], ("PORT_BUSY", "station"), f"fault of {slot}")
    assert "python3" in row[2], row
    assert not output.isascii(), f"not said in Chinese: {output}"
    for (text,) in [row[2:], *t.sql("SELECT text FROM event WHERE text IS NOT NULL")]:
        assert text.isascii(), text
    os.close(fd)


def read_while_running(t):
    """sqlite3 and fota-log read while the station writes; another user may too where the group allows it."""
    run = t.start("batch", "--expect", "3")
    t.wait("the first attempt", lambda: (t.dir / "station.db").exists() and t.query("attempts"))
    rounds = 0
    while run.poll() is None:
        t.sql("SELECT count(*), max(end_us) FROM v_attempts")
        assert t.query("attempts")
        rounds += 1
    equal(run.returncode, 0, f"exit code ({run.stdout.read()})")
    assert rounds > 3, rounds


def no_secret_anywhere(t):
    """The planted PIN, password and product secret are in no byte of screen, output, record, transcript or JSON, though the
    modules were told them."""
    secrets = re.findall(r"^\w+ = (\S{8,})$", (t.dir / "secrets.ini").read_text(), re.MULTILINE)
    equal(len(secrets), 3, "planted secrets")
    screen = Screen(t)
    try:
        t.wait("four verdicts", lambda: not screen.poll() and (t.dir / "station.db").exists() and t.sql(
            "SELECT count(*) FROM visit WHERE verdict IS NOT NULL")[0][0] == 4, 150)
        screen.hang_up()
        t.wait("the end", screen.poll, 60)
    finally:
        screen.end()
    equal([v for v, in t.sql("SELECT verdict FROM visit")], ["pass"] * 4, "verdicts")
    code, output = t.run("batch", "--expect", "4", "--timeout", "100", "--json", str(t.dir / "run.json"))
    equal(code, 0, f"exit code ({output})")
    places = {"screen": screen.output, "output": output.encode(), "json": (t.dir / "run.json").read_bytes()}
    for (attempt,) in t.sql("SELECT id FROM attempt"):
        places[f"transcript {attempt}"] = json.dumps(t.query("transcript", str(attempt))).encode()
    for file in t.dir.glob("station.db*"):
        places[file.name] = file.read_bytes()
    for name, content in places.items():
        for secret in secrets:
            assert secret.encode() not in content, f"{secret} is in {name}"
    said = b"".join(v for k, v in places.items() if k.startswith("transcript"))
    for command in (b"QICSGP", b"CSCFOTA", b"OTASNAPIPCFG", b"CPIN"):
        assert command in said, f"{command} was never sent: this test shows nothing"


def json_is_whole(t):
    """Every line of --json is an object; the last one is the summary and says what the record says."""
    code, output = t.run("batch", "--expect", "2", "--json", "-")
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    summary = lines[-1]
    equal(summary["type"], "summary", "type of the last object")
    equal(summary["exit"], code, "exit in the summary")
    equal(summary["units"], 2, "units")
    head = t.query("head")[0]
    assert summary["head"] in json.dumps(head), (summary, head)


def nothing_there(t):
    """--expect with nobody there and a time limit: exit 3; the summary says zero units. A report that is lost is said to be."""
    code, output = t.run("batch", "--expect", "1", "--timeout", "2")
    equal(code, 3, f"exit code ({output})")
    assert "no units; exit 3; head " in output, output
    with open("/dev/full", "w", encoding="utf-8") as full:
        for lost in ("report", "JSON report"):
            done = subprocess.run(t.command("batch", "--expect", "1", "--timeout", "1", "--json", "-" if "JSON" in lost else "/dev/null"),
                                  stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
            equal(done.returncode, 3, f"exit code with the {lost} lost")
            assert f"the {lost} is not whole" in done.stderr, done.stderr


def bad_input(t):
    """Each bad input: one sentence that names the place, the promised exit code, nothing written."""
    good = {name: (t.dir / name).read_text() for name in ("station.ini", "slots.ini", "catalogue.ini")}

    def broken(name, text, code, words, *arguments):
        (t.dir / name).write_text(text)
        found, output = t.run(*(arguments or ("check",)))
        (t.dir / name).write_text(good[name])
        equal(found, code, f"{words}: exit code ({output})")
        assert words in output, f"{words!r} is not in: {output}"
        assert "Traceback" not in output and "CRITICAL" not in output, output

    equal(t.run("check")[0], 0, "check of the good configuration")
    broken("station.ini", good["station.ini"] + "\nrubbish\n", 78, "station.ini:")
    broken("station.ini", good["station.ini"].replace("[station]", "[station]\ncolour = red"), 78, "colour")
    slots = good["slots.ini"]
    path = [line for line in slots.splitlines() if line.startswith("path")][0]
    broken("slots.ini", slots + f"\n[ZZ]\n{path}\n", 78, "slots.ini:")
    broken("slots.ini", slots + "\n[ZZ]\npath = 1-4.2.3\n", 78, "1-4.2.3")
    catalogue = good["catalogue.ini"]
    broken("catalogue.ini", catalogue.replace("sha256 = ", "sha256 = 0", 1), 78, "catalogue.ini:")
    broken("catalogue.ini", catalogue.replace("packages/", "packages/no-", 1), 78, "catalogue.ini:")
    package = next(p for p in sorted((t.dir / "packages").iterdir()) if p.name in catalogue)
    content = package.read_bytes()
    package.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    found, output = t.run("batch", "--expect", "1")
    equal(found, 78, f"package with one bit changed ({output})")
    package.write_bytes(content)
    for arguments, words in (("fly", "fly"), ("batch --expect -2", "-2"), ("batch --timeout soon", "soon"),
                             ("batch --timeout 0", "--timeout"), ("batch --colour", "--colour"), ("explain no-such", "no-such"),
                             ("check --quiet", "batch"), ("dashboard", "batch"), ("batch --target MC65", "MC65"),
                             ('batch --target MC65=a"b', "MC65"), ("batch --work-order a\nb", "--work-order"),
                             (f"batch --operator {'x' * 61}", "--operator")):
        found, output = t.run(*arguments.split(" "))
        equal(found, 64, f"{arguments}: exit code ({output})")
        assert words in output and output.count("\n") == 1, f"{arguments}: {output}"
    # A folder of this station's name, a text, a later version, another program's database.
    for name, make in (("folder", lambda p: p.mkdir()), ("text", lambda p: p.write_text("hello" * 100)),
                       ("empty", lambda p: p.write_bytes(b"")), ("newer", newer), ("foreign", foreign)):
        path = t.dir / f"{name}.db"
        make(path)
        before = path.read_bytes() if path.is_file() else None
        found, output = t.run("--db", str(path), "batch", "--expect", "1", "--timeout", "1")
        equal(found, 73, f"{name}: exit code ({output})")
        assert f"{name}.db" in output, output
        equal(path.read_bytes() if path.is_file() else None, before, f"{name}: content")
    found, output = t.run("--db", "/proc/nowhere/station.db", "batch", "--expect", "1", "--timeout", "1")
    equal(found, 73, f"unwritable folder ({output})")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def somebody_else(t):
    """Serves what the station would: every package to be fetched is of kind url then."""
    handler = functools.partial(Quiet, directory=str(t.dir))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    catalogue = t.dir / "catalogue.ini"
    blocks = re.split(r"(?=^\[)", catalogue.read_text(), flags=re.MULTILINE)
    catalogue.write_text("".join(re.sub(r"kind = file\nfile = ", f"kind = url\nurl = http://127.0.0.1:{server.server_port}/", b)
                                 if "-http\n" in b else b for b in blocks))


def external_package(t):
    """What somebody else serves is fetched and compared by check and at the start; the record says who served it."""
    somebody_else(t)
    equal(t.run("check")[0], 0, "check")
    catalogue = t.dir / "catalogue.ini"
    good = catalogue.read_text()
    for old, new, words in (("sha256 = ", "sha256 = 0", "SHA-256"), ("size = ", "size = 1", "bytes"),
                            (".pack", ".gone", "404")):
        lines = good.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("url"))
        which = at if new == ".gone" else next(i for i in range(at, len(lines)) if lines[i].startswith(old[:4]))
        lines[which] = lines[which].replace(old, new)[:len(lines[which]) if "sha" in old else None]
        catalogue.write_text("\n".join(lines) + "\n")
        for command in (("check",), ("batch", "--expect", "1")):
            code, output = t.run(*command)
            equal(code, 78, f"{words}: exit code of {command[0]} ({output})")
            assert "catalogue.ini:" in output and words.lower() in output.lower(), output
    catalogue.write_text(good)
    code, output = t.run("batch", "--expect", "1")
    equal(code, 0, f"exit code ({output})")
    equal(t.sql("SELECT DISTINCT external FROM attempt WHERE package IS NOT NULL"), [(1,)], "external")


def record_cannot_be_written(t):
    """The disk refuses in the middle of a run: nothing flashes without its intent on disk, nothing passes, exit 73."""
    limit = 1_250_000  # room for the ballast and a few dozen commits
    def refuse():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    run = t.start("batch", "--expect", "12", "--timeout", "25", preexec_fn=refuse)
    output, _ = run.communicate(timeout=200)
    equal(run.returncode, 73, f"exit code ({output})")
    intents = t.sql("SELECT count(*) FROM ledger WHERE kind = 'danger'")[0][0]
    flashes = sum(u["flashes"] + u["flashing"] for u in t.truth())
    assert 0 < flashes <= intents, (flashes, intents)
    shown = output.count(" pass ")
    equal(t.sql("PRAGMA integrity_check")[0][0], "ok", "integrity")
    # With room again everything is told apart and finished.
    code, output = t.run("batch", "--expect", "12", "--timeout", "120")
    equal(code, 0, f"exit code of the second run ({output}); {shown} passes were shown in the first")
    assert all(u["good"] for u in t.settled_truth())


class Screen:
    """A station's dashboard on a terminal of its own."""

    def __init__(self, t, term="xterm-256color"):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = term
            os.execv(t.station, t.command())
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.output = b""
        self.code = None

    def poll(self):
        """Reads what is there; True when the station has ended."""
        while self.master is not None and select.select([self.master], [], [], 0)[0]:
            try:
                self.output += os.read(self.master, 65536)
            except OSError:
                self.hang_up()
        if self.code is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if done else None
        return self.code is not None

    def type(self, keys):
        os.write(self.master, keys.encode())

    def hang_up(self):
        if self.master is not None:
            os.close(self.master)
        self.master = None

    def end(self):
        self.hang_up()
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def started_by_hand(t):
    """start = manual: identified units wait until the operator starts them; then they pass, and q ends with 0."""
    station = t.dir / "station.ini"
    text = station.read_text()
    assert "start = auto" in text
    station.write_text(text.replace("start = auto", "start = manual"))
    screen = Screen(t)
    try:
        t.wait("the identity of both", lambda: (screen.poll(), t.seen(2))[1])
        time.sleep(2)
        screen.poll()
        equal(t.sql("SELECT count(*) FROM attempt")[0][0], 0, "attempts before the start")
        screen.type("Sy")
        t.wait("both verdicts", lambda: (screen.poll(), t.sql(
            "SELECT count(*) FROM visit WHERE verdict = 'pass'")[0][0] == 2)[1])
        screen.type("qy")
        t.wait("the end", screen.poll, 20)
        equal(screen.code, 0, "exit code")
    finally:
        screen.end()


def terminal_gone(t):
    """The terminal of the dashboard vanishes while units run: they go on to their verdicts, nothing new starts, exit 4."""
    screen = Screen(t)
    try:
        t.wait("a unit that flashes", lambda: (screen.poll(), any(u["flashing"] for u in t.truth()))[1])
        screen.hang_up()
        t.wait("the end", screen.poll, 100)
        equal(screen.code, 4, "exit code")
    finally:
        screen.end()
    equal(t.sql("SELECT count(*) FROM attempt WHERE end_us IS NULL")[0][0], 0, "attempts left open")
    outcomes = dict(t.sql("SELECT outcome, count(*) FROM attempt GROUP BY 1"))
    equal(set(outcomes), {"pass"}, "outcomes")
    equal(all(u["disturbed"] == 0 for u in t.settled_truth()), True, "nobody was disturbed")


def unknown_terminal(t):
    """A terminal that nobody knows: one sentence that names batch, exit 64."""
    screen = Screen(t, "no-such-terminal")
    try:
        t.wait("the end", screen.poll, 20)
        screen.poll()
        equal(screen.code, 64, "exit code")
        assert b"batch" in screen.output, screen.output
    finally:
        screen.end()


def newer(path):
    database = sqlite3.connect(path)
    database.execute("PRAGMA application_id = 0x464F5441")
    database.execute("PRAGMA user_version = 9999")
    database.execute("CREATE TABLE t (x)")
    database.commit()
    database.close()


def foreign(path):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE cookies (x)")
    database.commit()
    database.close()


def same_unit_is_not_done_again(t):
    """A second run of the same rack finds every unit current: no second flash, no second danger."""
    equal(t.run("batch", "--expect", "3")[0], 0, "first run")
    danger = t.sql("SELECT count(*) FROM ledger WHERE kind = 'danger'")[0][0]
    equal(t.run("batch", "--expect", "3")[0], 0, "second run")
    equal(t.sql("SELECT count(*) FROM ledger WHERE kind = 'danger'")[0][0], danger, "dangerous steps after it")
    equal(t.sql("SELECT count(*) FROM visit WHERE verdict = 'current'")[0][0], 3, "current")


def work_order_quantity(t):
    """A work order of two: two units are done, the others are skipped and left alone; exit 0."""
    catalogue = t.dir / "catalogue.ini"
    catalogue.write_text(catalogue.read_text() + "\n[order W-7]\nquantity = 2\n")
    code, output = t.run("batch", "--expect", "4", "--work-order", "W-7", "--operator", "17")
    equal(code, 0, f"exit code ({output})")
    equal(t.sql("SELECT verdict, count(*) FROM visit GROUP BY 1 ORDER BY 1"), [("pass", 2), ("skipped", 2)], "verdicts")
    equal(sorted(u["flashes"] > 0 for u in t.truth()), [False, False, True, True], "flashed units")
    equal(t.sql("SELECT DISTINCT work_order, worker FROM visit"), [("W-7", "17")], "work order and operator")


def reloaded(t):
    """SIGUSR1: what is wrong, or cannot change now, is refused and nothing dies; what is right holds for visits that begin."""
    station, slots, catalogue = (t.dir / name for name in ("station.ini", "slots.ini", "catalogue.ini"))
    good = station.read_text()
    run = t.start("batch", "--expect", "2")

    def told(words):
        t.wait(words, lambda: t.sql(f"SELECT count(*) FROM event WHERE kind = 'trouble' AND text LIKE '%{words}%'")[0][0], 20)

    t.wait_flashing()
    station.write_text(good + "\nrubbish\n")
    run.send_signal(signal.SIGUSR1)
    told(f"not reloaded: {station}:{good.count(chr(10)) + 2}: ")
    station.write_text(good)
    slots.write_text(slots.read_text() + "\n[Z9]\npath = pci-0000:00:14.0-usb-0:9.9\n")
    run.send_signal(signal.SIGUSR1)
    told("slots.ini cannot change")
    slots.write_text(slots.read_text().split("\n[Z9]")[0])
    catalogue.write_text(catalogue.read_text().replace("version = rack", "version = rack-2", 1))
    run.send_signal(signal.SIGUSR1)
    t.wait("the other configuration", lambda: t.sql("SELECT 1 FROM event WHERE kind = 'reloaded'"), 20)
    assert [u for u in t.truth() if u["flashing"]], "the flash was over before"
    output, _ = run.communicate(timeout=100)
    equal(run.returncode, 0, f"exit code ({output})")
    equal(t.sql("SELECT catalogue, outcome FROM attempt ORDER BY id"), [("rack", "pass"), ("rack-2", "pass")],
          "attempts before and after")
    text = t.sql("SELECT text FROM event WHERE kind = 'reloaded'")[0][0]
    equal(text, f"catalogue rack-2, configuration {t.sql('SELECT config FROM attempt ORDER BY id DESC')[0][0]}", "the event")
    equal(output.count("not reloaded: "), 4, f"sentences in the report and on standard error ({output})")
    equal([u["disturbed"] for u in t.settled_truth()], [0, 0], "disturbances")


GOOD4 = ["--units", "4", "--mix", "local:4", "--fault", "none", "--speed", "20"]
SCENARIOS = [
    (killed_while_flashing, ["--units", "2", "--mix", "local:2", "--fault", "none", "--speed", "4"]),
    (reconcile_tells, ["--units", "1", "--mix", "local:1", "--fault", "none", "--speed", "4"]),
    (killed_again_and_again, ["--units", "4", "--mix", "local:4", "--fault", "none", "--speed", "8"]),
    (terminated_while_flashing, ["--units", "3", "--mix", "local:3", "--fault", "none", "--speed", "8"]),
    (second_instance, ["--units", "1", "--mix", "local:1", "--fault", "none", "--speed", "10"]),
    (held_port, ["--units", "1", "--mix", "local:1", "--fault", "none", "--speed", "20", "--seed", "2"]),
    (read_while_running, ["--units", "3", "--mix", "local:3", "--fault", "none", "--speed", "10"]),
    (no_secret_anywhere, ["--mix", "http:1,sim7080-http:1,cscfota:1,telit-combined:1,now", "--fault", "clean,sim-pin@1", "--seed", "1",
                          "--speed", "20"]),
    (json_is_whole, ["--units", "2", "--mix", "local:2", "--fault", "none", "--speed", "20"]),
    (nothing_there, ["--units", "1", "--mix", "local:1", "--fault", "dead", "--speed", "20"]),
    (external_package, ["--units", "1", "--mix", "http:1", "--fault", "none", "--speed", "20"]),
    (bad_input, ["--units", "1", "--mix", "local:1", "--fault", "current", "--speed", "20"]),
    (record_cannot_be_written, ["--units", "12", "--mix", "local:12", "--fault", "clean", "--speed", "10"]),
    (started_by_hand, ["--units", "2", "--mix", "local:2", "--fault", "none", "--speed", "20"]),
    (terminal_gone, ["--units", "3", "--mix", "local:3", "--fault", "none", "--speed", "8"]),
    (unknown_terminal, ["--units", "1", "--mix", "local:1", "--fault", "none", "--speed", "20"]),
    (same_unit_is_not_done_again, ["--units", "3", "--mix", "local:3", "--fault", "none", "--speed", "20"]),
    (work_order_quantity, GOOD4),
    (reloaded, ["--units", "1", "--mix", "usb:1", "--fault", "taken-and-next", "--speed", "4", "--seed", "1"]),
]


def plant_secrets(folder):
    secrets = folder / "secrets.ini"
    secrets.write_text(f"[sim]\npin = {PIN}\n\n[network]\napn_password = {PASSWORD}\n")
    secrets.chmod(0o600)
    station = folder / "station.ini"
    text = station.read_text()
    lines = [line for line in text.splitlines() if not line.replace(" ", "").startswith("apn_user=")]
    at = lines.index("[network]")
    lines.insert(at + 1, "apn_user = somebody")
    station.write_text("\n".join(lines) + "\n")


def inside(scenarios, name, folder, truth, station, log):
    scenario = next(f for f, *_ in scenarios if f.__name__ == name)
    t = Inside(folder, truth, station, log)
    try:
        scenario(t)
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        t.end()
    return 0


def main(scenarios, file):
    """Runs scenarios of `file`: (function, rack options), or with an acceleration of both sides behind them."""
    if sys.argv[1] == "--inside":
        return inside(scenarios, *sys.argv[2:])
    rack, station, log, *names = sys.argv[1:]
    os.environ.setdefault("FOTA_STATION_DATA", str(pathlib.Path(__file__).resolve().parent.parent / "data"))
    chosen = [(f, *options) for f, *options in scenarios if not names or f.__name__ in names]
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for n, (scenario, options, *times) in enumerate(chosen, 1):
        if times and not shutil.which("faketime"):
            print(f"ok {n} - {scenario.__name__} # SKIP no faketime", flush=True)
            continue
        faster = ["faketime", "-f", f"+0 x{times[0]}"] if times else []
        with tempfile.TemporaryDirectory(prefix="station-test-") as folder:
            truth = os.path.join(folder, "truth")
            setup = os.path.join(folder, "rack")
            seed = [] if "--seed" in options else ["--seed", str(n)]
            done = subprocess.run([*faster, rack, *options, *seed, "--truth", truth, "--setup", setup, "--", sys.executable,
                                   os.path.abspath(file), "--inside", scenario.__name__, setup, truth, station, log],
                                  capture_output=True, text=True, timeout=300)
            good = done.returncode == 0
            failed += not good
            print(f"{'ok' if good else 'not ok'} {n} - {scenario.__name__}", flush=True)
            if not good:
                print("\n".join("# " + line for line in (done.stdout + done.stderr).splitlines()), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(SCENARIOS, __file__))
