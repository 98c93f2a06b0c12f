#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The file that tests/support/fail_allocation.c reads. usage: allocation_plan.py FILE make EVERY WHICH | arm | disarm | show

make   places whose hash is WHICH modulo EVERY fail, once each; EVERY 0: all
show   prints how many places were seen, and how many failed
"""
import struct
import sys

path, order = sys.argv[1:3]
if order == 'make':
    with open(path, 'wb') as file:
        file.write(struct.pack('=5L4x', 0, int(sys.argv[3]), int(sys.argv[4]), 0, 0) + bytes(8 * 65536))
elif order == 'show':
    print(*struct.unpack('=2L', open(path, 'rb').read(20)[12:]))
else:
    with open(path, 'r+b') as file:
        file.write(struct.pack('=L', order == 'arm'))
