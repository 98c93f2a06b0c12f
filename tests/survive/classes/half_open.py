#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sessions whose DTLS handshake begins and never ends: fragments of messages that are never complete.

usage: half_open.py URL COUNT
Posts COUNT offers, passes the ICE check of those that were taken, and sends the first fragments of ten long handshake
messages on each, again and again for a second. Prints JSON: how many were admitted and refused (429).
"""
import json
import os
import re
import socket
import struct
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../support'))
from stun import COOKIE, SUCCESS, Message, check

PASSWORD = 'smokesmokesmokesmokesmoke'
OFFER = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111',
         'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=sendonly', 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2', 'a=ice-ufrag:smok',
         f'a=ice-pwd:{PASSWORD}', 'a=setup:actpass', 'a=fingerprint:sha-256 ' + ':'.join(['AB'] * 32)]


class Peer:
    def __init__(self, answer):
        self.ufrag = re.search(r'^a=ice-ufrag:(\S+)', answer, re.M)[1]
        self.password = re.search(r'^a=ice-pwd:(\S+)', answer, re.M)[1].encode()
        address, port = re.search(r'^a=candidate:\S+ 1 UDP \d+ (\d+\.\S+) (\d+)', answer, re.M | re.I).groups()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((address, int(port)))
        self.socket.setblocking(False)
        self.records = 0
        self.socket.send(check(f'{self.ufrag}:smok'.encode(), self.password))

    def answer_checks(self):
        while True:
            try:
                data = self.socket.recv(2048)
            except BlockingIOError:
                return
            if data[:2] == b'\0\1':
                address, port = self.socket.getpeername()
                mapped = struct.pack('!BBH', 0, 1, port ^ COOKIE >> 16) + socket.inet_aton(address)
                self.socket.send(Message(SUCCESS, data[8:20]).add(0x20, mapped).seal(PASSWORD.encode()))

    def send_fragment(self, sequence, size):
        """One fragment of message `sequence`, which claims to be `size` bytes long."""
        part = os.urandom(200)
        body = b'\1' + size.to_bytes(3, 'big') + struct.pack('!H', sequence) + (300).to_bytes(3, 'big')
        body += len(part).to_bytes(3, 'big') + part
        self.socket.send(struct.pack('!BHHHLH', 22, 0xfefd, 0, 0, self.records, len(body)) + body)
        self.records += 1


def post(url, number):
    body = ''.join(f'{line}\r\n' for line in OFFER).encode()
    request = urllib.request.Request(f'{url}/whip/half{number}', body, {'Content-Type': 'application/sdp'})
    try:
        return urllib.request.urlopen(request, timeout=5).read().decode()
    except urllib.error.HTTPError as error:
        assert error.code == 429, error.code
        return None


def main():
    url, count = sys.argv[1], int(sys.argv[2])
    answers = [post(url, number) for number in range(count)]
    peers = [Peer(answer) for answer in answers if answer]
    end = time.monotonic() + 1
    while time.monotonic() < end:
        for peer in peers:
            peer.answer_checks()
            for sequence in range(10):
                peer.send_fragment(sequence, 6000)
        time.sleep(0.05)
    print(json.dumps({'admitted': len(peers), 'refused': count - len(peers)}))


main()
