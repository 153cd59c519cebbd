#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people see of fota-log: tables on a terminal, the report in a browser. log_seen_test.py STATION LOG RACK

A small rack makes the record. On a terminal of 80 columns no line is longer and the pager is asked; in headless Chromium the page
has its headings and pictures, runs no script, fetches nothing and prints. Without a browser that part is not run, and it is
said. It does not know whether the numbers are right: log_test does.
"""
import base64
import json
import os
import pathlib
import pty
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
HOSTILE = "<script>document.title='x'</script>\"'&<img src=//x.invalid/y>\x1b[31m"
failed = []


def check(true, what):
    print(("ok " if true else "not ok ") + what)
    if not true:
        failed.append(what)


def make_record(station, rack, folder):
    subprocess.run([rack, "--units", "4", "--mix", "now", "--fault", "clean,apply-6507@2,current@3", "--speed", "20", "--setup", folder,
                    "--", station, "--config", folder, "--work-order", "WO7", "batch", "--expect", "4"],
                   check=False, capture_output=True, timeout=120, env={**os.environ, "FOTA_STATION_DATA": str(DATA)})
    return str(pathlib.Path(folder) / "station.db")


def on_terminal(command, columns, **env):
    """What a terminal of so many columns is sent."""
    child, master = pty.fork()
    if child == 0:
        os.environ.update({"COLUMNS": str(columns), "TERM": "xterm", **env})
        os.execv(command[0], command)
    text = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
    os.waitpid(child, 0)
    os.close(master)
    return text.decode(errors="replace").replace("\r\n", "\n")


def plain(text):
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def terminal(log, db):
    for columns in (40, 80, 132, 300):
        lines = plain(on_terminal([log, "--db", db, "attempts"], columns, PAGER="cat")).splitlines()
        check(len(lines) >= 5 and max(map(len, lines)) <= columns, f"a table fits {columns} columns")
    wide = on_terminal([log, "--db", db, "attempts"], 300, PAGER="cat")
    check("\x1b[32mpass" in wide and "\x1b[31mfail" in wide and "\x1b[1mattempt" in wide, "ends have their colours")
    check("\x1b[" not in on_terminal([log, "--db", db, "attempts"], 300, PAGER="cat", NO_COLOR="1"), "NO_COLOR means none")
    check("more columns" in on_terminal([log, "--db", db, "attempts"], 60, PAGER="cat"), "what has no room is said to be left out")
    check(on_terminal([log, "--db", db, "attempts"], 80, PAGER="sed s/^/PAGED/").count("PAGED") >= 5, "the pager is asked")
    check("PAGED" not in on_terminal([log, "--db", db, "--no-pager", "attempts"], 80, PAGER="sed s/^/PAGED/"), "or not")
    check("attempt" in on_terminal([log, "--db", db, "attempts"], 80, PAGER="/nonexistent/pager"), "or is not there")
    there = on_terminal([log, "--db", db, "attempts", "--limit", "1"], 200, PAGER="cat", TZ="CST-8")
    check(re.search(r"\d\d:\d\d:\d\d\+08", there), "times are those of who reads, with the zone")


class Browser:
    """A session of chromedriver by its wire protocol."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        options = {"args": ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1100,1600"]}
        self.session = self.base + "/session/" + self.post(
            self.base + "/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                                                      "goog:loggingPrefs": {"performance": "ALL"}}}})["sessionId"]

    @staticmethod
    def post(url, body, method="POST"):
        request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def run(self, script):
        return self.post(self.session + "/execute/sync", {"script": "return " + script, "args": []})

    def open(self, page):
        self.post(self.session + "/url", {"url": pathlib.Path(page).as_uri()})

    def requests(self):
        entries = self.post(self.session + "/se/log", {"type": "performance"})
        messages = [json.loads(e["message"])["message"] for e in entries]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def printed(self):
        return base64.b64decode(self.post(self.session + "/print", {}))

    def close(self):
        self.post(self.session, {}, "DELETE")


def start_driver():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return driver, port
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("chromedriver does not listen")


def look_at(browser, page, plots):
    browser.open(page)
    check(browser.run("document.title") == "Firmware updates", "the page has its title")
    check(browser.run("[...document.querySelectorAll('h2')].map(h => h.textContent)")
          == ["Yield", "What fails", "Where the time goes", "The fixture", "Units to look for"], "and its headings")
    sizes = browser.run("[...document.images].map(i => i.naturalWidth)")
    check(len(sizes) == (3 if plots else 0) and all(sizes), f"its {len(sizes)} pictures are drawn")
    check(all(browser.run("[...document.images].map(i => i.alt)")), "and say what they show")
    check(browser.run("document.scripts.length") == 0, "there is no script")
    check(browser.run("document.querySelectorAll('.map td:not(.no)').length") == 4, "the fixture has its four places")
    check(browser.run("document.documentElement.scrollWidth <= window.innerWidth"), "nothing is wider than the window")
    fetched = [url for url in browser.requests() if not url.startswith(("data:", "file:"))]
    check(not fetched, f"nothing is fetched {fetched}")
    pdf = browser.printed()
    check(pdf.startswith(b"%PDF") and 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 6, "it prints on paper")


def make_page(log, db, page):
    done = subprocess.run([log, "--db", db, "report", "--since", "yesterday", "-o", page], capture_output=True, text=True, check=False)
    check(done.returncode == 0 and os.path.getsize(page) > 5000, f"a report is made {done.stderr}")


def make_hostile(db, copy):
    """A record whose every name wants to be more than a name."""
    source = sqlite3.connect(db)
    source.execute("VACUUM INTO ?", (copy,))
    source.close()
    bent = sqlite3.connect(copy)
    for trigger in ("visit_closed", "attempt_closed"):
        bent.execute(f"DROP TRIGGER {trigger}")
    bent.execute("UPDATE visit SET slot_label = slot_label || ?1, station = ?1, model_name = ?1, work_order = ?1", (HOSTILE,))
    bent.execute("UPDATE fault_code SET text = ?1, next = ?1", (HOSTILE,))
    for table, sums in (("visit_tally", "visit_sums"), ("step_tally", None)):
        bent.execute(f"UPDATE {table} SET model = model || ?1", (HOSTILE,))
        if sums:
            bent.execute(f"UPDATE {table} SET slot = slot || ?1", (HOSTILE,))
    bent.commit()
    bent.close()


def browser_part(log, db, folder):
    page, bad_db, bad_page = (str(pathlib.Path(folder) / n) for n in ("report.html", "bent.db", "bent.html"))
    make_page(log, db, page)
    make_hostile(db, bad_db)
    make_page(log, bad_db, bad_page)
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        print("there is no chromium here: the page was not looked at")
        return
    driver, port = start_driver()
    try:
        browser = Browser(port)
        look_at(browser, page, shutil.which("gnuplot"))
        look_at(browser, bad_page, shutil.which("gnuplot"))
        browser.close()
    finally:
        driver.terminate()
        driver.wait()


def main():
    station, log, rack = (os.path.abspath(p) for p in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as folder:
        db = make_record(station, rack, folder)
        terminal(log, db)
        browser_part(log, db, folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
