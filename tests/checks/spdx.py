#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each source file says its licence in its first lines, as SPDX has it."""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rpartition('/')[0] + '/lib')
import tree

LINE = 'SPDX-License-Identifier: Apache-2.0'
paths = tree.files('*.c', '*.h', '*.sh', '*.py', '*.js', '*.mjs', '*.html', '*.css', '*meson.build', '*.yaml', '.ci/run')
# Seeds are inputs, not sources.
paths = [path for path in paths if '/seeds/' not in path and '/vectors/' not in path]
problems = [f'{path}: the first lines lack "{LINE}"' for path in paths
            if LINE not in '\n'.join(tree.read(path).split('\n')[:3])]
tree.finish(problems, seen=len(paths))
