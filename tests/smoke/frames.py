#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends frames that a gateway must drop, out of one interface, and prints as JSON how many under which name.

usage: frames.py INTERFACE STATION ADDRESS4 ADDRESS6 SHARD-PORT COUNT all | known SOURCE:PORT | checksum
  all       whatever is wrong from Ethernet to STUN, from addresses that no session knows
  known     media and DTLS of a third party, under the address and port of a session's peer
  checksum  a wrong UDP checksum, over IPv4 and IPv6
"""
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
from packets import FRAGMENT, ICMP, ICMP6, SCTP, UDP, Link, checksum, ip4, ip6, packed, udp

FOREIGN4, FOREIGN6 = '198.51.100.7', '2001:db8::7'


def icmp(kind, data=b'\0' * 8, wrong_sum=False):
    body = struct.pack('!BBH', kind, 0, 0) + data
    return body[:2] + struct.pack('!H', checksum(body) ^ (1 if wrong_sum else 0)) + body[4:]


def stun(kind, attributes=b'', length=None, cookie=0x2112a442):
    length = len(attributes) if length is None else length
    return struct.pack('!HHL', kind, length, cookie) + os.urandom(12) + attributes


def arp(target, hardware=1):
    return 0x0806, struct.pack('!HHBBH6s4s6s4s', hardware, 0x0800, 6, 4, 1, b'\2' * 6, packed('198.51.100.7'), b'', packed(target))


def rtp(size=200):
    return b'\x80\x6f' + os.urandom(size - 2)


def rtcp(size=60):
    return b'\x80\xc8\x00\x06' + os.urandom(size - 4)


def dtls(size=60, claimed=None):
    claimed = size - 13 if claimed is None else claimed
    return struct.pack('!BHHHLH', 23, 0xfefd, 1, 0, 9, claimed) + os.urandom(size - 13)


def below_udp(us4, us6, port):
    """(counter, (EtherType, bytes)): everything below UDP."""
    def four(**wrong):
        return ip4(FOREIGN4, us4, udp(FOREIGN4, us4, port, rtp()), **wrong)

    def six(payload=None, **wrong):
        return ip6(FOREIGN6, us6, payload or udp(FOREIGN6, us6, port, rtp()), **wrong)
    yield 'eth_input_unknown_type', (0x88b5, bytes(60))
    yield 'arp_input_malformed', arp(us4, hardware=6)
    yield 'arp_input_not_for_us', arp('203.0.113.9')
    yield 'ip4_input_malformed', four(total=1400)
    yield 'ip4_input_malformed', four(total=19)
    yield 'ip4_input_malformed', four(version=0x44)
    yield 'ip4_input_malformed', (0x0800, b'\x45' + bytes(9))
    yield 'ip4_input_bad_checksum', four(wrong_sum=True)
    yield 'ip4_input_fragment', four(fragment=0x2000)
    yield 'ip4_input_fragment', four(fragment=0x0010)
    yield 'ip4_input_not_for_us', ip4(FOREIGN4, '203.0.113.9', udp(FOREIGN4, '203.0.113.9', port, rtp()))
    for martian in '0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255':
        yield 'ip4_input_martian', ip4(martian, us4, udp(martian, us4, port, rtp()))
    yield 'ip4_input_unknown_protocol', four(protocol=SCTP)
    yield 'icmp_input_malformed', ip4(FOREIGN4, us4, icmp(8, wrong_sum=True), protocol=ICMP)
    yield 'icmp_input_malformed', ip4(FOREIGN4, us4, b'\x08\0', protocol=ICMP)
    yield 'icmp_input_unhandled', ip4(FOREIGN4, us4, icmp(13), protocol=ICMP)
    yield 'ip6_input_malformed', six(length=1400)
    yield 'ip6_input_malformed', (0x86dd, b'\x60' + bytes(20))
    yield 'ip6_input_fragment', six(payload=struct.pack('!BBHL', UDP, 0, 1, 7) + rtp(), protocol=FRAGMENT)
    for martian in '::', '::1', 'ff02::1':
        yield 'ip6_input_martian', ip6(martian, us6, udp(martian, us6, port, rtp()))
    yield 'ip6_input_unknown_protocol', six(protocol=SCTP)
    yield 'nd_input_malformed', six(payload=icmp(135, bytes(4) + packed(us6)), protocol=ICMP6, hops=64)


def above_udp(us4, port):
    """(counter, (EtherType, bytes)): UDP, and what it carries."""
    def datagram(data, to=port, **wrong):
        return ip4(FOREIGN4, us4, udp(FOREIGN4, us4, to, data, **wrong))
    yield 'udp_classify_malformed', datagram(rtp(), length=1400)
    yield 'udp_classify_malformed', datagram(rtp(), length=7)
    yield 'udp_classify_malformed', datagram(b'')
    yield 'udp_classify_malformed', ip4(FOREIGN4, us4, b'\x9c\x40\x40\x00')
    yield 'udp_classify_no_shard', datagram(rtp(), to=9)
    yield 'udp_classify_no_shard', datagram(rtp(), from_port=0)
    yield 'udp_classify_unknown_source', datagram(rtp())
    yield 'udp_classify_unknown_source', datagram(rtp(1472))
    yield 'udp_classify_unknown_source', datagram(rtcp())
    yield 'dtls_punt_unchecked_source', datagram(dtls())
    yield 'udp_classify_unknown_protocol', datagram(b'\xff' + os.urandom(99))
    yield 'udp_classify_unknown_protocol', datagram(b'\x05')
    yield 'stun_reply_malformed', datagram(stun(1, b'', length=100))
    yield 'stun_reply_malformed', datagram(stun(1, struct.pack('!HH', 6, 400)))
    yield 'stun_reply_malformed', datagram(stun(1, struct.pack('!HHL', 0x8028, 4, 7)))
    yield 'stun_reply_unhandled', datagram(stun(3))
    yield 'stun_reply_unexpected_response', datagram(stun(0x101))


def of_known(us4, port, source, from_port):
    """(counter, (EtherType, bytes)): from a session's own address, by one who has no keys."""
    def datagram(data):
        return ip4(source, us4, udp(source, us4, port, data, from_port=from_port))
    yield 'srtp_unprotect_malformed', datagram(b'\x80\x6f' + bytes(6))
    yield 'srtp_unprotect_malformed', datagram(b'\x9f\x6f' + bytes(38))
    yield 'srtcp_unprotect_malformed', datagram(b'\x80\xc8\x00\x06' + bytes(10))
    yield 'srtcp_unprotect_bad_tag', datagram(rtcp()[:-4] + b'\x80' + os.urandom(3))
    yield 'dtls_punt_malformed', datagram(dtls(claimed=400))
    yield 'udp_classify_unknown_protocol', datagram(b'\xff' + os.urandom(99))
    yield 'stun_reply_malformed', datagram(stun(1, b'', length=100))
    yield 'stun_reply_unexpected_response', datagram(stun(0x101))
    yield 'stun_reply_unexpected_response', datagram(stun(0x111))
    yield 'stun_reply_unhandled', datagram(stun(3))


