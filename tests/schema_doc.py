#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/schema.md, made from what `fota-log schema` says: schema_doc.py LOG DATABASE_MAKER DOC [--write]

Compares, or with --write puts them there. DATABASE_MAKER is fota-station, which makes an empty record to ask. It does not know
SQL; db_file_test compares what fota-log says with the views themselves.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TABLES = re.compile(r"## v_.*?(?=## Examples)", re.DOTALL)


def tables(log, station):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/empty.db"
        subprocess.run([station, "--db", path, "archive", "1970-02"], check=True, capture_output=True)
        rows = json.loads(subprocess.run([log, "--db", path, "--format", "json", "schema"], check=True, capture_output=True, text=True).stdout)
    text = ""
    for row in rows:
        if row["column"] is None:
            text += f"{chr(10) if text else ''}## {row['view']}: {row['meaning']}\n| column | |\n|---|---|\n"
        else:
            text += f"| `{row['column']}` | {row['meaning'] or ''} |\n"
    return text + "\n"


def main():
    log, station, page = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    old = page.read_text(encoding="utf-8")
    made = tables(log, station)
    new = TABLES.sub(lambda _: made, old, count=1)
    if "--write" in sys.argv[4:]:
        page.write_text(new, encoding="utf-8")
    elif new != old:
        print(f"{page} is not what fota-log schema says: run {sys.argv[0]} with --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
