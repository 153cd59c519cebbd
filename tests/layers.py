#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may include whom, and which library belongs to which file: layers.py ROOT. docs/tour.md has the picture.

It reads #include lines and names of functions, nothing else, and knows nothing of what the parts do.
"""
import fnmatch
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)

# For the files of a pattern (the first that fits counts), what of ours they may include. Patterns of shell, * crosses no /.
OURS = [
    # The list of drivers is the one place that knows them all.
    ("lib/driver.c", ["lib/driver.h", "lib/drivers/drivers.h", "lib/identify.h", "lib/ops.h"]),
    # A driver cannot touch a port nor tell an event by hand.
    ("lib/drivers/*", ["lib/drivers/*.h", "lib/step.h", "lib/job.h", "lib/ops.h", "lib/at_parse.h", "lib/unit.h",
                       "lib/catalog.h", "lib/model.h", "lib/fault.h"]),
    # The channel knows no engine, the bus nothing but facts, the port no channel.
    ("lib/at.[ch]", ["lib/at.h", "lib/at_parse.h", "lib/transport.h"]),
    ("lib/bus.[ch]", ["lib/bus.h", "lib/english.h", "lib/event.h"]),
    ("lib/serial.[ch]", ["lib/serial.h", "lib/port.h", "lib/transport.h", "lib/unit.h"]),
    ("lib/port_clerk.[ch]", ["lib/port_clerk.h", "lib/serial.h"]),
    # The engine meets drivers as tables only.
    ("lib/job*.[ch]", ["lib/job.h", "lib/job_private.h", "lib/at.h", "lib/at_parse.h", "lib/bus.h", "lib/catalog.h",
                       "lib/driver.h", "lib/english.h", "lib/model.h", "lib/secret.h", "lib/service.h", "lib/step.h",
                       "lib/trace.h"]),
    ("lib/*", ["lib/*"]),
    ("udev/*", ["udev/*", "lib/port.h", "lib/slot.h", "lib/ini.h"]),
    ("db/*", ["db/*", "lib/english.h", "lib/event.h", "lib/fault.h", "fota-config.h"]),
    # Facts, and how they are called: the screen reaches neither station, record nor hotplug.
    ("tui/*", ["tui/*", "lib/event.h", "lib/fault.h", "lib/slot.h", "lib/unit.h"]),
    # Pure policy.
    ("station/visit.[ch]", ["station/visit.h", "lib/job.h", "lib/plan.h"]),
    ("station/schedule.[ch]", ["station/schedule.h"]),
    ("station/slot_fsm.[ch]", ["station/slot_fsm.h", "lib/slot.h"]),
    ("station/package_url.[ch]", ["station/package_url.h"]),
    ("station/ranges.[ch]", ["station/ranges.h"]),
    # Knows no job: it is handed bytes and told who wants to hear of them.
    ("station/package_server.[ch]", ["station/package_server.h", "station/package_url.h", "station/ranges.h"]),
    ("station/out.[ch]", ["station/out.h"]),
    # Runs on any desk.
    ("station/log*", ["station/log*", "station/language.h", "db/*", "lib/fault.h", "fota-config.h"]),
    # Of the screen only the dashboard knows.
    ("station/dashboard.c", ["station/*", "lib/*", "db/*", "tui/tui.h", "fota-config.h"]),
    ("station/*", ["station/*", "lib/*", "db/*", "udev/*", "fota-config.h"]),
    # Includes nothing of ours: its own headers are named without a folder.
    ("tests/rack/*", ["*.h"]),
]

# A header of a library, and the files that may include it.
LIBRARIES = {
    "ncurses.h": ["tui/screen.c"],
    "curses.h": ["tui/screen.c"],
    "term.h": ["tui/screen.c"],
    "sqlite3.h": ["db/*"],
    "gudev/*": ["udev/*", "tests/rack/rack_watch.c"],
    "libudev.h": [],
    "libserialport.h": ["lib/serial.c"],
    "libsoup/*": ["station/fetch.c", "station/package_server.c", "tests/rack/*"],
    "json-glib/*": ["station/report_json.h", "station/history.c", "tests/rack/*"],
}

# What is private to a few files.
PRIVATE = {
    "lib/job_private.h": ["lib/job*.c"],
    "lib/catalog_private.h": ["lib/catalog*.c"],
    "lib/drivers/drivers.h": ["lib/driver.c", "lib/drivers/*"],
    "station/config_private.h": ["station/config*.c"],
    "station/station_private.h": ["station/station*.c", "station/slot_*.c"],
}

# Calls that a header brings along but that are not for these files.
CALLS = [
    ("lib/drivers/*", re.compile(r"\b(at_(?!parse_)\w+|bus_\w+|serial_\w+|transport_\w+|port_clerk_\w+)\s*\("),
     "a driver has job_send() and the like"),
]


def fits(path, patterns):
    """A * stays within its folder."""
    return any(fnmatch.fnmatchcase(path, p) and path.count("/") == p.count("/") for p in patterns)


def allowed(path):
    for pattern, may in OURS:
        if fits(path, [pattern]):
            return may
    return None


def check_include(path, kind, name):
    if kind == '"':
        may = allowed(path)
        if may is None:
            return "is in a folder that no rule names"
        if not fits(name, may):
            return f'may not include "{name}"; it may: {", ".join(may)}'
        if name in PRIVATE and not fits(path, PRIVATE[name]):
            return f'"{name}" belongs to {", ".join(PRIVATE[name])}'
        return None
    for library, files in LIBRARIES.items():
        if fits(name, [library]) and not fits(path, files):
            return f"<{name}> is for {', '.join(files) or 'nobody'}"
    return None


def check_file(root, file):
    path = file.relative_to(root).as_posix()
    text = file.read_text(encoding="utf-8")
    found = []
    for match in INCLUDE.finditer(text):
        complaint = check_include(path, *match.groups())
        if complaint:
            found.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {complaint}")
    for pattern, call, instead in CALLS:
        for match in call.finditer(text) if fits(path, [pattern]) else ():
            found.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: may not call {match[1]}(): {instead}")
    return found


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    files = [f for folder in ("lib", "udev", "db", "tui", "station", "tests/rack")
             for f in sorted((root / folder).rglob("*.[ch]"))]
    found = [complaint for f in files for complaint in check_file(root, f)]
    print("\n".join(found) if found else f"{len(files)} files include only what they may")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
