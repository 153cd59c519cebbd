#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where packages come from and how many a unit needs: the station's own server, whose bytes are looked at from outside, and
chains of deltas that are finished, break off, and are gone on with.

packages_test.py RACK STATION LOG [NAME...]: prints TAP. It makes packages of the rack's format and knows nothing of the
station's inside: it reads its output, its exit code and its record, and the rack's truth.
"""
import configparser
import hashlib
import json
import os
import re
import socket
import struct
import sys
import time
import zlib

from station_test import equal, main

LOCAL, HTTP = "quectel-dfota-local", "quectel-dfota-http"


def package(model, old, new, size, damaged=False):
    """A delta as the rack's modules take it; a damaged one is whole for everybody but the module."""
    head = struct.pack("<24s40s40s", model.encode(), old.encode(), new.encode())
    rest = head + bytes((i * 37 + size) % 251 for i in range(size - 16 - len(head)))
    return b"FRDELTA1" + struct.pack("<II", size, zlib.crc32(rest) ^ (1 if damaged else 0)) + rest


class Chain:
    """A catalogue of one model: from what its unit has to V1, V2 and so on."""

    def __init__(self, t, procedure, hops, size=40_000):
        self.t = t
        unit = t.wait("the rack's truth", t.truth)[0]
        self.procedure, self.model, self.size = procedure, unit["model"], size
        self.versions = [unit["from"]] + [unit["from"][:-2] + str(90 + n) for n in range(1, hops + 1)]
        self.damaged = set()
        self.write()

    def write(self):
        text = f"[catalogue]\nversion = chain\n[target {self.model}]\nversion = {self.versions[-1]}\n"
        for n, (old, new) in enumerate(zip(self.versions, self.versions[1:])):
            content = package(self.model, old, new, self.size, n in self.damaged)
            (self.t.dir / "packages" / f"hop{n}.pack").write_bytes(content)
            text += (f"[package hop{n}]\nmodel = {self.model}\nprocedure = {self.procedure}\nfrom = {old}\nto = {new}\n"
                     f"kind = file\nfile = packages/hop{n}.pack\nsize = {len(content)}\n"
                     f"sha256 = {hashlib.sha256(content).hexdigest()}\n")
        (self.t.dir / "catalogue.ini").write_text(text)

    def attempts(self):
        """(hop, hops, try, before, target, after, outcome) of every attempt."""
        return self.t.sql("SELECT hop, hops, try, version_before, target, version_after, outcome FROM attempt "
                          "WHERE operation = 'update' ORDER BY id")

    def visits(self):
        return self.t.sql("SELECT verdict, target, version_after FROM visit ORDER BY id")


def whole(t, output, code, expected):
    equal(code, expected, f"exit code ({output})")
    equal(t.sql("SELECT count(*) FROM attempt WHERE end_us IS NULL")[0][0], 0, "attempts left open")
    for unit in t.settled_truth():
        equal(unit["disturbed"], 0, f"disturbances of the unit in {unit['slot']}")


# ---- chains ----

def chain_of_three(t, procedure=LOCAL):
    """A to B to C to D in one insertion: an attempt per hop with its own target, the visit has the unit's."""
    chain = Chain(t, procedure, 3)
    a, b, c, d = chain.versions
    output_code = t.run("batch", "--expect", "1", "--timeout", "100")
    whole(t, output_code[1], output_code[0], 0)
    equal(chain.attempts(), [(1, 3, 1, a, b, b, "pass"), (2, 3, 1, b, c, c, "pass"), (3, 3, 1, c, d, d, "pass")], "hops")
    equal(chain.visits(), [("pass", d, d)], "visit")
    equal(t.sql("SELECT good_first FROM visit")[0][0], 1, "good at the first try")
    unit = t.truth()[0]
    equal((unit["version"], unit["flashes"]), (d, 3), "truth")
    equal(t.sql("SELECT value FROM counter WHERE key = 'updates'")[0][0], 3, "updates counted")


