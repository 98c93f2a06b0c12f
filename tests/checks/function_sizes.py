#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A function has at most 100 lines; look twice from 60."""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rpartition('/')[0] + '/lib')
import tree

problems, warnings, sizes = [], [], []
for path in tree.files('*.c'):
    for name, line, length, _ in tree.functions(tree.read(path)):
        sizes.append(length)
        if length > 100:
            problems.append(f'{path}:{line}: {name} has {length} lines; at most 100')
        elif length > 60:
            warnings.append(f'{path}:{line}: {name} has {length} lines')
if sizes:
    sizes.sort()
    print(f'{len(sizes)} functions, median {sizes[len(sizes) // 2]} lines, longest {sizes[-1]}')
tree.finish(problems, warnings, len(sizes))
