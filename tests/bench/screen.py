#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the screen costs at 128 units at full chatter: screen.py DEMO [SECONDS]

Runs dashboard_demo on pseudo-terminals of three sizes, the events of its invented rack included, and fails where that takes
more than 5 % of one core. It is a benchmark and no test: what it measures is processor time, on whatever machine this is.
"""
import fcntl
import os
import pty
import re
import struct
import sys
import termios

SIZES = ((80, 24), (200, 60), (300, 100))
LIMIT = 5.0


def measure(demo, seconds, cols, rows):
    """The percentage that the demo prints behind its last frame."""
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
        os.execv(demo, [demo, "128", "20", seconds])
    tail = b""
    while True:
        try:
            tail = (tail + os.read(master, 65536))[-4096:]
        except OSError:
            break
    os.waitpid(pid, 0)
    line = re.search(rb"[\d.]+ s, .* ([\d.]+)% of one core", tail)
    assert line, tail
    print(f"{cols}x{rows}: {line[0].decode()}", flush=True)
    return float(line[1])


def main():
    demo, *rest = sys.argv[1:]
    costs = [measure(demo, rest[0] if rest else "8", *size) for size in SIZES]
    return 1 if max(costs) > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