def chain_over_http(t):
    """The same with packages that the unit fetches: an address of its own for each hop."""
    chain_of_three(t, HTTP)
    urls = re.findall(r"http://127\.0\.0\.1:\d+/[a-z2-7]{32}", json.dumps([
        t.query("transcript", str(a)) for (a,) in t.sql("SELECT id FROM attempt")]))
    equal(len(set(urls)), 3, f"addresses ({urls})")


def chain_breaks_and_goes_on(t):
    """The second package is wrong: the record says what the unit is, and the next insertion does what is left."""
    chain = Chain(t, LOCAL, 3)
    a, b, c, d = chain.versions
    chain.damaged = {1}
    chain.write()
    code, output = t.run("batch", "--expect", "1", "--timeout", "100")
    whole(t, output, code, 1)
    # The unit refuses the package before anything begins: its version is read anew only where it might have changed.
    equal([(*row[:5], row[6]) for row in chain.attempts()], [(1, 3, 1, a, b, "pass"), (2, 3, 1, b, c, "fail")], "hops")
    equal(chain.attempts()[1][5] in (b, None), True, "version after the refusal")
    equal([v[:2] for v in chain.visits()], [("fail", d)], "visit")
    equal(t.sql("SELECT f.name, f.blame FROM visit v JOIN fault_code f ON f.code = v.fault")[0],
          ("PACKAGE_REJECTED", "package"), "fault")
    equal(t.truth()[0]["version"], b, "version of the unit")
    chain.damaged = set()
    chain.write()
    code, output = t.run("batch", "--expect", "1", "--timeout", "100")
    whole(t, output, code, 0)
    equal(chain.attempts()[2:], [(1, 2, 1, b, c, c, "pass"), (2, 2, 1, c, d, d, "pass")], "hops that were left")
    equal(chain.visits()[1:], [("pass", d, d)], "second visit")
    equal(t.truth()[0]["version"], d, "version of the unit")


def chain_unplugged(t):
    """Pulled in the second upload: the first hop stands, the visit ends UNIT_LEFT."""
    chain = Chain(t, LOCAL, 3)
    a, b, c, d = chain.versions
    code, output = t.run("batch", "--expect", "1", "--timeout", "100")
    whole(t, output, code, 1)
    equal([row[:6] for row in chain.attempts()][0], (1, 3, 1, a, b, b), "first hop")
    equal([row[6] for row in chain.attempts()], ["pass", "fail"], "outcomes")
    equal(t.sql("SELECT f.name FROM visit v JOIN fault_code f ON f.code = v.fault")[0][0], "UNIT_LEFT", "fault")
    equal(chain.visits()[0][1], d, "the visit's target")
    unit = t.truth()[0]
    equal((unit["version"], unit["flashes"]), (b, 1), "truth")


def chain_killed_between(t, procedure=LOCAL):
    """kill -9 after the first hop is done and before the second flashes: the next run does what is left, nothing twice."""
    chain = Chain(t, procedure, 3, 120_000)
    a, b, c, d = chain.versions
    first = t.start("batch", "--expect", "1")
    t.wait("the end of the first hop", lambda: (t.dir / "station.db").exists() and t.sql(
        "SELECT count(*) FROM attempt WHERE outcome = 'pass'")[0][0] == 1)
    t.wait("the second hop", lambda: t.sql("SELECT count(*) FROM attempt WHERE hop = 2")[0][0] == 1)
    first.kill()
    first.wait()
    equal(t.truth()[0]["version"], b, "version when the station died")
    code, output = t.run("batch", "--expect", "1", "--timeout", "100")
    whole(t, output, code, 0)
    rows = chain.attempts()
    equal(rows[:2], [(1, 3, 1, a, b, b, "pass"), (2, 3, 1, b, c, None, "interrupted")], "before it died")
    equal(rows[2:], [(1, 2, 1, b, c, c, "pass"), (2, 2, 1, c, d, d, "pass")], "after")
    equal([v[:2] for v in chain.visits()], [("interrupted", d), ("pass", d)], "visits")
    equal(t.truth()[0]["flashes"], 3, "flashes")
    equal(t.run("reconcile")[0], 0, "reconcile")


