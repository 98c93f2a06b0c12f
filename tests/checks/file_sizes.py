#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A source file has at most 500 lines (look twice from 400), a header at most 100."""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rpartition('/')[0] + '/lib')
import tree

problems, warnings = [], []
paths = tree.files('*.c', '*.h', '*.sh', '*.py', '*.js', '*.mjs', '*.html', '*.css', '*meson.build', '.ci/run')
for path in paths:
    lines = tree.read(path).count('\n')
    limit = 100 if path.endswith('.h') else 500
    if lines > limit:
        problems.append(f'{path}: {lines} lines; at most {limit}: split it along its nouns')
    elif path.endswith('.c') and lines > 400:
        warnings.append(f'{path}: {lines} lines')
tree.finish(problems, warnings, len(paths))
