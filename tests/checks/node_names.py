#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dataplane/nodes/X.c registers the node "X"; whatever else it registers is one of its drop reasons, "X_reason"."""
import os
import re
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rpartition('/')[0] + '/lib')
import tree

problems, seen = [], 0
for path in tree.files('dataplane/nodes/*.c'):
    text = tree.read(path)
    names = []
    for registration in re.finditer(r'struct\s+rte_node_register\s+\w+(?:\[\])?\s*=\s*\{(.*?)^\}', text, re.S | re.M):
        names += re.findall(r'\.name\s*=\s*"([^"]+)"', registration.group(1))
    if not names:
        continue
    seen += 1
    own = os.path.basename(path)[:-2]
    if own not in names:
        problems.append(f'{path}: registers {", ".join(names)}, but no node "{own}"')
    problems += [f'{path}: node "{name}" is neither "{own}" nor "{own}_..."' for name in names
                 if name != own and not name.startswith(own + '_')]
tree.finish(problems, seen=seen, nothing='no node is registered yet')