def chain_killed_in_flash(t):
    """kill -9 while the second hop flashes: it is found flashing or checked, and the third hop follows in the same visit."""
    chain = Chain(t, LOCAL, 3)
    b, c, d = chain.versions[1:]
    first = t.start("batch", "--expect", "1")
    t.wait("the second flash", lambda: [u for u in t.truth() if u["flashing"] and u["flashes"] == 1])
    t.wait("its intent", lambda: t.sql("SELECT count(*) FROM ledger WHERE kind = 'danger'")[0][0] == 2)
    first.kill()
    first.wait()
    code, output = t.run("batch", "--expect", "1", "--timeout", "100")
    whole(t, output, code, 0)
    equal(chain.visits()[-1], ("pass", d, d), "last visit")
    equal(t.truth()[0]["flashes"], 3, "flashes")
    equal(t.sql("SELECT value FROM counter WHERE key = 'updates'")[0][0], 3, "updates counted, a resumed one not again")
    equal(t.run("reconcile")[0], 0, "reconcile")
    # Whatever the record says of it, the visit of a unit that was found flashing has its target.
    equal(t.sql("SELECT count(*) FROM visit WHERE target IS NULL")[0][0], 0, "visits without a target")


def no_way_back(t):
    """Where the catalogue allows no downgrade a chain that leads over an older version is none: fail, NO_PLAN, untouched."""
    chain = Chain(t, LOCAL, 2)
    chain.versions[1] = chain.versions[0][:-2] + "00"
    chain.write()
    code, output = t.run("batch", "--expect", "1", "--timeout", "60")
    whole(t, output, code, 1)
    equal(t.sql("SELECT f.name FROM visit v JOIN fault_code f ON f.code = v.fault")[0][0], "NO_PLAN", "fault")
    equal(t.truth()[0]["flashes"], 0, "flashes")
    catalogue = t.dir / "catalogue.ini"
    catalogue.write_text(catalogue.read_text().replace("[package hop0]", "downgrade = yes\n[package hop0]"))
    code, output = t.run("batch", "--expect", "1", "--timeout", "60")
    whole(t, output, code, 0)
    equal(t.truth()[0]["version"], chain.versions[2], "version")


# ---- the package server ----

def serve_all(t):
    """The rack's catalogue, but every package lies here."""
    catalogue = configparser.ConfigParser(interpolation=None)
    catalogue.read(t.dir / "catalogue.ini")
    for name in catalogue.sections():
        row = catalogue[name]
        if not name.startswith("package "):
            continue
        content = package(row["model"], row["from"], row["to"], 40_000)
        file = f"packages/{row['from']}.pack"
        (t.dir / file).write_bytes(content)
        row.pop("url", None)
        row.update(kind="file", file=file, size=str(len(content)), sha256=hashlib.sha256(content).hexdigest())
    with open(t.dir / "catalogue.ini", "w", encoding="utf-8") as text:
        catalogue.write(text)


def served(t):
    """Units fetch from the station: nobody else served, each has its own address, and with the job it is gone."""
    port = free_port()
    set_key(t, "port", port)
    serve_all(t)
    run = t.start("batch", "--expect", "3", "--settle", "20")
    t.wait("a verdict", lambda: (t.dir / "station.db").exists() and t.sql(
        "SELECT count(*) FROM visit WHERE verdict = 'pass'")[0][0] >= 1)
    url = re.search(r"http://127\.0\.0\.1:\d+(/[a-z2-7]{32})", json.dumps(t.query("transcript", "1")))
    assert url, "no address in the transcript"
    answer = ask(port, url[1])
    assert answer is None or b" 404 " in answer.split(b"\r\n")[0] or run.poll() is not None, answer
    output, _ = run.communicate(timeout=100)
    whole(t, output, run.returncode, 0)
    equal(t.sql("SELECT DISTINCT external, package IS NOT NULL FROM attempt WHERE procedure <> 'none'"), [(0, 1)], "who served")
    equal(ask(port, url[1]), None, "the port after the end")


