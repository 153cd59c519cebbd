# SPDX-License-Identifier: Apache-2.0
"""What the rack's own test does inside the rack, as any foreign program would: pyserial, sysfs, nothing else.

Each function is one visit to a rack that the test has set up; it prints facts as JSON, and judges nothing.
"""
import fcntl
import glob
import json
import os
import re
import struct
import sys
import termios
import time

import serial


def read_slots(setup):
    """label -> {path, presence} from slots.ini, which the rack wrote."""
    slots, label = {}, None
    with open(os.path.join(setup, "slots.ini"), encoding="utf-8") as file:
        for line in file:
            line = line.strip()
            if line.startswith("["):
                label = line[1:-1]
                slots[label] = {}
            elif "=" in line and label:
                key, value = line.split("=", 1)
                slots[label][key.strip()] = value.strip()
    return slots


def read_attr(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None


def ttys():
    """tty name -> {usb: sysfs name of its device, interface} by a walk through sysfs alone."""
    found = {}
    for link in glob.glob("/sys/class/tty/tty*"):
        name = os.path.basename(link)
        real = os.path.realpath(link)
        match = re.search(r"/(\d+-[\d.]+)/\1:1\.(\d+)/", real)
        if match:
            found[name] = {"usb": match[1], "interface": int(match[2]), "path": real}
    return found


def tty_of(slot_path, interface=0, wait=15):
    """/dev/ttyUSBn of a slot, by its place; waits until it is there."""
    chain = slot_path.rsplit(":", 1)[1]
    controller = re.match(r"pci-([^-]+)-usb", slot_path)[1]
    until = time.time() + wait
    while time.time() < until:
        for name, tty in ttys().items():
            if tty["usb"].split("-")[1] == chain and tty["interface"] == interface and f"/{controller}/" in tty["path"]:
                return "/dev/" + name
        time.sleep(0.02)
    return None


class Modem:
    """An AT conversation, as plain as can be."""

    def __init__(self, device, baud=115200):
        self.port = serial.Serial(device, baud, timeout=0.02)
        self.text = b""

    def read_for(self, seconds):
        until = time.time() + seconds
        while time.time() < until:
            self.text += self.port.read(4096)
        return self.take()

    def take(self):
        text, self.text = self.text, b""
        return text

    def wait(self, pattern, seconds):
        until = time.time() + seconds
        while time.time() < until:
            self.text += self.port.read(4096)
            match = re.search(pattern, self.text)
            if match:
                text = self.text[:match.end()]
                self.text = self.text[match.end():]
                return text
        return None

    def ask(self, command, seconds=5):
        self.port.write(command.encode() + b"\r")
        answer = self.wait(rb"(?:\n|^)(?:OK|ERROR|\+CME ERROR: [^\r\n]*)\r*\n", seconds)
        return (answer or self.take()).decode("latin-1")

    def sync(self, seconds=20):
        until = time.time() + seconds
        while time.time() < until:
            self.port.write(b"AT\r")
            if self.wait(rb"OK\r*\n", 0.4):
                self.read_for(0.1)
                return True
        return False


def checksum(data):
    total = 0
    for i in range(0, len(data), 2):
        total ^= (data[i] << 8) | (data[i + 1] if i + 1 < len(data) else 0)
    return total


def upload(modem, data, timeout=5, pause_at=None):
    """AT+QFUPL with acknowledgements; the facts about it."""
    modem.port.write(b'AT+QFUPL="fota.pack",%d,%d,1\r' % (len(data), timeout))
    answer = modem.wait(rb"CONNECT\r*\n|ERROR[^\n]*\n", 5)
    if not answer or b"CONNECT" not in answer:
        return {"answer": (answer or b"").decode("latin-1")}
    acks, sent, began = 0, 0, time.time()
    until = time.time() + 90
    tail = b""
    while sent < len(data) and time.time() < until:
        end = min(sent + 1024, len(data))
        if pause_at is not None and sent < pause_at < end:
            end = pause_at
        modem.port.write(data[sent:end])
        if end == pause_at or (pause_at is not None and sent == pause_at):
            time.sleep(0.8)
        sent = end
        if pause_at is not None and sent == pause_at:
            continue
        tail += modem.port.read(4096)
        # An early end of the upload is no acknowledgement.
        acks = tail.split(b"\r")[0].split(b"\n")[0].count(b"A")
        if b"+QFUPL" in tail:
            break
    modem.text = tail + modem.text
    text = (modem.wait(rb"OK\r*\n|ERROR[^\n]*\n", 8) or modem.take()).decode("latin-1")
    head = text.split("+QFUPL")[0]
    match = re.search(r"\+QFUPL: (\d+),([0-9a-fA-F]+)", text)
    return {"acks": head.count("A"), "text": text, "seconds": time.time() - began,
            "size": int(match[1]) if match else None, "sum": int(match[2], 16) if match else None}


def version(modem):
    match = re.search(r"Revision: (\S+)", modem.ask("AT+CGMR"))
    return match[1] if match else None


def package_for(setup, source):
    """The package of the catalogue that starts from this version."""
    with open(os.path.join(setup, "catalogue.ini"), encoding="utf-8") as file:
        for section in file.read().split("[package ")[1:]:
            keys = dict(line.split(" = ", 1) for line in section.splitlines() if " = " in line)
            if keys["from"] == source:
                return keys
    return None


def open_slot(setup, label="A1"):
    slot = read_slots(setup)[label]
    return Modem(tty_of(slot["path"]))


# ---- visits ----

def visit_tree(setup):
    usb = {}
    for link in glob.glob("/sys/bus/usb/devices/*"):
        attrs = {name: read_attr(os.path.join(link, name)) for name in
                 ("idVendor", "idProduct", "serial", "product", "devnum", "busnum", "bDeviceClass",
                  "bInterfaceNumber", "manufacturer")}
        usb[os.path.basename(link)] = {k: v for k, v in attrs.items() if v is not None}
    stats = {}
    for name in ttys():
        st = os.stat("/dev/" + name)
        stats[name] = [os.major(st.st_rdev), os.minor(st.st_rdev)]
    return {"usb": usb, "ttys": ttys(), "stats": stats, "glob": sorted(glob.glob("/dev/ttyUSB*"))}


def visit_talk(setup):
    modem = open_slot(setup)
    facts = {"sync": modem.sync()}
    time.sleep(0.5)
    modem.read_for(0.2)
    for command in ("ATI", "AT+CGMI", "AT+CGMM", "at+cgmr", "AT+GSN", "AT+CGSN", "AT+QGSN", "AT+CIMI",
                    "AT+CCID", "AT+CSQ;+CGREG?;+CPIN?", "AT+CFUN?", "AT+IPR?", "AT+NOSUCH", "AT+QFOTADL=?",
                    'AT+QFLDS="UFS"', "AT+QFLST"):
        facts[command] = modem.ask(command)
    modem.ask("AT+CMEE=1")
    facts["cme1"] = modem.ask('AT+QFDEL="nothing"')
    modem.ask("AT+CMEE=2")
    facts["cme2"] = modem.ask('AT+QFDEL="nothing"')
    facts["apply"] = modem.ask("AT+QFOTADL=1")
    modem.ask("ATE0")
    facts["noecho"] = modem.ask("AT")
    modem.port.write(b"AT+GSN\rAT+CGMM\r")
    facts["ahead"] = modem.read_for(0.5).decode("latin-1")
    facts["long"] = modem.ask("AT" + "+" * 700, 1)
    facts["after"] = modem.ask("AT")
    return facts


def update_once(modem, setup):
    source = version(modem)
    package = package_for(setup, source)
    with open(os.path.join(setup, package["file"]), "rb") as file:
        data = file.read()
    modem.ask('AT+QFDEL="fota.pack"')
    facts = {"from": source, "bytes": len(data), "plus": data.count(b"+++"), "sum_right": checksum(data)}
    facts["upload"] = upload(modem, data)
    facts["listed"] = modem.ask("AT+QFLST")
    facts["ok"] = modem.ask("AT+QFOTADL=1", 10)
    report = modem.wait(rb'"END", *\d+\r*\n', 60)
    facts["report"] = (report or modem.take()).decode("latin-1")
    modem.sync(30)
    facts["to"] = version(modem)
    return facts


def visit_update(setup):
    modem = open_slot(setup)
    facts = {"sync": modem.sync(), "hops": []}
    while package_for(setup, version(modem)) and len(facts["hops"]) < 3:
        facts["hops"].append(update_once(modem, setup))
    facts["again"] = modem.ask("AT+QFOTADL=1", 5)
    return facts


def visit_http(setup):
    modem = open_slot(setup)
    facts = {"sync": modem.sync()}
    package = package_for(setup, version(modem))
    url = package["url"]
    if os.environ.get("RACK_TEST_TABLE_FORM"):
        url = re.sub(r"^http://([^:/]+):(\d+)/", r"HTTP://\1/\2/", url)
    for command in ("AT+QIDEACT", "AT+QIFGCNT=0", 'AT+QICSGP=1,"internet"', "AT+QIREGAPP", "AT+QIACT"):
        modem.port.write(command.encode() + b"\r")
        facts[command] = (modem.wait(rb"\n(?:OK|ERROR|DEACT OK)\r*\n", 10) or b"").decode("latin-1")
    facts["ok"] = modem.ask(f'AT+QFOTADL="{url}"', 10)
    report = modem.wait(rb'"END", *\d+\r*\n|"HTTPEND", *[1-9]\d*\r*\n', 60)
    facts["report"] = (report or modem.take()).decode("latin-1")
    modem.sync(30)
    facts["to"] = version(modem)
    return facts


def visit_uploads(setup):
    """Timeout, a name that is taken, and too much for the room."""
    modem = open_slot(setup)
    facts = {"sync": modem.sync()}
    modem.ask("AT+CMEE=1")
    data = bytes(range(256)) * 12
    facts["whole"] = upload(modem, data)
    facts["sum_right"] = checksum(data)
    facts["taken"] = upload(modem, data)
    modem.ask('AT+QFDEL="fota.pack"')
    modem.port.write(b'AT+QFUPL="fota.pack",3000,2,1\r')
    modem.wait(rb"CONNECT\r*\n", 5)
    began = time.time()
    modem.port.write(data[:1500])
    facts["short"] = (modem.wait(rb"OK\r*\n|ERROR[^\n]*\n", 6) or b"").decode("latin-1")
    facts["short_s"] = time.time() - began
    modem.ask('AT+QFDEL="fota.pack"')
    facts["large"] = modem.ask('AT+QFUPL="fota.pack",9000000')
    return facts


def visit_plus(setup):
    """An upload with +++ in it: straight through, then with a pause on both sides of it."""
    modem = open_slot(setup)
    facts = {"sync": modem.sync()}
    data = b"x" * 2000 + b"+++" + b"y" * 2000
    facts["straight"] = upload(modem, data)
    modem.ask('AT+QFDEL="fota.pack"')
    modem.port.write(b'AT+QFUPL="fota.pack",%d,5,0\r' % len(data))
    modem.wait(rb"CONNECT\r*\n", 5)
    modem.port.write(data[:2000])
    time.sleep(1)
    modem.port.write(b"+++")
    facts["paused"] = (modem.wait(rb"OK\r*\n", 3) or b"").decode("latin-1")
    return facts


def visit_speed(setup):
    """A unit at a fixed speed, spoken to at another; and how long bytes take."""
    modem = open_slot(setup)
    facts = {"sync": modem.sync()}
    modem.ask("ATE1")
    modem.port.baudrate = 9600
    modem.port.write(b"AT+CGMM\r")
    facts["slow"] = list(modem.read_for(0.4))
    modem.port.baudrate = 230400
    modem.port.write(b"AT+CGMM\r")
    facts["fast"] = list(modem.read_for(0.4))
    modem.port.baudrate = 115200
    modem.port.write(b"\r")
    modem.read_for(0.2)
    facts["right"] = modem.ask("AT+CGMM")
    began = time.time()
    facts["timed"] = upload(modem, b"z" * 10240)
    facts["seconds"] = time.time() - began
    return facts


def visit_autobaud(setup):
    """A unit that finds the speed out: nothing before AT, then it is locked."""
    modem = open_slot(setup)
    modem.port.baudrate = 9600
    time.sleep(1)
    modem.port.write(b"\r\rxyz\r")
    facts = {"before": modem.read_for(0.3).decode("latin-1")}
    facts["sync"] = modem.sync()
    facts["model"] = modem.ask("AT+CGMM")
    modem.port.baudrate = 115200
    modem.port.write(b"AT+CGMM\r")
    facts["other"] = list(modem.read_for(0.3))
    return facts


def visit_lines(setup):
    slots = read_slots(setup)
    facts = {}
    for label, slot in slots.items():
        device = tty_of(slot["path"])
        port = serial.Serial(device, 115200, timeout=0)
        bits = struct.unpack("I", fcntl.ioctl(port.fd, termios.TIOCMGET, struct.pack("I", 0)))[0]
        port.dtr = False
        lowered = struct.unpack("I", fcntl.ioctl(port.fd, termios.TIOCMGET, struct.pack("I", 0)))[0]
        port.dtr = True
        facts[label] = {"presence": slot["presence"], "opened": bits, "lowered": lowered, "dsr": port.dsr,
                        "exclusive": None}
        port.close()
    return facts


def visit_hangup(setup):
    """An upload in which the unit is taken out and another one is put in."""
    slot = read_slots(setup)["A1"]
    device = tty_of(slot["path"])
    modem = Modem(device)
    facts = {"device": device, "sync": modem.sync(), "imei": modem.ask("AT+GSN")}
    package = package_for(setup, version(modem))
    with open(os.path.join(setup, package["file"]), "rb") as file:
        data = file.read()
    modem.port.write(b'AT+QFUPL="fota.pack",%d,5,1\r' % len(data))
    modem.wait(rb"CONNECT\r*\n", 5)
    try:
        for i in range(0, len(data), 512):
            modem.port.write(data[i:i + 512])
            modem.port.read(100)
        modem.read_for(2)
        facts["error"] = None
    except (serial.SerialException, OSError, termios.error) as error:
        facts["error"] = str(error)
    try:
        facts["read"] = len(os.read(modem.port.fd, 10))
    except OSError as error:
        facts["read"] = error.strerror
    time.sleep(0.3)
    facts["gone"] = not os.path.exists(device)
    facts["gone_sysfs"] = not os.path.exists("/sys/class/tty/" + os.path.basename(device))
    # The number of a tty that somebody still holds open is not given out again.
    facts["next"] = tty_of(slot["path"], wait=15)
    second = Modem(facts["next"])
    facts["second_sync"] = second.sync()
    facts["second_imei"] = second.ask("AT+GSN")
    return facts


def visit_cut(setup):
    """Power goes while it flashes; it goes on by itself."""
    slot = read_slots(setup)["A1"]
    modem = Modem(tty_of(slot["path"]))
    modem.sync()
    source = version(modem)
    with open(os.path.join(setup, package_for(setup, source)["file"]), "rb") as file:
        data = file.read()
    upload(modem, data)
    facts = {"from": source, "ok": modem.ask("AT+QFOTADL=1")}
    text = b""
    until = time.time() + 30
    while time.time() < until and b'"END"' not in text:
        try:
            text += modem.read_for(0.1)
        except (serial.SerialException, OSError):
            modem.port.close()
            modem = Modem(tty_of(slot["path"]))
    facts["report"] = text.decode("latin-1")
    modem.sync()
    facts["to"] = version(modem)
    return facts


def visit_many(setup):
    """All ttys of a large rack at once: far more than fifty."""
    ports = [serial.Serial(device, 115200, timeout=0) for device in sorted(glob.glob("/dev/ttyUSB*"))]
    answered = set()
    until = time.time() + 8
    while time.time() < until and len(answered) < len(ports):
        for port in ports:
            if port.name not in answered:
                port.write(b"AT\r")
        time.sleep(0.25)
        for port in ports:
            if b"OK" in port.read(4096):
                answered.add(port.name)
    return {"ports": len(ports), "answered": len(answered)}


def visit_foreign(setup):
    """Which interfaces of a composite module say what."""
    slot = read_slots(setup)["A1"]
    tty_of(slot["path"], 4)
    time.sleep(1)
    facts = {}
    for interface in range(6):
        device = tty_of(slot["path"], interface, wait=0.1)
        if not device:
            facts[str(interface)] = None
            continue
        modem = Modem(device)
        facts[str(interface)] = [modem.ask(c, 0.5) for c in ("AT", "AT+CGMI", "AT+CGMM", "AT+CGMR", "AT+GSN")]
        modem.port.close()
    return facts


def said(modem, pattern, seconds):
    """A report, or everything that came instead of it."""
    found = modem.wait(pattern, seconds)
    return (found or modem.take()).decode("latin-1")


def simcom_at(slot):
    """The AT port of a unit, composite or behind an adapter, once it answers."""
    until = time.time() + 40
    while time.time() < until:
        if not tty_of(slot["path"], wait=0.5):
            continue
        # Its ttys come one after the other.
        time.sleep(1 if slot["presence"] == "usb" else 0)
        node = tty_of(slot["path"], 2 if tty_of(slot["path"], 1, wait=0.1) else 0, wait=0.1)
        try:
            modem = Modem(node) if node else None
            if modem and modem.sync(3):
                return modem
        except (serial.SerialException, OSError, termios.error):
            pass
        time.sleep(0.2)
    return None


def simcom_upload(modem, data):
    facts = [modem.ask("AT+CFSINIT"), modem.ask("AT+CFSINIT")]
    for at in range(0, len(data), 10240):
        block = data[at:at + 10240]
        modem.port.write(b'AT+CFSWFILE=1,"update.zip",%d,%d,5000\r' % (at > 0, len(block)))
        facts.append(said(modem, rb"DOWNLOAD\r*\n|ERROR[^\n]*\n", 5))
        modem.port.write(block)
        facts.append(said(modem, rb"OK\r*\n|ERROR[^\n]*\n", 10))
    facts += [modem.ask('AT+CFSGFIS=1,"update.zip"'), modem.ask("AT+CFSTERM")]
    return facts


def simcom_fetch(modem, series, url):
    facts = [modem.ask("AT+CNACT?")]
    if series == "SIM7000":
        facts.append(modem.ask('AT+CNACT=1,"internet"'))
    else:
        facts += [modem.ask('AT+CNCFG=0,1,"internet"'), modem.ask("AT+CNACT=0,1")]
    facts += [said(modem, rb"\+APP PDP:[^\n]*\n", 8), modem.ask("AT+CNACT?")]
    facts.append(modem.ask(f'AT+HTTPTOFS="{url}","/fota/update.zip"'))
    facts += [modem.ask("AT+HTTPTOFS?"), modem.ask("AT+HTTPTOFSRL?")]
    facts.append(said(modem, rb"\+HTTPTOFS: ?\d{3}[^\n]*\n", 30))
    return facts


def visit_simcom(setup):
    """A whole update by hand: over its file system, its download or its vendor's cloud."""
    slot = read_slots(setup)["A1"]
    modem = simcom_at(slot)
    time.sleep(1)
    modem.read_for(0.2)
    facts = {c: modem.ask(c) for c in ("ATI", "AT+CGMI", "AT+CGMM", "AT+CGMR", "AT+GSN", "AT+SIMCOMATI", "AT+CLIST",
                                       "AT+CEREG?", "AT+CFOTA?", "AT+CAPFOTA?", "AT+NOSUCH")}
    source = re.search(r"(?:Revision:|\+CGMR:) *(\S+)", facts["AT+CGMR"])[1]
    series = re.search(r"SIMCOM_(SIM70\d0|SIM7600)", facts["AT+CGMM"])[1]
    package = package_for(setup, source) or package_for(setup, source + "G")
    if package["kind"] == "file":
        with open(os.path.join(setup, package["file"]), "rb") as file:
            facts["upload"] = simcom_upload(modem, file.read())
    elif package["kind"] == "url":
        facts["fetch"] = simcom_fetch(modem, series, package["url"])
    if package["kind"] == "cloud":
        with open(os.path.join(setup, "secrets.ini"), encoding="utf-8") as file:
            secret = re.search(r"product_secret = (\S+)", file.read())[1]
        facts["on"] = modem.ask("AT+CAPFOTA=1")
        facts["ok"] = modem.ask(f'AT+CSCFOTA="SIMCOM","7600M21","1540907004","{secret}","{package["cloud_version"]}"')
        facts["report"] = said(modem, rb"\+CSCFOTA: 3\r*\n", 20)
    else:
        facts["ok"] = modem.ask("AT+CFOTA=1")
    facts["gone"] = None
    until = time.time() + 20
    text = b""
    while time.time() < until and b"for reset" not in text:
        try:
            text += modem.read_for(0.1)
        except (serial.SerialException, OSError, termios.error):
            facts["gone"] = True
            break
    facts["reports"] = text.decode("latin-1")
    modem.port.close()
    time.sleep(1)
    modem = simcom_at(slot)
    facts["node"] = modem.port.name
    facts["to"] = modem.ask("AT+CGMR")
    facts["status"] = modem.ask("AT+CFOTA?")
    return facts


def visit_strangers(setup):
    """The first characters of the first whole line of what each says when it is asked who it is."""
    facts = {}
    for label, slot in read_slots(setup).items():
        modem = Modem(tty_of(slot["path"]), 9600)
        modem.port.write(b"AT+CGMM\r")
        text = modem.read_for(2.5).decode("latin-1")
        # A port that is opened late is opened in the middle of a line.
        facts[label] = (text[text.find("$"):] if "$" in text else text.lstrip())[:6]
    return facts


if __name__ == "__main__":
    print(json.dumps(globals()["visit_" + sys.argv[1]](sys.argv[2])))
