#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No unfinished work, and nothing that only its authors could look up."""
import re
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rpartition('/')[0] + '/lib')
import tree

WORDS = [
    (r'\b(?:TODO|FIXME|XXX|HACK)\b', 'finish it, or leave it out'),
    (r'(?i)\b(?:stub|stubs|stubbed)\b', 'finish it, or leave it out'),
    (r'(?i)\bnot (?:yet )?implemented\b', 'finish it, or leave it out'),
    (r'(?i)\bissues? #?\d+', 'say the reason itself'),
    (r'/work/|(?<!\.\./)\bshared/(?!corpora)', 'a path of one machine'),
    (r'\b(?:DESIGN|STYLE|HAZARDS|PLATFORM)\.md\b', 'a document that is not in this tree'),
]
# HTTP's own name of a status.
FINE = re.compile(r'501.{0,4}Not Implemented')

problems = []
paths = [path for path in tree.files() if path not in ('LICENSE', 'tests/checks/words.py')
         and not path.endswith(('package-lock.json', '.png', '.pcap', '.bin'))]
for path in paths:
    for number, line in enumerate(tree.read(path).split('\n'), 1):
        for pattern, remedy in WORDS:
            match = re.search(pattern, FINE.sub('', line))
            if match:
                problems.append(f'{path}:{number}: "{match.group()}": {remedy}')
tree.finish(problems, seen=len(paths))