def stalled(t):
    """A unit that stops reading: its bar stands still though the kernel would take all of it; DOWNLOAD_FAILED."""
    Chain(t, HTTP, 1, 150_000)
    code, output = t.run("batch", "--expect", "1", "--timeout", "150", "--json", str(t.dir / "json"))
    whole(t, output, code, 1)
    events = [json.loads(line) for line in (t.dir / "json").read_text().splitlines()]
    percent = [e["percent"] for e in events if e["type"] == "progress" and e["step"] == "download"]
    assert not percent or max(percent) < 70, percent
    equal(t.sql("SELECT f.name FROM visit v JOIN fault_code f ON f.code = v.fault")[0][0], "DOWNLOAD_FAILED", "fault")


def max_downloads(t):
    """No more than so many fetch at a time; the others say why they wait."""
    set_key(t, "max_downloads", 1, "limits")
    serve_all(t)
    code, output = t.run("batch", "--expect", "3", "--timeout", "150", "--json", str(t.dir / "json"))
    whole(t, output, code, 0)
    events = [json.loads(line) for line in (t.dir / "json").read_text().splitlines()]
    assert any("fetch" in (e.get("text") or e.get("why") or "") for e in events if e["type"] == "slot-state"), "nobody waited"
    # A unit counts from its start until it has all of its package, which the loopback may bring before it has read it.
    starting = None
    for e in events:
        if e["type"] == "job-begin":
            assert not starting, f"{e['slot']} begins before {starting} fetches"
            starting = e["slot"]
        if e["type"] == "step" and e["step"] == "download" or e["type"] == "job-end":
            starting = None


def port_is_held(t):
    """A port that another program has: 75 for a run, 78 for a check, one sentence; while a station has it check is content."""
    serve_all(t)
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen()
    set_key(t, "port", held.getsockname()[1])
    for command, expected in ((("check",), 78), (("batch", "--expect", "1", "--timeout", "1"), 75)):
        code, output = t.run(*command)
        equal(code, expected, f"{command[0]} ({output})")
        assert output.count("\n") == 1 and "station.ini:" in output and str(held.getsockname()[1]) in output, output
    held.close()
    set_key(t, "listen", "192.0.2.1")
    for command in (("check",), ("batch", "--expect", "1", "--timeout", "1")):
        code, output = t.run(*command)
        equal(code, 78, f"{command[0]} at an address that is not ours ({output})")
        assert output.count("\n") == 1 and "192.0.2.1" in output, output
    set_key(t, "listen", "127.0.0.1")
    run = t.start("batch", "--expect", "2", "--timeout", "6")
    t.wait("the server", lambda: ask(held_port(t), "/") is not None)
    code, output = t.run("check")
    equal(code, 0, f"check while a station runs ({output})")
    run.wait(timeout=60)


def no_address(t):
    """Packages to serve, and no address that units are told: one sentence with its place, 78."""
    serve_all(t)
    set_key(t, "public_address", "")
    code, output = t.run("check")
    equal(code, 78, f"check ({output})")
    assert output.count("\n") == 1 and re.search(r"station\.ini:\d+: public_address", output), output
    set_key(t, "public_address", "a" * 60 + "." + "b" * 60 + "." + "c" * 60 + "." + "d" * 60)
    code, output = t.run("check")
    equal(code, 78, f"check of a name that makes the address too long ({output})")
    assert output.count("\n") == 1 and "255" in output, output


