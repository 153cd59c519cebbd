#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is everything that the program says translated into every language of data/po/LINGUAS? languages_test.py ROOT STATION MESSAGES

MESSAGES is the folder of the translated messages as they are built.

Every file with words for a person is in POTFILES, every message is in every language, none is fuzzy, every step of every procedure
is among the words of the screen. It does not know whether a translation is good.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

KEYWORDS = ["--keyword=_", "--keyword=N_", "--keyword=ngettext:1,2", *(f"--keyword={name}:2" for name in ("slot_trouble", "job_warn", "bus_trouble"))]
# What is said to a person: by a macro, or by a function that says its second argument in both languages.
MARKED = re.compile(r'\b(?:(?:_|N_|ngettext) ?\(|(?:slot_trouble|job_warn|bus_trouble)\(\s*[^,;"]+,)\s*"')
# The same, with something in the sentence that only the preprocessor knows: its catalogue entry would be cut off there.
CUT = re.compile(MARKED.pattern + r'(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*\s*[A-Za-z_]')
# A sentence that is not written where it is said.
HIDDEN = re.compile(r'\b(?:slot_trouble|job_warn|bus_trouble)\(\s*(?!Slot |Job |Bus )[^,;"]+,(?!\s*")')
# Trouble that is told by hand.
TROUBLE = re.compile(r'\{\s*\.kind = EV_(?:RECORD_)?TROUBLE\b[^}]*\}')


def listed(path):
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def untracked_words(root, files):
    marked = {p.relative_to(root).as_posix() for folder in ("lib", "udev", "db", "tui", "station")
              for p in (root / folder).rglob("*.[ch]") if MARKED.search(p.read_text(encoding="utf-8"))}
    return [f"data/po/POTFILES: {name} has words for a person and is not listed" for name in sorted(marked - set(files))]


def unsaid_words(root):
    """Trouble of which the screen would show the record's English."""
    found = []
    for path in sorted(p for folder in ("lib", "udev", "db", "tui", "station") for p in (root / folder).rglob("*.[ch]")):
        text = path.read_text(encoding="utf-8")
        for at, complaint in [*((m.start(), "no format macros inside a sentence that is translated") for m in CUT.finditer(text)),
                              *((m.start(), "the sentence is not written here: nobody will translate it")
                                for m in HIDDEN.finditer(text)),
                              *((m.start(), "trouble without .said, or a literal in N_()") for m in TROUBLE.finditer(text)
                                if ".said" not in m[0] and "N_(" not in m[0])]:
            found.append(f"{path.relative_to(root)}:{text.count(chr(10), 0, at) + 1}: {complaint}")
    return found


def check_language(root, language, template):
    po = root / "data" / "po" / f"{language}.po"
    found = []
    # msgcmp complains of what is not there, not translated, or fuzzy.
    for command in (["msgcmp", str(po), template], ["msgfmt", "--check", "-o", os.devnull, str(po)]):
        done = run(*command)
        if done.returncode != 0:
            found.append(done.stderr.strip())
    return found


def check_steps(station, template):
    names = {line.split()[0] for line in run(station, "explain").stdout.splitlines() if line.strip()}
    text = pathlib.Path(template).read_text(encoding="utf-8")
    steps = {m[1] for name in names for m in re.finditer(r"(?m)^ +\d+  (\S+) ", run(station, "explain", name).stdout)}
    return ([] if steps else ["fota-station explain tells no steps"]) + [
        f"tui/steps.c: the step {step} is missing" for step in sorted(steps) if f'msgid "{step}"\n' not in text]


def check_spoken(station, messages, language):
    """A language is spoken although its locale was never generated on this machine."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    said = [subprocess.run([station, "--help"], capture_output=True, text=True, check=False,
                           env=environment | {"LANG": lang, "FOTA_STATION_LOCALE": messages}).stdout
            for lang in (f"{language}.UTF-8", "C.UTF-8")]
    return [] if said[0] != said[1] and said[0] else [f"LANG={language}.UTF-8 is not spoken"]


def main():
    root, station = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    files = listed(root / "data" / "po" / "POTFILES")
    found = untracked_words(root, files) + unsaid_words(root)
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, "fota-station.pot")
        done = run("xgettext", "-C", "--from-code=UTF-8", *KEYWORDS, f"--directory={root}", "-o", template, *files)
        found += [done.stderr] if done.returncode else []
        for language in listed(root / "data" / "po" / "LINGUAS"):
            found += check_language(root, language, template)
            found += check_spoken(station, sys.argv[3], language)
        found += check_steps(station, template)
    print("\n".join(found) if found else "everything is translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
