#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the rack's own test does with Telit modules, as any foreign program would: pyserial, sysfs, nothing else.

rack_telit.py VISIT SETUP: one visit to a rack that the test has set up; prints facts as JSON, and judges nothing.
"""
import json
import os
import re
import sys
import threading
import time

from rack_client import Modem, read_slots, tty_of

PIN = "73190528"
LIMIT_S = 100
FINAL = rb"(?i)(?:\n|^)(?:OK|ERROR|\+CME ERROR: [^\r\n]*)\r*\n"


class Telit(Modem):
    """A conversation with one Telit module, which keeps all reports and watches DCD."""

    def __init__(self, slot):
        super().__init__(tty_of(slot["path"]))
        self.slot = slot
        self.said = ""
        self.edges, self.dcd, self.dsr_low = 0, None, False
        self.watch = threading.Thread(target=self.look, daemon=True)
        self.watching = True
        self.watch.start()

    def look(self):
        while self.watching:
            time.sleep(0.05)
            try:
                dcd, dsr = self.port.cd, self.port.dsr
            except (OSError, ValueError, TypeError, AttributeError):
                continue
            if dcd != self.dcd:
                self.edges += self.dcd is not None
                self.dcd = dcd
            self.dsr_low |= bool(dcd) and not dsr

    def ask(self, command, seconds=5):
        try:
            self.port.write(command.encode() + b"\r")
            answer = self.wait(FINAL, seconds)
        except OSError:
            self.come_back()
            answer = None
        text = (answer or self.take()).decode("latin-1")
        self.said += text
        return text

    def event(self, words, seconds):
        """Waits until it has said one of these, whenever that was; comes back to a port that has left the bus."""
        until = time.time() + seconds
        while time.time() < until:
            # What came in one read with the answer before it.
            self.said += self.take().decode("latin-1")
            match = re.search(r"#OTAEV: *(" + words + ")", self.said, re.I)
            if match:
                self.said = self.said[match.end():]
                return match[1]
            try:
                self.said += self.port.read(4096).decode("latin-1")
            except OSError:
                self.come_back()
        return None

    def come_back(self):
        """Its port has left the bus: the same place, again."""
        self.port.close()
        time.sleep(0.3)
        device = tty_of(self.slot["path"], wait=60)
        fresh = Modem(device)
        self.port = fresh.port

    def sync(self, seconds=60):
        until = time.time() + seconds
        while time.time() < until:
            try:
                self.port.write(b"AT\r")
                answer = self.wait(FINAL, 0.4)
                self.said += (answer or self.take()).decode("latin-1")
                if answer:
                    return True
            except OSError:
                self.come_back()
        return False


def value(text):
    lines = [line for line in re.split(r"[\r\n]+", text) if line and not line.upper().startswith(("AT", "OK"))]
    return lines[0] if lines else None


def register(modem, kind):
    if kind == "sms":
        return modem.ask('AT#OTASNAP="+390404192000"')
    modem.ask('AT#OTASNAPIPCFG=2,"internet"')
    return modem.ask("AT#OTASNAPIP=6001,192.0.2.7")


def kind_of(setup, model, version):
    """sms, combined or tcpip, as the catalogue has it for a version."""
    with open(f"{setup}/catalogue.ini", encoding="utf-8") as file:
        match = re.search(rf"\nmodel = {model}\nfrom = {re.escape(version)}\n(?:.+\n)*?procedure = telit-pfm-(\w+)\n",
                          file.read())
    return match[1] if match else None


def update(setup, slot, facts):
    """One hop, whatever the module asks for on its way."""
    modem = Telit(slot)
    facts.update({"sync": modem.sync(), "device": modem.port.port})
    modem.ask("ATE0")
    facts["model"] = value(modem.ask("AT+CGMM"))
    facts["from"] = value(modem.ask("AT+CGMR"))
    kind = facts["kind"] = kind_of(setup, facts["model"].split("-")[0], facts["from"])
    for command in ("AT#OTASUAN=,2,1", "AT#AUTOATT=1", 'AT+CGCLASS="B"', "AT+IPR=115200"):
        modem.ask(command)
    if "SIM PIN" in modem.ask("AT+CPIN?"):
        facts["pin"] = modem.ask(f"AT+CPIN={PIN}")
    facts["register"] = register(modem, kind)
    facts["registered"] = modem.event("Registered", 30)
    if kind == "tcpip":
        facts["start"] = modem.ask("AT#OTAIPUPD")
    else:
        facts["asked"] = modem.event("Do you want to upgrade the firmware|Automatic Fw Upgrade Requested", 60)
        if facts["asked"] and facts["asked"].startswith("Do"):
            facts["start"] = modem.ask("AT#OTASUAN=1")
    facts["download"] = modem.event("Start Fw Download", 60)
    facts["while_down"] = modem.ask("AT", 1)
    if kind == "sms":
        facts["inhibited"] = modem.ask("AT+CGATT=0", 1)
    facts["complete"] = modem.event("Fw Download Complete", 60)
    time.sleep(0.2)
    facts["frozen"] = modem.ask("AT", 1)
    deadline = time.time() + 60
    facts["back"] = None
    while time.time() < deadline and not facts["back"]:
        facts["back"] = modem.sync(5)
    modem.watching = False
    facts["edges"], facts["dsr_low"] = modem.edges, modem.dsr_low
    facts["echo"] = "AT" in modem.ask("AT", 2)
    facts["mode"] = value(modem.ask("AT#OTASUAN?"))
    modem.ask("AT#OTASUAN=,2,1")
    facts["upgraded"] = modem.event("Module Upgraded To New Fw", 10)
    if "SIM PIN" in modem.ask("AT+CPIN?"):
        facts["quiet"] = modem.event("Server notified", 3)
        modem.ask(f"AT+CPIN={PIN}")
    facts["notified"] = modem.event("Server notified about success(?:full|ful)? FW Upgrade|OTA FW Upgrade Failed", 60)
    facts["to"] = value(modem.ask("AT+CGMR"))
    facts["autoatt"] = value(modem.ask("AT#AUTOATT?"))


def visit_update(setup):
    """Every slot at once; how far each came, should it not come to its end."""
    facts = {label: {} for label in read_slots(setup)}

    def work(label, slot):
        try:
            update(setup, slot, facts[label])
        except Exception as error:  # what went wrong is a fact as well
            facts[label]["error"] = f"{type(error).__name__}: {error}"

    threads = [threading.Thread(target=work, args=item, daemon=True) for item in read_slots(setup).items()]
    until = time.time() + LIMIT_S
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(until - time.time(), 0))
    return facts


def serial_of(device):
    """iSerial of the USB device behind a tty."""
    path = os.path.realpath("/sys/class/tty/" + os.path.basename(device))
    while not os.path.exists(path + "/idVendor"):
        path = os.path.dirname(path)
    with open(path + "/serial", encoding="utf-8") as file:
        return file.read().strip()


def visit_talk(setup):
    modem = Telit(read_slots(setup)["A1"])
    facts = {"sync": modem.sync(), "device": modem.port.port, "serial": serial_of(modem.port.port)}
    modem.take()
    for command in ("ATI", "ATI3", "ATI4", "AT+CGMI", "at+cgmm", "AT+CGMR", "AT#CGMR", "AT+CGSN", "AT+GSN", "AT+CPIN?",
                    "AT#PCT", "AT+CGCLASS?", "AT#AUTOATT?", "AT#OTASUAN?", "AT#OTASUAN=?", "AT#OTASNAP?", "AT#OTAIPUPD?",
                    "AT#OTAIPUPD", "AT#OTASUAN=1", "AT#OTASNAPIP=6001,192.0.2.7", "AT+CREG?", "AT#QSS?", "AT#PORTCFG?",
                    "AT#SELINT?", "AT+NOSUCH"):
        facts[command] = modem.ask(command)
    for interface in (0, 2, 4, 6, 8, 10, 12):
        device = tty_of(modem.slot["path"], interface, wait=0.3)
        if interface and device:
            other = Modem(device)
            other.port.write(b"AT+CGSN\r")
            facts[str(interface)] = other.read_for(0.5).decode("latin-1")
    return facts


def main():
    print(json.dumps({"update": visit_update, "talk": visit_talk}[sys.argv[1]](sys.argv[2])))


if __name__ == "__main__":
    main()
