# SPDX-License-Identifier: Apache-2.0
"""A plain station, one thread per slot, to see that each fault of the rack leads where its table says.

It gives every unit a fair chance: it tries uploads twice, listens, waits, and looks what came out. Printed as JSON by
slot: what it would call each unit. It is no measure of how a station should be built.
"""
import json
import re
import sys
import threading
import time

import serial

from rack_client import Modem, checksum, package_for, read_slots, tty_of, upload

IMEI = re.compile(r"(?<!\d)(\d{15})(?!\d)")
FINISH = rb'"END", *(\d+)|"HTTPEND", *([1-9]\d*)'
LIMIT = 50


class Gone(Exception):
    pass


class Naive:
    def __init__(self, setup, path, until):
        self.setup, self.path, self.until = setup, path, until
        self.modem, self.facts = None, {}

    def left(self, wish):
        return max(min(wish, self.until - time.time()), 0.01)

    def open(self):
        device = tty_of(self.path, 0, self.left(12))
        if not device:
            raise Gone("no tty")
        self.modem = Modem(device)

    def sync(self, seconds):
        """True; or the text when it is updating by itself."""
        began = time.time()
        until = began + self.left(seconds)
        seen = b""
        bauds = [self.modem.port.baudrate, 115200, 115200, 9600, 230400]
        while time.time() < until:
            self.modem.port.baudrate = bauds[int((time.time() - began) / 4) % len(bauds)]
            self.modem.port.write(b"AT\r")
            text = self.modem.read_for(0.5)
            seen += text
            if b"+QIND" in seen:
                return seen
            if re.search(rb"OK\r*\n", text):
                self.modem.read_for(0.2)
                return True
        return False

    def ask(self, command, seconds=5):
        """Twice, as one answer may be lost; a late one may come first."""
        for _ in range(2):
            text = self.modem.ask(command, self.left(seconds))
            if "OK" in text or "ERROR" in text:
                return text
            self.modem.read_for(self.left(4))
        return text

    def query(self, command, pattern):
        for _ in range(3):
            match = re.search(pattern, self.ask(command))
            if match:
                return match[1]
        return ""

    def identify(self):
        facts = {"imei": self.query("AT+GSN", IMEI), "model": self.query("AT+CGMM", r"Quectel_(\S+)"),
                 "version": self.query("AT+CGMR", r"Revision: (?!MTK)(\S+)"),
                 "cfun": self.query("AT+CFUN?", r"\+CFUN: (\d+)\r*\n(?:.|\n)*OK")}
        return facts

    def send_package(self, package):
        with open(f"{self.setup}/{package['file']}", "rb") as file:
            data = file.read()
        for _ in range(2):
            self.ask('AT+QFDEL="fota.pack"')
            free = self.query('AT+QFLDS="UFS"', r"\+QFLDS: (\d+)")
            if free and int(free) < len(data):
                return "full"
            result = upload(self.modem, data)
            if "4012" in str(result) or "3921" in str(result) or "407" in str(result.get("answer")):
                continue
            if result.get("size") == len(data) and result.get("sum") == checksum(data):
                return None
            self.modem.read_for(self.left(1))
            self.sync(10)
        return "upload"

    def network(self):
        if self.facts.get("cfun") == "0":
            self.ask("AT+CFUN=1")
        if "READY" not in self.ask("AT+CPIN?"):
            return "sim"
        for _ in range(2):
            for command in ("AT+QIDEACT", "AT+QIFGCNT=0", 'AT+QICSGP=1,"internet"', "AT+QIREGAPP", "AT+QIACT"):
                self.modem.port.write(command.encode() + b"\r")
                answer = self.modem.wait(rb"\n(?:OK|ERROR|DEACT OK)\r*\n", self.left(6)) or b""
            if b"OK" in answer:
                return None
        return "pdp"

    def follow(self, seen=b""):
        """Until the flash is over; a tty that goes is waited for."""
        until = time.time() + self.left(20)
        while time.time() < until:
            match = re.search(FINISH, seen)
            if match and (match[2] or match[1] is not None):
                return int(match[1] or match[2])
            try:
                seen += self.modem.read_for(0.2)
            except (serial.SerialException, OSError):
                self.modem.port.close()
                self.open()
        return None

    def hop(self, package):
        if "ERROR" in self.ask("AT+QFOTADL=?"):
            return "no dfota"
        if package["kind"] == "file":
            why = self.send_package(package)
            command = "AT+QFOTADL=1"
        else:
            why = self.network()
            command = f'AT+QFOTADL="{package["url"]}"'
        if why:
            return why
        answer = self.modem.ask(command, self.left(5))
        if "ERROR" in answer:
            return answer
        code = self.follow(answer.encode("latin-1") + self.modem.take())
        if code != 0:
            return f"end {code}"
        time.sleep(0.3)
        return None if self.sync(14) else "never returned"

    def finish(self):
        after = self.identify()
        self.facts["after"] = after
        if after["imei"] != self.facts["imei"] or after["cfun"] == "5":
            return "fail"
        if self.facts["cfun"] == "0":
            self.ask("AT+CFUN=0")
        return "pass"

    def run(self):
        self.open()
        state = self.sync(25)
        if state is False:
            return "none"
        if state is not True:
            if self.follow(state) != 0 or not self.sync(14):
                return "fail"
            self.facts = self.identify()
            return "pass"
        self.facts.update(self.identify())
        if not self.facts["model"]:
            return "skipped"
        if len(set(self.facts["imei"])) < 2 or not luhn(self.facts["imei"]) or self.facts["cfun"] == "5":
            return "fail"
        target = target_of(self.setup, self.facts["model"])
        if not target:
            return "skipped"
        if self.facts["version"] == target:
            return "current"
        version = self.facts["version"]
        for _ in range(3):
            package = package_for(self.setup, version)
            if not package:
                return "fail"
            self.facts["why"] = self.hop(package)
            if self.facts["why"]:
                return "fail"
            version = self.query("AT+CGMR", r"Revision: (?!MTK)(\S+)")
            if version != package["to"]:
                return "fail"
            if version == target:
                return self.finish()
        return "fail"


def luhn(imei):
    total = 0
    for i, c in enumerate(reversed(imei)):
        d = int(c) * (2 if i % 2 else 1)
        total += d - 9 if d > 9 else d
    return len(imei) == 15 and total % 10 == 0


def target_of(setup, model):
    with open(f"{setup}/catalogue.ini", encoding="utf-8") as file:
        match = re.search(rf"\[target {re.escape(model)}\]\nversion = (\S+)", file.read())
    return match[1] if match else None


def main():
    setup = sys.argv[1]
    until = time.time() + LIMIT
    results = {}

    def work(label, slot):
        naive = Naive(setup, slot["path"], until)
        began = time.time()
        try:
            verdict = naive.run()
        except (Gone, OSError, serial.SerialException) as error:
            verdict = "fail"
            naive.facts["why"] = str(error)
        results[label] = {"verdict": verdict, "seconds": round(time.time() - began, 1),
                          **{k: str(v) for k, v in naive.facts.items()}}

    threads = [threading.Thread(target=work, args=item) for item in read_slots(setup).items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(results))


if __name__ == "__main__":
    main()
