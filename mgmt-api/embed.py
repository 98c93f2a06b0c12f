#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the C table of static_files.h: embed.py OUTPUT ROOT FILE..."""
import hashlib
import pathlib
import sys

TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.yaml': 'application/yaml',
}


def main(output, root, *files):
    bodies, rows = [], []
    for number, name in enumerate(files):
        path, data = pathlib.Path(name).resolve(), pathlib.Path(name).read_bytes()
        tag = hashlib.sha256(data).hexdigest()[:16]
        octets = ','.join(map(str, data))
        bodies.append(f'static const unsigned char file_{number}[] = {{{octets}}};\n')
        rows.append(f'    {{"{path.relative_to(pathlib.Path(root).resolve()).as_posix()}", "{TYPES[path.suffix]}", "\\"{tag}\\"", '
                    f'file_{number}, sizeof file_{number}}},\n')
    pathlib.Path(output).write_text(
        '#include "static_files.h"\n' + ''.join(bodies) + 'const struct static_file static_files[] = {\n'
        + ''.join(rows) + '    {0},\n};\n')


main(*sys.argv[1:])
