# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the tree's files, and the C functions in a file."""
import os
import re
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '../../..'))
SKIPPED = 77


def files(*patterns):
    """Files that are committed or would be, as paths from the root."""
    os.chdir(ROOT)
    out = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', *patterns],
                         check=True, capture_output=True, text=True).stdout
    return sorted({name for name in out.split('\0') if name and os.path.isfile(name) and not os.path.islink(name)})


def read(path):
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


def without_comments(text):
    """Comments and the contents of literals blanked, lines kept."""
    def blank(match):
        found = match.group()
        if found.startswith('/'):
            return '\n' * found.count('\n')
        return found[0] + found[-1]
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def functions(text):
    """(name, first line, lines, body) of each function; the style puts its closing brace alone in column 1."""
    lines = without_comments(text).split('\n')
    found, head = [], ''
    start = None
    for number, line in enumerate(lines, 1):
        if start is None:
            if line == '{' and re.search(r'\)\s*$', head):
                start = number
            elif not line.startswith((' ', '\t', '#', '}')):
                head = line
            else:
                head += ' ' + line.strip()
        elif line == '}':
            name = re.search(r'(\w+)\s*\(', head)
            begin = start - 1
            found.append((name.group(1) if name else '?', begin, number - begin + 1, '\n'.join(lines[start:number])))
            start, head = None, ''
    return found


def finish(problems, warnings=(), seen=None, nothing='nothing to check yet'):
    """Prints what was found and ends the check; seen = 0: there was nothing to look at."""
    for text in warnings:
        print(f'warning: {text}')
    for text in problems:
        print(text)
    if seen == 0:
        print(f'skipped: {nothing}')
        sys.exit(SKIPPED)
    sys.exit(1 if problems else 0)
