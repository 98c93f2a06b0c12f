#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A folder includes only headers of folders whose dependency its meson.build names; layers that must not meet do not;
DPDK stays in the dataplane's own folders; a header's name is unique."""
import os
import re
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rpartition('/')[0] + '/lib')
import tree

SHARED = ('sdp', 'dataplane/config', 'dataplane/wire', 'dataplane/srtp', 'dataplane/tables', 'dataplane/isolation',
          'sctp/link')
# Of these, who may include what besides itself; folders that are not named here are held by their meson.build alone.
MAY_REACH = {**{folder: SHARED[:SHARED.index(folder)] for folder in SHARED},
             'dataplane': (*SHARED, 'dataplane'), 'controlplane': SHARED, 'mgmt-api': (*SHARED, 'controlplane'),
             'deploy': ('dataplane/config', 'dataplane/tables', 'dataplane/isolation'), 'sctp': (*SHARED, 'sctp')}
# The program that joins two layers.
JOINS = {'controlplane/main.c': 'mgmt-api'}
NO_DPDK = (*SHARED, 'controlplane', 'mgmt-api', 'deploy', 'sctp', 'tests/support')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def within(path, folder):
    return path == folder or path.startswith(folder + '/')


def layer(path, known):
    """The longest of the known folders that path lies in."""
    return max((folder for folder in known if within(path, folder)), key=len, default=None)


def read_meson():
    """Folder -> (dependency objects that it declares, that it names)."""
    result = {}
    for path in tree.files('*meson.build'):
        text = re.sub(r'#[^\n]*', '', tree.read(path))
        declared = set(re.findall(r'(\w+_dep)\s*=\s*declare_dependency', text))
        result[os.path.dirname(path)] = (declared, set(re.findall(r'\w+_dep\b', text)))
    return result


def reachable(folder, meson, declared_in):
    """Folders whose dependency this one, or one that it names, names."""
    seen, todo = set(), [folder]
    while todo:
        for name in meson.get(todo.pop(), ((), ()))[1]:
            target = declared_in.get(name)
            if target is not None and target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def ambiguous(homes, built, sees):
    """Headers of one name that some folder could include both of."""
    found = []
    for name, paths in homes.items():
        folders = [layer(path, built) for path in paths]
        if len(paths) > 1 and any(sum(folder in seen for folder in folders) > 1 for seen in sees.values()):
            found.append(f'{name}: the name of {len(paths)} headers: {", ".join(paths)}')
    return found


def nearest(homes, path, own):
    """The header that the compiler takes: the one beside the file, else in its own layer, else any."""
    beside = [home for home in homes if os.path.dirname(home) == os.path.dirname(path)]
    inside = [home for home in homes if own is not None and within(home, own)]
    return (beside or inside or homes)[:1]


def main():
    meson = read_meson()
    declared_in = {name: folder for folder, (declared, _) in meson.items() for name in declared}
    # A layer counts before it is built, too.
    built = {folder for folder in meson if folder} | set(MAY_REACH)
    sources, homes, problems = tree.files('*.c', '*.h'), {}, []
    for path in sources:
        if path.endswith('.h'):
            homes.setdefault(os.path.basename(path), []).append(path)
    problems += ambiguous(homes, built, {folder: reachable(folder, meson, declared_in) | {folder} for folder in built})
    for path in sources:
        text = tree.read(path)
        own = layer(path, built)
        allowed = reachable(own, meson, declared_in) if own else set()
        rules = layer(path, MAY_REACH)
        for match in INCLUDE.finditer(text):
            name = match.group(2)
            where = f'{path}:{text.count(chr(10), 0, match.start()) + 1}'
            if re.match(r'rte_', name) and any(within(path, folder) for folder in NO_DPDK):
                problems.append(f'{where}: {name}: no DPDK here')
            if match.group(1) == '<':
                if name in homes and not os.path.exists('/usr/include/' + name):
                    problems.append(f'{where}: <{name}> is a header of this tree: include it with quotes')
                continue
            if '/' in name:
                problems.append(f'{where}: "{name}": a header of this tree is included without a path')
            for home in nearest(homes.get(name, []), path, own):
                target = layer(home, built)
                if own is None or target is None or target == own or home.startswith('tests/vectors/'):
                    continue
                if path in JOINS and within(home, JOINS[path]):
                    continue
                if target not in allowed:
                    problems.append(f'{where}: "{name}" is of {target}, which {own}/meson.build does not name')
                if rules and not within(home, rules) and not any(within(home, to) for to in MAY_REACH[rules]):
                    problems.append(f'{where}: "{name}": {rules} must not know {target}')
    tree.finish(problems, seen=len(sources))


main()
