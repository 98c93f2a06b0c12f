#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The control plane gets its time and its randomness passed: the files named here alone ask the machine, libuv, or
OpenSSL for them. OpenSSL's handshakes stay behind dtls/dtls_engine.h."""
import re
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rpartition('/')[0] + '/lib')
import tree

# What asks, and the files that may.
RULES = [
    (re.compile(r'\b(clock_gettime|gettimeofday|getrandom|time)\s*\('), ('controlplane/system.c',)),
    (re.compile(r'\b(uv_now|uv_hrtime)\s*\('), ()),
    (re.compile(r'\bRAND_\w+\s*\('), ()),
    (re.compile(r'\b(rand|random|rand_r|arc4random|timespec_get)\s*\(\s*\)'), ()),
    (re.compile(r'<uv\.h>'), ('controlplane/gateway_internal.h',)),
    (re.compile(r'\bsystem_kernel\b'), ('controlplane/system.h', 'controlplane/system.c', 'controlplane/main.c',
                                        'controlplane/log.c')),
    (re.compile(r'\bSSL_\w+\s*\(|\bSSL_CTX_\w+\s*\('), ('controlplane/dtls/dtls_context.c',
                                                         'controlplane/dtls/openssl_bio.c',
                                                         'controlplane/dtls/openssl_engine.c',
                                                         'controlplane/dtls/openssl_keys.c',
                                                         'controlplane/dtls/openssl_records.c')),
]

problems, seen = [], 0
for path in tree.files('controlplane/*.c', 'controlplane/*.h'):
    seen += 1
    for number, line in enumerate(tree.without_comments(tree.read(path)).split('\n'), 1):
        for pattern, allowed in RULES:
            found = pattern.search(line)
            if found and path not in allowed:
                problems.append(f'{path}:{number}: {found.group(0)} is for {", ".join(allowed) or "none"} alone')
tree.finish(problems, seen=seen)
