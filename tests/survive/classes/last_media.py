#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""After how many seconds the last media packet left for one UDP port. usage: last_media.py INTERFACE PORT SECONDS"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../support'))
from packets import Link

interface, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
began, last, count = time.monotonic(), 0, 0
for packet in Link(interface, '00:00:00:00:00:00').heard(seconds):
    if packet[3] == port and packet[4] and packet[4][0] >= 128:
        last, count = time.monotonic() - began, count + 1
print(round(last, 2) if count else 'none')
