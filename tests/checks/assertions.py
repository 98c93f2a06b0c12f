#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each unit test that is registered asserts something, itself or in what it calls; each suite function is called."""
import os
import re
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rpartition('/')[0] + '/lib')
import tree

ASSERTS = re.compile(r'\bCU_(?:ASSERT|FAIL|TEST)\w*\s*\(')
REGISTERS = re.compile(r'\bCU_(?:ADD_TEST\s*\(\s*\w+\s*,\s*|add_test\s*\(\s*\w+\s*,[^,]*,\s*)&?(\w+)')
ROWS = re.compile(r'\{\s*"[^"]*"\s*,\s*(\w+)\s*\}')


def bodies(paths):
    """Name -> text of each function and macro of these files."""
    result = {}
    for path in paths:
        text = tree.read(path)
        for name, _, _, body in tree.functions(text):
            result[name] = result.get(name, '') + body
        for name, body in re.findall(r'^#define\s+(\w+)\(((?:.*\\\n)*.*)', text, re.M):
            result[name] = result.get(name, '') + body
    return result


def asserting(functions):
    """Names that assert, or that call one that does."""
    found = {name for name, body in functions.items() if ASSERTS.search(body)}
    while True:
        more = {name for name, body in functions.items()
                if name not in found and any(call in found for call in re.findall(r'\b(\w+)\s*\(', body))}
        if not more:
            return found
        found |= more


problems, seen = [], 0
folders = {}
for path in tree.files('tests/unit/*.c', 'tests/unit/*.h'):
    folders.setdefault(os.path.dirname(path), []).append(path)
for folder, paths in folders.items():
    functions = bodies(paths + tree.files('tests/support/*.c', 'tests/support/*.h'))
    good = asserting(functions)
    calls = ' '.join(tree.without_comments(tree.read(path)) for path in paths)
    for path in paths:
        text = tree.read(path)
        registered = set(REGISTERS.findall(tree.without_comments(text)))
        registered |= {name for name in ROWS.findall(text) if name in functions}
        seen += len(registered)
        problems += [f'{path}: test {name} asserts nothing' for name in sorted(registered - good)]
        for suite in re.findall(r'^void (\w+_suite)\(void\)$', text, re.M):
            if not re.search(rf'^\s+.*\b{suite}\b', calls, re.M):
                problems.append(f'{path}: {suite} is never run')
tree.finish(problems, seen=seen)
