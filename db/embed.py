#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns schema/NNNN.sql into one C table, in order. It does not know SQL.

usage: embed.py OUTPUT SCHEMA..."""
import os
import sys


def literal(line):
    return '\t"' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"\n'


def main():
    output, schemas = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
    with open(output, "w", encoding="utf-8") as out:
        out.write('#include "db/schema.h"\n\n')
        out.write("const char *const schema_texts[] = {\n")
        for number, path in enumerate(schemas, 1):
            if os.path.basename(path) != f"{number:04}.sql":
                sys.exit(f"{path}: expected {number:04}.sql, the numbers have no gaps")
            with open(path, encoding="utf-8") as schema:
                out.writelines(literal(line.rstrip("\n")) for line in schema)
            out.write("\t,\n")
        out.write("};\n\n")
        out.write("const unsigned schema_count = sizeof(schema_texts) / sizeof(*schema_texts);\n")


if __name__ == "__main__":
    main()
