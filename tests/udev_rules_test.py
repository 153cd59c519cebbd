#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the udev rules as far as that goes without udev: every key known and well-formed, every jump with a place to
land, and every device of roles.ini covered. It does not know what a kernel makes of them."""
import configparser
import re
import sys

# key: the operators that make sense for it, and whether it takes {attribute}
KEYS = {
    'ACTION': ('== !=', False), 'SUBSYSTEM': ('== !=', False), 'DRIVER': ('== !=', False), 'KERNEL': ('== !=', False),
    'SUBSYSTEMS': ('== !=', False), 'DRIVERS': ('== !=', False), 'ATTRS': ('== !=', True), 'TEST': ('== !=', False),
    'ENV': ('== != = +=', True), 'ATTR': ('== != =', True), 'IMPORT': ('= ==', True), 'GROUP': ('= :=', False),
    'MODE': ('= :=', False), 'GOTO': ('=', False), 'LABEL': ('=', False), 'TAG': ('+= -= == !=', False),
}
TOKEN = re.compile(r'([A-Z]+)(?:\{([^}"]+)\})?(==|!=|\+=|-=|:=|=)"([^"]*)"')


def parse(path):
    """Gives (line number, [(key, attribute, operator, value)]) per rule; complaints of what is no rule."""
    rules, complaints = [], []
    for number, line in enumerate(open(path, encoding='ascii'), 1):
        line = line.rstrip('\n')
        if not line or line.startswith('#'):
            continue
        tokens = []
        for piece in line.split(', '):
            match = TOKEN.fullmatch(piece)
            if not match:
                complaints.append(f'{path}:{number}: {piece!r} is no key, operator and "value"')
                continue
            key, attribute, operator, _ = match.groups()
            operators, takes = KEYS.get(key, ('', False))
            if operator not in operators.split():
                complaints.append(f'{path}:{number}: {key} {operator} is not known')
            if takes != bool(attribute):
                complaints.append(f'{path}:{number}: {key} {"needs" if takes else "takes no"} {{attribute}}')
            tokens.append(match.groups())
        rules.append((number, tokens))
    return rules, complaints


def check_jumps(path, rules):
    labels = [(value, number) for number, tokens in rules for key, _, _, value in tokens if key == 'LABEL']
    names = [name for name, _ in labels]
    complaints = [f'{path}: label {name} is there twice' for name in set(names) if names.count(name) > 1]
    for number, tokens in rules:
        for key, _, _, value in tokens:
            if key == 'GOTO' and not any(name == value and place > number for name, place in labels):
                complaints.append(f'{path}:{number}: no label {value} below')
    return complaints


def covers(rules, vid, pid):
    """Whether some jump to the station's part is for this device."""
    for _, tokens in rules:
        wanted = {attribute: value.split('|') for key, attribute, operator, value in tokens if key == 'ATTRS'}
        if vid in wanted.get('idVendor', []) and pid in wanted.get('idProduct', [pid]):
            return True
    return False


def main(roles, *paths):
    complaints, every = [], []
    for path in paths:
        rules, wrong = parse(path)
        complaints += wrong + check_jumps(path, rules)
        every += rules
    ini = configparser.ConfigParser()
    ini.read(roles)
    ids = [pair for section in ini.sections() for pair in section.split()]
    assert len(ids) > 10, 'roles.ini has no devices'
    complaints += [f'{roles}: no rule covers {pair}' for pair in ids if not covers(every, *pair.split(':'))]
    print('\n'.join(complaints) or f'{len(every)} rules, {len(ids)} devices')
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
