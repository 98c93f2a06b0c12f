#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Datagrams that the kernel must send in fragments: usage: fragments.py ADDRESS PORT COUNT. Prints how many fragments."""
import json
import socket
import sys
import time

address, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sizes = [1473, 4000, 20000, 65000]
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER: do not set DF
sent = 0
for number in range(count // len(sizes)):
    for size in sizes:
        sender.sendto(b'\x80\x6f' + bytes(size - 2), (address, port))
        fragments = -(-(size + 8) // 1480)
        sent += fragments
        time.sleep(fragments / 2000)
print(json.dumps({'sent': sent}))