def of_checksum(us4, us6, port):
    yield 'udp_classify_bad_checksum', ip4(FOREIGN4, us4, udp(FOREIGN4, us4, port, rtp(), wrong_sum=True))
    yield 'udp_classify_bad_checksum', ip6(FOREIGN6, us6, udp(FOREIGN6, us6, port, rtp(), wrong_sum=True))


def main():
    interface, station, us4, us6, port, count, mode = sys.argv[1:8]
    port, count = int(port), int(count)
    if mode == 'known':
        source, from_port = sys.argv[8].rsplit(':', 1)
        rows = of_known(us4, port, source, int(from_port))
    elif mode == 'checksum':
        rows = of_checksum(us4, us6, port)
    else:
        rows = [*below_udp(us4, us6, port), *above_udp(us4, port), *of_checksum(us4, us6, port)]
    link = Link(interface, station)
    sent = {}
    if mode == 'all':
        rows.append(('eth_input_other_mac', (0x0800, bytes(46))))
        rows.append(('eth_input_other_vlan', (0x8100, struct.pack('!HH', 7, 0x0800) + bytes(46))))
    for counter, packet in rows:
        for _ in range(count):
            link.send(packet, b'\2\0\0\0\0\x99' if counter == 'eth_input_other_mac' else None)
        sent[counter] = sent.get(counter, 0) + count
    print(json.dumps(sent))


main()
