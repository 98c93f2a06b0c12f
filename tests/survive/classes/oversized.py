#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Datagrams in pieces, frames over the MTU, and lengths that lie, under a stranger's address and under a session's peer's.

usage: oversized.py INTERFACE STATION ADDRESS4 PEER4:PORT PORT4 ADDRESS6 PEER6:PORT PORT6 COUNT
Prints as JSON how many were sent, by the name under which they must be dropped, and how many packets came back.
"""
import json
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../support'))
from packets import FRAGMENT, ICMP, ICMP6, UDP, Link, ip4, ip6, packed, udp

MORE = 0x2000  # of IPv4's fragments
HOP_BY_HOP = 0
MTU = 1500
STRANGER4, STRANGER6 = '198.51.100.7', '2001:db8::7'


def rtp(size=200):
    return b'\x80\x6f' + os.urandom(size - 2)


class Side:
    """One who sends: an address and a port, over one kind of IP."""

    def __init__(self, source, from_port, target, port, verdict):
        self.ends, self.from_port, self.port, self.verdict = (source, target), from_port, port, verdict

    def udp(self, data, **wrong):
        return udp(*self.ends, self.port, data, from_port=self.from_port, **wrong)

    def lies(self, wrap):
        for length in 0, 7, 8, 209, 1480, 65535:
            yield 'udp_classify_malformed', wrap(*self.ends, self.udp(rtp(), length=length))
        yield 'udp_classify_malformed', wrap(*self.ends, self.udp(rtp())[:4])
        # Shorter than what IP carries: the rest is nobody's.
        yield self.verdict, wrap(*self.ends, self.udp(rtp()) + os.urandom(600))

    def too_long(self, wrap, header):
        for size in MTU + 5, 1550, 1600:
            yield 'port_rx_too_long', wrap(*self.ends, self.udp(rtp(size - header - 8)))


def rows_of_4(side):
    whole = side.udp(rtp(1400))
    pieces = [(MORE, whole[:800]), (MORE | 50, whole[400:1200]), (150, whole[1200:]),  # in order, and they overlap
              (MORE, whole[:8]), (MORE | 1, whole[8:16]), (1, bytes(8)),  # the header alone, and written over
              (MORE, b''), (0x1fff, whole[:800]),  # beyond 65,535 bytes
              (MORE, whole[:801])]  # no multiple of 8
    for fragment, data in pieces:
        yield 'ip4_input_fragment', ip4(*side.ends, data, fragment=fragment)
    yield 'ip4_input_malformed', ip4(*side.ends, whole, total=len(whole) + 21)
    yield 'ip4_input_malformed', ip4(*side.ends, whole, total=65535)
    yield from side.lies(ip4)
    yield from side.too_long(ip4, 20)


def rows_of_6(side):
    def piece(offset, more, data):
        return struct.pack('!BBHL', UDP, 0, offset | more, 77) + data
    whole = side.udp(rtp(1400))
    pieces = [(0, 1, whole[:800]), (400, 1, whole[400:1200]), (1200, 0, whole[1200:]), (0, 0, whole),  # RFC 6946: atomic
              (0, 1, b''), (0xfff8, 1, whole[:800])]
    for offset, more, data in pieces:
        yield 'ip6_input_fragment', ip6(*side.ends, piece(offset, more, data), protocol=FRAGMENT)
    yield 'ip6_input_unknown_protocol', ip6(*side.ends, struct.pack('!BB6x', FRAGMENT, 0) + piece(0, 1, whole[:800]),
                                            protocol=HOP_BY_HOP)
    yield 'ip6_input_malformed', ip6(*side.ends, whole, length=len(whole) + 1)
    yield 'udp_classify_malformed', ip6(*side.ends, whole, length=0)  # RFC 2675: a jumbogram
    yield from side.lies(ip6)
    yield from side.too_long(ip6, 40)


def is_error(frame):
    """What RFC 792 and RFC 4443 answer to such a packet."""
    return (frame[12:14] == b'\x08\0' and frame[23] == ICMP and frame[34] in (3, 11, 12) or
            frame[12:14] == b'\x86\xdd' and frame[20] == ICMP6 and frame[54] < 128)


def main():
    interface, station, us4, peer4, port4, us6, peer6, port6, count = sys.argv[1:]
    (known4, from4), (known6, from6) = peer4.rsplit(':', 1), peer6.rsplit(':', 1)
    rows = [*rows_of_4(Side(STRANGER4, 40000, us4, int(port4), 'udp_classify_unknown_source')),
            *rows_of_4(Side(known4, int(from4), us4, int(port4), 'srtp_unprotect_bad_tag')),
            *rows_of_6(Side(STRANGER6, 40000, us6, int(port6), 'udp_classify_unknown_source')),
            *rows_of_6(Side(known6.strip('[]'), int(from6), us6, int(port6), 'srtp_unprotect_bad_tag'))]
    link, answers, sent = Link(interface, station), Link(interface, station), {}
    for _ in range(int(count)):
        for counter, packet in rows:
            link.send(packet)
            sent[counter] = sent.get(counter, 0) + 1
        time.sleep(0.01)
    came_back = errors = 0
    for frame in answers.frames(0.5):
        errors += is_error(frame)
        came_back += packed(STRANGER4) == frame[30:34] or packed(STRANGER6) == frame[38:54]
    print(json.dumps({'sent': sent, 'errors': errors, 'to_strangers': came_back}))


main()
