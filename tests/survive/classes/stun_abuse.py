#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Binding requests that lie about where they come from, and what the gateway sends there for them.

usage: stun_abuse.py INTERFACE STATION MODE CREDENTIALS
  CREDENTIALS  file of naru-client --credentials; one session of it is named by its role, the last word
  nominate ROLE  checks of that session with USE-CANDIDATE, from a victim's address
  answers ROLE   one request of each kind, each from an address of its own
  errors ROLE    requests that deserve an error, from all addresses of one /24, for three seconds
Prints JSON. All sizes are of IP packets.
"""
import json
import os
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../support'))
from packets import Link, datagram
from stun import INTEGRITY, PRIORITY, REQUEST, USERNAME, Message, check

VICTIM = '198.51.100.7'


class Session:
    def __init__(self, path, role):
        rows = [json.loads(line) for line in open(path)]
        row = [row for row in rows if row['role'] == role][0]
        self.username = f'{row["remote_ufrag"]}:{row["local_ufrag"]}'.encode()
        self.password = row['remote_password'].encode()
        self.address, port = row['remote'].rsplit(':', 1)
        self.port = int(port)

    def datagram(self, source, from_port, data):
        return datagram(source, from_port, self.address, self.port, data)


def listen(link, seconds, wanted):
    """What comes for addresses of `wanted` until then, collected while the caller sends: (list, thread)."""
    packets = []

    def collect():
        packets.extend(packet for packet in link.heard(seconds) if packet[2].startswith(wanted))
    thread = threading.Thread(target=collect)
    thread.start()
    return packets, thread


def nominate(link, session):
    packets, thread = listen(link, 3, VICTIM)
    sent = 0
    for _ in range(20):
        kind, data = session.datagram(VICTIM, 5000, check(session.username, session.password))
        link.send((kind, data))
        sent += len(data)
        time.sleep(0.1)
    thread.join()
    received = sum(packet[5] for packet in packets)
    return {'sent': sent, 'received': received, 'ratio': round(received / sent, 2),
            'media': sum(len(packet[4]) > 0 and packet[4][0] >= 128 for packet in packets),
            'dtls': sum(len(packet[4]) > 0 and 20 <= packet[4][0] < 64 for packet in packets)}


def kinds(session):
    """(name, request) of what a reflector would be asked."""
    right = session.username
    yield 'valid', check(right, session.password)
    yield 'smallest valid', Message(REQUEST, os.urandom(12)).add(USERNAME, right).integrity(session.password).bytes()
    yield 'bad integrity', check(right, b'wrong')
    yield 'unknown user', check(b'none:none', b'wrong')
    yield 'nothing in it', Message(REQUEST, os.urandom(12)).bytes()
    yield 'no integrity', Message(REQUEST, os.urandom(12)).add(USERNAME, right).bytes()
    unknown = Message(REQUEST, os.urandom(12)).add(USERNAME, right)
    for kind in range(0x7f00, 0x7f20):
        unknown.add(kind, b'')
    yield 'unknown attributes', unknown.seal(session.password)
    yield 'indication', Message(0x11, os.urandom(12)).add(USERNAME, right).bytes()
    yield 'error', Message(0x111, os.urandom(12)).add(9, b'\0\0\4\1').bytes()
    yield 'allocate', Message(3, os.urandom(12)).bytes()
    yield 'length too long', Message(REQUEST, os.urandom(12)).add(USERNAME, right).bytes(400)
    yield 'length too short', Message(REQUEST, os.urandom(12)).add(USERNAME, right).bytes(-4)
    yield 'attribute past the end', Message(REQUEST, os.urandom(12)).bytes(4) + struct.pack('!HH', PRIORITY, 400)
    yield 'attribute of 65535', Message(REQUEST, os.urandom(12)).bytes(4) + struct.pack('!HH', INTEGRITY, 0xffff)
    yield 'in a long datagram', check(right, session.password) + b'\0' * 800


def answers(link, session):
    """First answer by size (the gateway's own check comes behind that), and all bytes, over the request's."""
    rows = {}
    for number, (name, request) in enumerate(kinds(session)):
        source = f'203.0.{113 + number}.9'  # a prefix each: errors are limited by prefix
        kind, data = session.datagram(source, 5000, request)
        packets, thread = listen(link, 0.6 if 'valid' in name else 0.12, source)
        link.send((kind, data))
        thread.join()
        first = packets[0][5] if packets else 0
        rows[name] = {'answer': round(first / len(data), 2),
                      'all': round(sum(packet[5] for packet in packets) / len(data), 2)}
    return {'rows': rows, 'answer': max(row['answer'] for row in rows.values()),
            'all': max(row['all'] for row in rows.values()),
            'silent': all(row['all'] == 0 for name, row in rows.items() if name.split()[0] in (
                'indication', 'error', 'allocate', 'length', 'attribute', 'in'))}


def errors(link, session):
    packets, thread = listen(link, 4, '198.51.100.')
    requests = [check(session.username, b'wrong'), check(b'none:none', b'x'), Message(REQUEST, os.urandom(12)).bytes()]
    end, sent = time.monotonic() + 3, 0
    while time.monotonic() < end:
        for _ in range(20):
            link.send(session.datagram(f'198.51.100.{sent % 250 + 1}', 5000 + sent % 7, requests[sent % 3]))
            sent += 1
        time.sleep(0.01)
    thread.join()
    return {'sent': sent, 'answers': len(packets), 'a_second': round(len(packets) / 3, 1)}


def main():
    interface, station, mode, path, role = sys.argv[1:6]
    mode = {'nominate': nominate, 'answers': answers, 'errors': errors}[mode]
    print(json.dumps(mode(Link(interface, station), Session(path, role))))


main()
