# SPDX-License-Identifier: Apache-2.0
"""Frames built by hand, and a link to put them on: for tests that say what no kernel would say."""
import ipaddress
import select
import socket
import struct
import time

UDP, ICMP, ICMP6, SCTP, FRAGMENT = 17, 1, 58, 132, 44
OUTGOING = 4  # PACKET_OUTGOING: what this host sent itself


def packed(address):
    return ipaddress.ip_address(address).packed


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp(source, target, port, data, from_port=40000, length=None, wrong_sum=False):
    length = 8 + len(data) if length is None else length
    head = struct.pack('!HHH', from_port, port, length)
    pseudo = packed(source) + packed(target) + struct.pack('!LL', 8 + len(data), UDP)
    right = checksum(pseudo + head + b'\0\0' + data) or 0xffff
    return head + struct.pack('!H', right ^ (0x1234 if wrong_sum else 0)) + data


def ip4(source, target, payload, protocol=UDP, total=None, version=0x45, fragment=0, wrong_sum=False):
    total = 20 + len(payload) if total is None else total
    head = struct.pack('!BBHHHBBH', version, 0, total, 1, fragment, 64, protocol, 0) + packed(source) + packed(target)
    right = checksum(head) ^ (0x1234 if wrong_sum else 0)
    return 0x0800, head[:10] + struct.pack('!H', right) + head[12:] + payload


def ip6(source, target, payload, protocol=UDP, length=None, hops=64):
    length = len(payload) if length is None else length
    return 0x86dd, struct.pack('!LHBB', 6 << 28, length, protocol, hops) + packed(source) + packed(target) + payload


def datagram(source, from_port, target, port, data):
    """(EtherType, bytes) of a whole UDP datagram; the addresses say which IP."""
    wrap = ip4 if len(packed(source)) == 4 else ip6
    return wrap(source, target, udp(source, target, port, data, from_port=from_port))


def split(data):
    """(source, source port, target, target port, payload, IP size) of a UDP packet without options, else None."""
    if len(data) >= 28 and data[0] == 0x45 and data[9] == UDP:
        head, size, source, target = 20, struct.unpack_from('!H', data, 2)[0], data[12:16], data[16:20]
    elif len(data) >= 48 and data[0] >> 4 == 6 and data[6] == UDP:
        head, size, source, target = 40, 40 + struct.unpack_from('!H', data, 4)[0], data[8:24], data[24:40]
    else:
        return None
    from_port, port = struct.unpack_from('!HH', data, head)
    return (str(ipaddress.ip_address(source)), from_port, str(ipaddress.ip_address(target)), port,
            data[head + 8:size], size)


class Link:
    """A raw socket on one interface, toward one station."""

    def __init__(self, interface, station):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.bind((interface, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)  # SO_RCVBUFFORCE
        self.head = bytes.fromhex(station.replace(':', '')) + b'\2\0\0\0\0\7'

    def send(self, packet, station=None):
        kind, data = packet
        self.socket.send((station or self.head[:6]) + self.head[6:] + struct.pack('!H', kind) + data)

    def frames(self, seconds):
        """Frames from the station, until that time is over."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                return
            frame, address = self.socket.recvfrom(65536)
            if address[2] != OUTGOING:
                yield frame

    def heard(self, seconds):
        """UDP packets from the station, as split() says them, until that time is over."""
        for frame in self.frames(seconds):
            packet = split(frame[14:])
            if packet:
                yield packet
