#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is the simulated rack faithful? rack_test.py FOTA_RACK RACK_WATCH [NAME…]

Points foreign clients at it (pyserial, sysfs, libgudev, ModemManager where it can be had) and compares what they see,
and what the rack says is true, with what the vendor's documents and the kernel say. It uses nothing of the product.
"""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# pyserial is Debian's package: not every python3 in a PATH has it.
PYTHON = next((p for p in (sys.executable, "/usr/bin/python3")
               if subprocess.run([p, "-c", "import serial"], stderr=subprocess.DEVNULL, check=False).returncode == 0),
              None)
DTR, RTS, DSR = 0x002, 0x004, 0x100
# Three units of an HE910 each, with settings of its own.
TELIT_SEED = "3"


class Case:
    """One test: collects what is wrong."""

    def __init__(self, name):
        self.name, self.wrong, self.skipped = name, [], None

    def check(self, ok, what):
        if not ok:
            self.wrong.append(str(what))

    def equal(self, a, b, what):
        self.check(a == b, f"{what}: {a!r} is not {b!r}")

    def has(self, text, part, what):
        self.check(text is not None and part in text, f"{what}: no {part!r} in {text!r}")


class Tools:
    def __init__(self, rack, watch):
        self.rack, self.watch = rack, watch

    def run(self, options, command, **more):
        """Runs a command in a rack; the result, and the truth by unit number."""
        with tempfile.TemporaryDirectory(prefix="rack-test.") as folder:
            truth = os.path.join(folder, "truth")
            done = subprocess.run([self.rack, *options, "--truth", truth, "--setup", folder, "--",
                                   *[c.replace("SETUP", folder) for c in command]],
                                  capture_output=True, text=True, timeout=120, check=False, **more)
            lines = open(truth, encoding="utf-8").read().splitlines() if os.path.exists(truth) else []
            return done, {u["unit"]: u for u in map(json.loads, lines)}

    def visit(self, case, name, options, client="rack_client.py", **more):
        done, truth = self.run(options, [PYTHON, os.path.join(HERE, client), name, "SETUP"], **more)
        case.check(done.returncode == 0, f"client ended with {done.returncode}: {done.stderr[-1500:]}")
        try:
            return json.loads(done.stdout), truth
        except json.JSONDecodeError:
            case.check(False, f"no facts: {done.stdout[-500:]}")
            return None, truth


def seed_for(tools, presence, model=None, extra=()):
    """A seed whose first slot is of this kind: the plan alone is asked."""
    for seed in range(1, 200):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([tools.rack, "--units", "1", "--seed", str(seed), "--setup", folder, *extra], check=True)
            slots = open(os.path.join(folder, "slots.ini"), encoding="utf-8").read()
        if f"presence = {presence}\n" in slots:
            return str(seed)
    raise AssertionError("no such seed")


# ---- what the rack looks like ----

def test_tree(tools, case):
    facts, truth = tools.visit(case, "tree", ["--mix", "local:24", "--fault", "clean,foreign@2", "--seed", "5"])
    if not facts:
        return
    usb = facts["usb"]
    hubs = [u for n, u in usb.items() if u.get("bDeviceClass") == "09" and "-" in n]
    case.check(len(hubs) >= 4, f"{len(hubs)} hubs")
    adapters = {u["idVendor"] + ":" + u["idProduct"] for u in usb.values() if "idVendor" in u}
    case.check({"0403:6001", "10c4:ea60", "1a86:7523", "067b:2303"} <= adapters, f"adapters {adapters}")
    for unit in usb.values():
        if unit.get("idVendor") == "1a86":
            case.check("serial" not in unit, "a CH340 has no serial number")
    devnums = [(u["busnum"], u["devnum"]) for u in usb.values() if "devnum" in u]
    case.equal(len(devnums), len(set(devnums)), "device numbers are their own")
    case.equal(facts["glob"], sorted("/dev/" + t for t in facts["ttys"]), "/dev and sysfs show the same ttys")
    for name, numbers in facts["stats"].items():
        case.equal(numbers, [188, int(name[6:])], f"device number of {name}")
    labels = {u["slot"] for u in truth.values()}
    case.check({"A1", "A6", "B1", "D6"} >= labels & {"A1", "A6", "B1", "D6"}, labels)


def test_composite(tools, case):
    facts, truth = tools.visit(case, "foreign", ["--units", "1", "--mix", "now", "--fault", "clean,foreign", "--seed", "2"])
    if not facts:
        return
    case.equal(facts["5"], None, "interface 5 has no tty")
    case.has("".join(facts["1"]), "$GP", "a receiver streams on interface 1")
    for silent in ("0", "4"):
        case.equal("".join(facts[silent]), "", f"interface {silent} is silent")
    for speaking in ("2", "3"):
        case.has("".join(facts[speaking]), "SIMCOM_SIM7100E", f"interface {speaking}")
        case.has("".join(facts[speaking]), truth[1]["imei"], f"interface {speaking}")
    case.equal(truth[1]["expect"], "skipped", "expected verdict")


def test_udev(tools, case):
    seed = seed_for(tools, "usb", extra=("--fault", "clean,power-cut"))
    done, truth = tools.run(["--mix", "local:3", "--fault", "clean,foreign@2", "--seed", seed], [tools.watch, "6500"])
    case.equal(done.returncode, 0, "watch")
    rows = [line.split() for line in done.stdout.splitlines()]
    for unit in truth.values():
        tty = [r for r in rows if r[1] == "tty" and r[3].startswith(unit["path"] + ":1.")]
        usb = [r for r in rows if r[1] == "usb" and r[2] == "usb_device" and r[3] == unit["path"]]
        case.check(len(tty) >= (5 if unit["kind"] == "foreign" else 1), f"ttys of {unit['path']}: {tty}")
        case.check(usb, f"usb device of {unit['path']}")
        for row in tty:
            case.equal(row[3], f"{unit['path']}:1.{int(row[5])}", "ID_PATH and ID_USB_INTERFACE_NUM")
    actions = [r[0] for r in rows if r[3].startswith(truth[2]["path"])]
    case.check("found" in actions or actions.count("add") == 1 + 6 + 5, f"adds of the composite: {actions}")
    if "add" in actions:
        case.check("bind" in actions, "bind follows add")


# ---- what modules say ----

def test_talk(tools, case):
    facts, truth = tools.visit(case, "talk", ["--units", "1", "--mix", "local:1,now", "--fault", "clean", "--seed", "11",
                                              "--speed", "10"])
    if not facts:
        return
    unit = truth[1]
    case.check(facts["sync"], "AT is answered")
    case.equal(facts["ATI"], f"ATI\r\r\nQuectel_Ltd\r\nQuectel_{unit['model']}\r\nRevision: {unit['from']}\r\n"
                             "\r\nOK\r\n", "ATI")
    case.has(facts["AT+CGMI"], "Revision: MTK 0828\r\n", "CGMI names the platform")
    case.has(facts["at+cgmr"], f"\r\nRevision: {unit['from']}\r\n", "CGMR in small letters")
    for command in ("AT+GSN", "AT+CGSN"):
        case.equal(facts[command], f"{command}\r\r\n{unit['imei']}\r\n\r\nOK\r\n", command)
    case.has(facts["AT+QGSN"], f'+QGSN: "{unit["imei"]}"', "QGSN")
    combined = facts["AT+CSQ;+CGREG?;+CPIN?"]
    case.check(re.search(r"\+CSQ: \d+,0\r\n\r\n\+CGREG: 0,[15]\r\n\r\n\+CPIN: READY\r\n\r\nOK\r\n$", combined), combined)
    case.has(facts["AT+NOSUCH"], "\r\nERROR\r\n", "an unknown command")
    case.has(facts["AT+QFOTADL=?"], "\r\nOK\r\n", "the test command")
    case.check(re.search(r"\+CME ERROR: (3919|4010)\r\n", facts["cme1"]), facts["cme1"])
    case.has(facts["cme2"], "+CME ERROR: file not found", "words for errors")
    case.has(facts["apply"], "6506", "nothing to apply")
    case.equal(facts["noecho"], "\r\nOK\r\n", "echo is off")
    case.check(facts["ahead"].index(unit["imei"]) < facts["ahead"].index("Quectel_"), "two commands at once")
    case.has(facts["long"], "ERROR", "a line that is too long")
    case.has(facts["after"], "OK", "and it goes on")


def check_reports(case, text, spelled):
    case.check(re.search(r'\+QIND: "FOTA","START"', text), f"START: {text!r}")
    percents = [int(p) for p in re.findall(r'"UPDATING", ?(\d+)%?\r*\n', text)]
    case.check(len(percents) > 5 and percents == sorted(percents), f"percents {percents} {spelled}")
    case.check(re.search(r'"END", ?0\r*\n$', text), f"END: {text[-60:]!r}")


def test_update(tools, case):
    """A whole chain by hand, with every quirk of this seed."""
    facts, truth = tools.visit(case, "update", ["--units", "1", "--mix", "local:1,now", "--fault", "clean", "--seed", "4",
                                                "--speed", "40"])
    if not facts:
        return
    unit = truth[1]
    for hop in facts["hops"]:
        case.equal(hop["upload"]["acks"], hop["bytes"] // 1024, "one acknowledgement per 1024 bytes")
        case.equal(hop["upload"]["size"], hop["bytes"], "size")
        case.equal(hop["upload"]["sum"], hop["sum_right"], "checksum")
        case.has(hop["listed"], f'+QFLST: "fota.pack",{hop["bytes"]}', "QFLST")
        case.check(hop["plus"] >= 1, "the package contains +++")
        case.has(hop["ok"], "OK", "QFOTADL")
        check_reports(case, hop["report"], hop["from"])
    case.equal(unit["version"], unit["target"], "version in truth")
    case.equal(facts["hops"][-1]["to"], unit["target"], "version by AT")
    case.equal(unit["flashes"], len(facts["hops"]), "flashes")
    case.equal(unit["imei"], unit["imei_now"], "IMEI")
    case.equal([unit["good"], unit["disturbed"]], [True, 0], "good, undisturbed")
    case.has(facts["again"], "ERROR", "the package is gone")


def test_http(tools, case):
    for form in ("", "1"):
        facts, truth = tools.visit(case, "http", ["--units", "1", "--mix", "http:1,now,url", "--fault", "clean", "--seed", "6",
                                                  "--speed", "60"],
                                   env={**os.environ, **({"RACK_TEST_TABLE_FORM": form} if form else {})})
        if not facts:
            return
        case.has(facts["AT+QIACT"], "OK", "QIACT")
        case.check(re.search(r'"HTTP ?START"', facts["report"]), "HTTPSTART")
        case.has(facts["report"], '"DOWNLOADING"', "progress")
        case.check(re.search(r'"HTTPEND", ?0\r\n\r\n\+PDP DEACT\r\n', facts["report"]), facts["report"][:900])
        check_reports(case, facts["report"], "http")
        case.equal([truth[1]["version"], truth[1]["good"]], [truth[1]["target"], True], "updated")


def test_http_faults(tools, case):
    for fault, code in (("http-404", "6504"), ("http-stall", "6503"), ("download-error", None)):
        facts, truth = tools.visit(case, "http", ["--units", "1", "--mix", "http:1,now,url", "--fault", "clean," + fault, "--seed", "6", "--speed",
                                                  "200"])
        if not facts:
            return
        said = re.search(r'"HTTPEND", ?(\d+)', facts["report"])
        case.equal(said and said[1], code or str(truth[1]["vendor_code"]), fault)
        case.equal([truth[1]["version"], truth[1]["flashes"]], [truth[1]["from"], 0], "stays as it was")


def test_uploads(tools, case):
    facts, _ = tools.visit(case, "uploads", ["--units", "1", "--mix", "local:1,now", "--fault", "clean", "--seed", "11",
                                             "--speed", "20"])
    if not facts:
        return
    case.equal([facts["whole"]["size"], facts["whole"]["sum"]], [3072, facts["sum_right"]], "whole")
    case.equal(facts["whole"]["acks"], 3, "an exact multiple has its last acknowledgement")
    case.check(re.search(r"\+CME ERROR: (407|3921|4012)\r\n", facts["taken"]["answer"]), facts["taken"])
    case.check(re.search(r"\+QFUPL: 1500,|\+CME ERROR: 4009", facts["short"]), facts["short"])
    case.check(1.5 < facts["short_s"] < 4, f"the host's own limit is not shortened: {facts['short_s']}")
    case.check(re.search(r"\+CME ERROR: (3916|4008)", facts["large"]), facts["large"])


def test_plus(tools, case):
    facts, _ = tools.visit(case, "plus", ["--units", "1", "--mix", "now", "--fault", "clean,plus-plus-plus", "--seed", "11",
                                          "--speed", "20"])
    if facts:
        case.equal(facts["straight"]["size"], 4003, "without a pause it is data")
        case.has(facts["paused"], "+QFUPL: 2000,", "with pauses it ends the upload")


# ---- the serial line ----

def test_speed(tools, case):
    facts, _ = tools.visit(case, "speed", ["--units", "1", "--mix", "local:1,now", "--fault", "clean,fixed-115200", "--seed",
                                           "11"])
    if not facts:
        return
    for speed in ("slow", "fast"):
        case.check(b"Quectel" not in bytes(facts[speed]), f"{speed}: {bytes(facts[speed])}")
    case.check(facts["fast"] or facts["slow"], "a wrong speed makes noise")
    case.has(facts["right"], "Quectel_", "at the right speed")
    # 10 KiB are 0.89 s at 115200.
    case.check(0.85 < facts["seconds"] < 1.6, f"10 KiB took {facts['seconds']:.2f} s")
    case.equal(facts["timed"]["size"], 10240, "size")


def test_autobaud(tools, case):
    facts, _ = tools.visit(case, "autobaud", ["--units", "1", "--mix", "local:1,now", "--fault", "clean", "--seed", "11",
                                              "--speed", "20"])
    if facts:
        case.equal(facts["before"], "", "silent before AT")
        case.check(facts["sync"], "finds 9600")
        case.has(facts["model"], "Quectel_", "speaks at 9600")
        case.check(b"Quectel" not in bytes(facts["other"]), "is locked there")


def test_lines(tools, case):
    facts, truth = tools.visit(case, "lines", ["--units", "12", "--mix", "local:12,now", "--fault", "clean", "--seed", "3"])
    if not facts:
        return
    kinds = set()
    for unit in truth.values():
        line = facts[unit["slot"]]
        kinds.add(line["presence"])
        case.equal(line["opened"] & (DTR | RTS), DTR | RTS, "opening raises both lines")
        case.equal(line["lowered"] & (DTR | RTS), RTS, "DTR can be lowered")
        if line["presence"] != "line:dsr":
            case.check(not line["dsr"], "no DSR where it is not wired")
    case.equal(kinds, {"answer", "usb", "line:dsr"}, "all kinds of presence")
    case.check(any(f["dsr"] for f in facts.values()), "DSR of a unit that is there")


def test_hangup(tools, case):
    seed = seed_for(tools, "usb", extra=("--fault", "clean,swap-in-upload"))
    facts, truth = tools.visit(case, "hangup", ["--units", "1", "--mix", "now", "--fault", "clean,swap-in-upload", "--seed", seed,
                                                "--speed", "5"])
    if not facts:
        return
    case.check(facts["error"], "a pulled tty is an error to its user")
    case.check(facts["gone"] and facts["gone_sysfs"], "node and sysfs entry are gone")
    case.check(facts["next"] and facts["next"] != facts["device"], f"renumbered: {facts['next']}")
    case.check(facts["second_sync"], "the newcomer answers")
    case.equal(len(truth), 2, "two units in truth")
    case.has(facts["second_imei"], truth[2]["imei"], "it is the other one")
    case.equal([truth[1]["present"], truth[2]["present"], truth[2]["late_comer"]], [False, True, True], "presence")


def test_power_cut(tools, case):
    for presence in ("usb", "answer"):
        seed = seed_for(tools, presence, extra=("--fault", "clean,power-cut"))
        facts, truth = tools.visit(case, "cut", ["--units", "1", "--mix", "local:1,now", "--fault", "clean,power-cut", "--seed",
                                                 seed, "--speed", "30"])
        if not facts:
            return
        case.equal(facts["report"].count('"START"'), 2, f"{presence}: START, and again after the cut")
        case.has(facts["report"], '"END"', presence)
        case.equal([truth[1]["interrupted"], truth[1]["flashes"]], [1, 1], f"{presence}: one cut, one update")
        case.check(facts["to"] != facts["from"], f"{presence}: updated")


def test_many(tools, case):
    facts, _ = tools.visit(case, "many", ["--units", "96", "--mix", "local:96,now", "--fault", "clean", "--seed", "9",
                                          "--speed", "20"])
    if facts:
        case.equal([facts["ports"], facts["answered"]], [96, 96], "ports open at once, and answering")


def test_every_fault(tools, case):
    """One unit with each fault, and a plain station: each must end where the table says."""
    text = subprocess.run([tools.rack, "--list-faults"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in text.splitlines()[1:]]
    # What a plain station cannot show: it speaks to one vendor's modules alone, has no business with bootloaders, looks at one
    # slot at a time and moves no line.
    quectel = [r for r in rows if {"any", "local", "http"} & set(r[3].rsplit("(", 1)[1].rstrip(")").split())]
    names = [r[0] for r in quectel if r[0] not in (
        "bootloader", "foreign", "gnss", "echo-all", "bare", "unplug-in-second-upload", "duplicate-imei", "late-twin",
        "not-registered", "no-slot", "back-in-another-slot",
        "unplug-in-identify", "unplug-waiting", "unplug-two", "unplug-hub", "always-mute", "power-key-dtr", "power-key-rts", "lines-rest-off")]
    spec = "clean," + ",".join(f"{name}@{i + 1}" for i, name in enumerate(names))
    done, truth = tools.run(["--mix", f"local:{len(names)},now,url", "--fault", spec, "--seed", "12", "--speed", "25"],
                            [PYTHON, os.path.join(HERE, "rack_naive.py"), "SETUP"])
    case.equal(done.returncode, 0, done.stderr[-1000:])
    said = json.loads(done.stdout or "{}")
    for i, name in enumerate(names):
        unit = truth[i + 1]
        case.equal(unit["fault"], name, "fault")
        case.equal(said[unit["slot"]]["verdict"], unit["expect"], f"{name}: {said[unit['slot']]} {unit}")
        if unit["expect"] in ("pass", "current"):
            case.equal(unit["good"], True, f"{name}: good {unit}")
        if unit["expect"] == "pass":
            case.check(unit["flashes"] >= 1, f"{name}: flashed")


# ---- Telit and its update service ----

def test_telit_talk(tools, case):
    facts, truth = tools.visit(case, "talk", ["--mix", "telit-sms:1,now", "--fault", "clean", "--seed", "5", "--speed", "20"],
                               client="rack_telit.py")
    if not facts:
        return
    imei = truth[1]["imei"]
    case.equal(facts["device"], "/dev/ttyACM0", "a CDC-ACM device")
    case.equal([facts["AT+CGMR"], facts["AT#CGMR"]],
               [f"AT+CGMR\r\r\n{truth[1]['from']}\r\n\r\nOK\r\n", f"AT#CGMR\r\r\n#CGMR: {truth[1]['from']}\r\n\r\nOK\r\n"],
               "a bare version, and one with a prefix")
    case.has(facts["ATI"], "\r\n332\r\n", "ATI is a number")
    case.equal(facts["serial"], imei, "iSerial is the IMEI")
    case.has(facts["6"], imei, "the second AT port")
    for silent in ("2", "4", "8"):
        case.equal(facts[silent], "", f"interface {silent} is silent")
    case.has(facts["AT#OTASUAN?"], "#OTASUAN: ,", "an empty first field")
    for refused in ("AT#OTASUAN=1", "AT#OTAIPUPD", "AT#OTASNAPIP=6001,192.0.2.7"):
        case.has(facts[refused], "ERROR", f"{refused}: nobody asked, nothing is configured")


def check_telit_hop(case, unit, facts):
    """One HE910, updated by hand over one of the three protocols."""
    kind = unit["kind"]
    case.equal(facts["registered"], "Registered", f"{kind}: registered")
    case.has(facts["start"], "OK", f"{kind}: accepted")
    case.check(facts["download"] and facts["complete"] and facts["upgraded"] and facts["notified"], f"{kind}: reports {facts}")
    case.equal("OK" in facts["while_down"], kind == "telit-sms", f"{kind}: answers while it downloads")
    case.equal(facts["frozen"], "", f"{kind}: frozen")
    case.check(facts["edges"] >= 3, f"{kind}: {facts['edges']} edges of DCD")
    case.check(facts["dsr_low"], f"{kind}: DSR is low while DCD moves")
    case.check(facts["echo"], f"{kind}: echo is back after the update")
    case.equal([facts["to"], unit["flashes"]], [unit["version"], 1], f"{kind}: updated")
    case.check(unit["version"] != unit["from"], f"{kind}: from {unit['from']}")
    case.equal(unit["disturbed"], 0, f"{kind}: a bare AT disturbs nobody")
    case.equal(unit["forbidden"], int(kind == "telit-sms"), f"{kind}: the inhibited command is counted")
    case.check(unit["settings_lost"] and not unit["good"], f"{kind}: this customer's settings are gone, and nobody put them back")


def test_telit_update(tools, case):
    facts, truth = tools.visit(case, "update", ["--mix", "telit-sms:1,telit-combined:1,telit-tcpip:1,now,usb", "--fault", "clean",
                                                "--seed", TELIT_SEED, "--speed", "20"], client="rack_telit.py")
    if not facts:
        return
    case.equal(sorted(u["kind"] for u in truth.values()), ["telit-combined", "telit-sms", "telit-tcpip"], "three protocols")
    for unit in truth.values():
        case.check(unit["model"].startswith("HE910"), unit["model"])
        check_telit_hop(case, unit, facts[unit["slot"]])


def test_telit_quirks(tools, case):
    """A PIN before and after, an update that nobody was asked about, one away from its bus, one whose power is cut."""
    spec = "clean,sim-pin,automatic@1,flash-away@2,power-cut@3,lower-ok,oma-noise,server-knows@2"
    facts, truth = tools.visit(case, "update", ["--mix", "telit-sms:1,telit-combined:1,telit-tcpip:1,now,usb", "--fault", spec,
                                                "--seed", TELIT_SEED, "--speed", "20"], client="rack_telit.py")
    if not facts:
        return
    for unit in truth.values():
        said = facts[unit["slot"]]
        case.equal([said.get("to"), unit["flashes"]], [unit["version"], 1], f"{unit['fault']} {unit['quirks']} {said}")
        case.equal(said.get("quiet"), None, "the server learns nothing before the PIN")
        case.equal([unit["pin_wrong"], unit["sim_blocked"]], [0, 0], "the PIN")
        case.check(said.get("notified"), f"notified: {said}")
    case.equal(truth[3]["interrupted"], 1, "one cut")
    case.check((facts[truth[1]["slot"]].get("asked") or "").startswith("Automatic") or truth[1]["kind"] == "telit-tcpip",
               "automatic")


# ---- SIMCom ----

def check_simcom(case, unit, facts):
    """Who it is, a whole update by hand, and how it left its bus and came back."""
    series = "SIM7600" if unit["kind"] == "cscfota" else unit["model"][:7]
    said = unit["from"] if series in ("SIM7000", "SIM7600") or "no-final-g" not in unit["quirks"] else unit["from"][:-1]
    case.has(facts["AT+CGMI"], "SIMCOM INCORPORATED\r\n" if series == "SIM7600" else "SIMCOM_Ltd\r\n", "CGMI")
    case.has(facts["AT+CGMM"], f"\r\nSIMCOM_{series}", "CGMM")
    case.has(facts["AT+CGMR"], f"\r\n{'+CGMR: ' if series == 'SIM7600' else 'Revision:'}{said}\r\n", "CGMR")
    case.has(facts["AT+SIMCOMATI"], unit["imei"], "SIMCOMATI")
    case.has(facts["AT+CLIST"], "ERROR", "CLIST is in no manual")
    if series == "SIM7600":
        case.has(facts["AT+CAPFOTA?"], "+CAPFOTA: 0\r\n", "closed at first")
        case.has(facts["report"], "+CSCFOTA: 2\r\n\r\n+CSCFOTA: 3\r\n", "what the cloud did")
    else:
        case.has(facts["AT+CFOTA?"], "+CFOTA: 8\r\n", "a fresh unit says 8")
        case.has(facts["status"], "+CFOTA: 6\r\n", "and 6 once it was updated")
    if "upload" in facts:
        case.has(facts["upload"][1], "ERROR", "initialised twice")
        case.check(all("DOWNLOAD" in a for a in facts["upload"][2:-2:2]), facts["upload"])
        case.has(facts["upload"][-2], "+CFSGFIS: ", "the size of the file")
    if "fetch" in facts:
        case.has("".join(facts["fetch"]), "+APP PDP: 0,ACTIVE" if series != "SIM7000" else "+APP PDP: ACTIVE", "the bearer")
        case.has(facts["fetch"][-1], "+HTTPTOFS: 200,", "the download")
    if unit["presence"] == "usb":
        case.check(facts["gone"] and not facts["reports"], f"it leaves its bus without a word: {facts['reports']!r}")
    else:
        case.check(re.search(r'"Start to update".*"Updating",0.*"Update successfully, please wait for reset"', facts["reports"],
                             re.DOTALL), f"reports {facts['reports']!r}")
    case.equal([unit["version"] != unit["from"], unit["flashes"], unit["stray"], unit["wrong_opens"]], [True, 1, 0, 0], "updated")
    case.has(facts["to"], unit["version"], "version by AT")


def test_simcom(tools, case):
    """One of each series and way, composite where it is one, and behind an adapter."""
    for mix in ("sim7000-http:1,now,url", "sim7000-local:1,now,dsr", "sim7080-http:1,now,dsr,url", "sim7080-local:1,now", "cscfota:1,now"):
        facts, truth = tools.visit(case, "simcom", ["--mix", mix, "--fault", "clean", "--seed", "8", "--speed", "20"])
        if facts:
            check_simcom(case, truth[1], facts)


def test_simcom_wire(tools, case):
    """What the documents contradict each other in: each on demand."""
    options = ["--mix", "sim7080-http:1,now,url", "--seed", "8", "--speed", "20", "--fault"]
    facts, truth = tools.visit(case, "simcom", [*options, "clean,revision-space,no-final-g,clist,stale-7,status-tight,cnact-form,"
                                                "no-blank-line,renumbered,other-pid"])
    if not facts:
        return
    case.has(facts["AT+CGMR"], f"Revision: {truth[1]['from'][:-1]}\r\n", "a space, no final G")
    case.has(facts["AT+CLIST"], "+CFOTA", "CLIST is known")
    case.has(facts["AT+CFOTA?"], "+CFOTA:7\r\nOK", "a stale status, no space, no empty line before OK")
    case.check(int(facts["node"][11:]) > 5, f"other names: {facts['node']}")
    facts, truth = tools.visit(case, "simcom", [*options, "clean,no-comma,fetch-error"])
    if facts and "fetch" in facts:
        case.has(facts["fetch"][-1], f"+HTTPTOFS: {truth[1]['vendor_code']}\r\n", "no length behind an error")


# ---- strangers ----

def test_strangers(tools, case):
    facts, _ = tools.visit(case, "strangers", ["--mix", "gnss:1,echo:1,now", "--fault", "clean", "--seed", "3"])
    if facts:
        case.equal(sorted(facts.values()), ["$GNRMC", "AT+CGM"], "one tells where it is, one says what it is told")


# ---- the program ----

def test_exit_codes(tools, case):
    for command, code in ((["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137), (["/nonexistent"], 127)):
        done, _ = tools.run(["--units", "1"], command)
        case.equal(done.returncode, code, command)
    for options in (["--units", "1", "--fault", "nonsense"], ["--units", "1", "--fault", "current@Z9"],
                    ["--mix", "nonsense:3"], ["--units", "2", "--mix", "local:9"], ["--speed", "0"], []):
        done = subprocess.run([tools.rack, *options, *(["--", "true"] if options else [])], capture_output=True,
                              text=True, check=False)
        case.equal(done.returncode, 64, options)
        case.check(done.stderr.count("\n") == 1, f"one sentence: {done.stderr!r}")


def test_signals(tools, case):
    for number in (signal.SIGTERM, signal.SIGINT):
        child = subprocess.Popen([tools.rack, "--units", "1", "--", "sh", "-c",
                                  "trap 'echo heard; exit 9' TERM INT; (setsid sleep 987 &); echo ready; "
                                  "while :; do sleep 0.05; done"], stdout=subprocess.PIPE, text=True,
                                 # A shell cannot trap what was ignored when it began, as in a background job.
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        case.equal(child.stdout.readline(), "ready\n", "started")
        child.send_signal(number)
        case.equal([child.stdout.readline(), child.wait(10)], ["heard\n", 9], number)
    left = subprocess.run(["pgrep", "-f", "^sleep 987$"], capture_output=True, text=True, check=False).stdout
    case.equal(left, "", "what the command left behind is ended")


def test_same_seed(tools, case):
    seen = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([tools.rack, "--units", "16", "--seed", "77", "--setup", folder], check=True)
            seen.append({f: re.sub(rb"127.0.0.1:\d+", b"", open(os.path.join(folder, f), "rb").read())
                         for f in ("slots.ini", "catalogue.ini", "packages/mc65-mc65car01a01-mc65car01a02.pack")})
            case.equal(os.stat(os.path.join(folder, "secrets.ini")).st_mode & 0o777, 0o600, "mode of secrets.ini")
    case.equal(seen[0], seen[1], "the same seed makes the same rack")


def test_faults(tools, case):
    text = subprocess.run([tools.rack, "--list-faults"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in text.splitlines()[1:]]
    names = [r[0] for r in rows]
    case.equal(len(names), len(set(names)), "names are unique")
    case.check(all(r[1] in ("pass", "current", "fail", "skipped", "none") for r in rows), "verdicts")
    # Every fault can be asked for.
    for name in names:
        done = subprocess.run([tools.rack, "--units", "2", "--fault", name + "@2", "--setup", tempfile.gettempdir() +
                               "/rack-test-setup"], capture_output=True, text=True, check=False)
        case.equal(done.returncode, 0, name + done.stderr)
    shutil.rmtree(tempfile.gettempdir() + "/rack-test-setup", ignore_errors=True)


def test_judge(tools, case):
    """A record that agrees, and one lie of each kind."""
    done, truth = tools.run(["--units", "12", "--mix", "now", "--fault", "clean,current@2,apply-6507@3", "--seed", "3"],
                            ["sleep", "0.5"])
    case.equal(done.returncode, 0, "rack")
    units = list(truth.values())

    def judge(changes):
        with tempfile.TemporaryDirectory() as folder:
            lines = [dict(u, version=u["target"], good=True, flashes=1) if u["expect"] == "pass" else dict(u)
                     for u in units]
            database = sqlite3.connect(os.path.join(folder, "db"))
            database.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY, slot_label, imei, verdict, fault)")
            database.execute("CREATE VIEW v_visits AS SELECT id AS visit, verdict AS final_verdict FROM visit")
            for unit in lines:
                row = [unit["slot"], unit["imei"], unit["expect"], "" if unit["expect"] in ("pass", "current") else "X"]
                row = changes(unit, row)
                if row:
                    database.execute("INSERT INTO visit(slot_label, imei, verdict, fault) VALUES (?,?,?,?)", row)
            database.commit()
            database.close()
            with open(os.path.join(folder, "truth"), "w", encoding="utf-8") as file:
                file.writelines(json.dumps(u) + "\n" for u in lines)
            return subprocess.run([sys.executable, os.path.join(HERE, "judge.py"), os.path.join(folder, "truth"),
                                   os.path.join(folder, "db")], capture_output=True, text=True, check=False)

    agreed = judge(lambda unit, row: row)
    case.equal(agreed.returncode, 0, agreed.stdout)
    case.has(agreed.stdout, "12 units agree", "agreement")
    lies = {"missing": lambda u, r: None if u["unit"] == 1 else r,
            "wrong verdict": lambda u, r: [r[0], r[1], "fail", "X"] if u["unit"] == 1 else r,
            "bad in the good box": lambda u, r: [r[0], r[1], "pass", ""] if u["unit"] == 3 else r,
            "a stranger": lambda u, r: [r[0], "490154203237518", r[2], r[3]] if u["unit"] == 1 else r,
            "no fault": lambda u, r: [r[0], r[1], r[2], ""]}
    for name, lie in lies.items():
        done = judge(lie)
        case.check(done.returncode == 1 and done.stdout, f"{name}: {done.returncode} {done.stdout}")


def modem_manager(folder):
    """Why not, or the command that runs it and prints what it found."""
    for program in ("ModemManager", "dbus-daemon", "mmcli", "dbus-run-session"):
        if not shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin"):
            return f"no {program}", None
    script = os.path.join(folder, "mm.sh")
    with open(script, "w", encoding="utf-8") as file:
        file.write("export DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS\n"
                   "ModemManager --test-session >/dev/null 2>$1/mm.log &\n"
                   "for i in $(seq 1 45); do sleep 1; mmcli -L >$1/list 2>&1; grep -q Modem/ $1/list && break; done\n"
                   "cat $1/list; kill $!; tail -n 3 $1/mm.log >&2\n")
    return None, ["dbus-run-session", "--", "sh", script, folder]


def test_modem_manager(tools, case):
    with tempfile.TemporaryDirectory() as folder:
        why, command = modem_manager(folder)
        if why:
            case.skipped = why
            return
        done, _ = tools.run(["--units", "1", "--mix", "local:1,mm,now", "--fault", "clean", "--seed", "11"],
                            command)
        log = open(os.path.join(folder, "mm.log"), encoding="utf-8", errors="replace").read() \
            if os.path.exists(os.path.join(folder, "mm.log")) else ""
        if "Modem" not in done.stdout and ("dbus" in done.stderr.lower() or "couldn't" in log.lower()):
            case.skipped = f"ModemManager does not start here: {(done.stderr + log)[-300:]}"
            return
        case.has(done.stdout, "Quectel", "ModemManager finds the module")


TESTS = {name[5:]: fn for name, fn in list(globals().items()) if name.startswith("test_")}


def main():
    if len(sys.argv) < 3:
        print(__doc__.split("\n", maxsplit=1)[0], file=sys.stderr)
        return 64
    if not PYTHON:
        print("0 passed, 0 failed, 1 skipped (no pyserial)")
        return 77
    tools = Tools(*map(os.path.abspath, sys.argv[1:3]))
    # The longest first, as several run at a time.
    wanted = sys.argv[3:] or sorted(TESTS, key=lambda name: name not in ("every_fault", "modem_manager", "power_cut"))
    cases = {name: Case(name) for name in wanted}
    took = {}

    def work(name):
        began = time.time()
        try:
            TESTS[name](tools, cases[name])
        except Exception as error:  # one broken test must not hide the others
            cases[name].check(False, f"{type(error).__name__}: {error}")
        took[name] = time.time() - began

    # Most of a test is waiting: a few at a time.
    pending, lock = list(wanted), threading.Lock()

    def worker():
        while True:
            with lock:
                if not pending:
                    return
                name = pending.pop(0)
            work(name)

    threads = [threading.Thread(target=worker) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in cases.values():
        state = "skipped" if case.skipped else "failed" if case.wrong else "passed"
        counts[state] += 1
        print(f"{state:8} {case.name} ({took[case.name]:.1f} s)" + (f": {case.skipped}" if case.skipped else ""))
        for what in case.wrong:
            print(f"         {what}")
    print(", ".join(f"{n} {state}" for state, n in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