def hostile_clients(t):
    """Who asks for what is not there, says rubbish or nothing: the units get their packages all the same."""
    port = free_port()
    set_key(t, "port", port)
    serve_all(t)
    run = t.start("batch", "--expect", "2", "--timeout", "100")
    t.wait("the server", lambda: ask(port, "/") is not None)
    silent = []
    for n in range(300):
        peer = socket.socket()
        peer.settimeout(1)
        try:
            peer.connect(("127.0.0.1", port))
            peer.send(os.urandom(50) if n % 3 == 0 else b"GET /" if n % 3 == 1 else b"")
        except OSError:
            pass
        silent.append(peer)
    for path in ("/", "/../catalogue.ini", "/packages/", "/" + "a" * 32):
        answer = ask(port, path)
        assert answer and answer.split(b" ")[1] in (b"404", b"400"), answer
    output, _ = run.communicate(timeout=120)
    whole(t, output, run.returncode, 0)


def killed_in_download(t):
    """kill -9 while a unit downloads: its address died with the station; the next run tells the truth about it."""
    chain = Chain(t, HTTP, 1, 150_000)
    first = t.start("batch", "--expect", "1")
    t.wait("a download", lambda: (t.dir / "station.db").exists() and t.sql(
        "SELECT count(*) FROM step_run WHERE name = 'download'")[0][0] == 1)
    time.sleep(0.3)
    first.kill()
    first.wait()
    code, output = t.run("batch", "--expect", "1", "--timeout", "200", timeout=220)
    version = t.settled_truth()[0]["version"]
    verdict, target, after = chain.visits()[-1]
    equal((code, verdict), (0, "pass") if version == chain.versions[1] else (1, "fail"), f"verdict ({output})")
    equal(target, chain.versions[1], "target")
    equal(after in (version, None), True, f"version {after} of a unit that has {version}")
    if verdict == "fail":
        code, output = t.run("batch", "--expect", "1", "--timeout", "100")
        whole(t, output, code, 0)
        equal(t.settled_truth()[0]["version"], chain.versions[1], "version in the end")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def held_port(t):
    return int(re.search(r"^port = (\d+)", (t.dir / "station.ini").read_text(), re.MULTILINE)[1])


def set_key(t, key, value, section="packages"):
    station = t.dir / "station.ini"
    lines = [line for line in station.read_text().splitlines() if not re.match(rf"{key}\s*=", line)]
    lines.insert(lines.index(f"[{section}]") + 1, f"{key} = {value}")
    station.write_text("\n".join(lines) + "\n")


def ask(port, path):
    """The answer to one request; None when nobody is there."""
    with socket.socket() as peer:
        peer.settimeout(5)
        try:
            peer.connect(("127.0.0.1", port))
            peer.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            answer = b""
            while piece := peer.recv(65536):
                answer += piece
            return answer
        except OSError:
            return None


def chain_over_http_killed(t):
    chain_killed_between(t, HTTP)


def rack(units, kind, fault="none", speed=20, seed=1, mix=""):
    return ["--units", str(units), "--mix", f"{kind}:{units}{mix}", "--fault", fault, "--speed", str(speed), "--seed", str(seed)]


SCENARIOS = [
    (chain_of_three, rack(1, "local")),
    (chain_over_http, rack(1, "http")),
    (chain_breaks_and_goes_on, rack(1, "local")),
    (chain_unplugged, rack(1, "local", "unplug-in-second-upload")),
    (chain_killed_between, rack(1, "local", speed=8)),
    (chain_over_http_killed, rack(1, "http", speed=8)),
    (chain_killed_in_flash, rack(1, "local", speed=5)),
    (no_way_back, rack(1, "local")),
    (served, rack(3, "http")),
    (stalled, rack(1, "http", "http-stall")),
    (max_downloads, rack(3, "http", mix=",now")),
    (port_is_held, rack(1, "http")),
    (no_address, rack(1, "http")),
    (hostile_clients, rack(2, "http", speed=8)),
    (killed_in_download, rack(1, "http", speed=4)),
]

if __name__ == "__main__":
    sys.exit(main(SCENARIOS, __file__))
