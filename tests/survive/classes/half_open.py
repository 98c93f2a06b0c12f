#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sessions whose DTLS handshake begins and never ends: fragments of messages that are never complete.

usage: half_open.py URL COUNT [--sources N] [--stopped PID...]
Posts COUNT offers, passes the ICE checks of those that were taken, from N addresses each (1), and sends the first
fragments of ten long handshake messages on 60 of them, again and again for a second. Meanwhile these processes are
stopped.
Prints JSON: how many were admitted and refused (429), and how many addresses no check was answered to.
"""
import argparse
import json
import os
import re
import resource
import signal
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


class Source:
    """One of a peer's addresses."""

    def __init__(self, gateway, request):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(gateway)
        self.socket.setblocking(False)
        self.request, self.passed = request, False

    def check(self):
        if not self.passed:
            self.socket.send(self.request())

    def answer_checks(self):
        while True:
            try:
                data = self.socket.recv(2048)
            except BlockingIOError:
                return
            self.passed |= data[:2] == struct.pack('!H', SUCCESS)
            if data[:2] == b'\0\1':
                address, port = self.socket.getpeername()
                mapped = struct.pack('!BBH', 0, 1, port ^ COOKIE >> 16) + socket.inet_aton(address)
                self.socket.send(Message(SUCCESS, data[8:20]).add(0x20, mapped).seal(PASSWORD.encode()))


class Peer:
    def __init__(self, answer, sources):
        ufrag = re.search(r'^a=ice-ufrag:(\S+)', answer, re.M)[1]
        password = re.search(r'^a=ice-pwd:(\S+)', answer, re.M)[1].encode()
        address, port = re.search(r'^a=candidate:\S+ 1 UDP \d+ (\d+\.\S+) (\d+)', answer, re.M | re.I).groups()
        self.sources = [Source((address, int(port)), lambda: check(f'{ufrag}:smok'.encode(), password))
                        for _ in range(sources)]
        self.records = 0

    def send_fragment(self, sequence, size):
        """One fragment of message `sequence`, which claims to be `size` bytes long."""
        part = os.urandom(200)
        body = b'\1' + size.to_bytes(3, 'big') + struct.pack('!H', sequence) + (300).to_bytes(3, 'big')
        body += len(part).to_bytes(3, 'big') + part
        self.sources[0].socket.send(struct.pack('!BHHHLH', 22, 0xfefd, 0, 0, self.records, len(body)) + body)
        self.records += 1


def post(url, number):
    body = ''.join(f'{line}\r\n' for line in OFFER).encode()
    request = urllib.request.Request(f'{url}/whip/half{number}', body, {'Content-Type': 'application/sdp'})
    try:
        return urllib.request.urlopen(request, timeout=5).read().decode()
    except urllib.error.HTTPError as error:
        assert error.code == 429, error.code
        return None


def pass_checks(sources):
    """Again for those that are not answered, which a gateway may be too busy for."""
    for _ in range(20):
        for source in sources:
            source.check()
        time.sleep(0.05)
        for source in sources:
            source.answer_checks()
        if all(source.passed for source in sources):
            return


def send_fragments(peers, sources):
    end = time.monotonic() + 1
    while time.monotonic() < end:
        for source in sources:
            source.answer_checks()
        for peer in peers[:60]:  # bursts that a queue has room for
            for sequence in range(10):
                peer.send_fragment(sequence, 6000)
        time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('url')
    parser.add_argument('count', type=int)
    parser.add_argument('--sources', type=int, default=1)
    parser.add_argument('--stopped', type=int, nargs='*', default=[])
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    answers = [post(options.url, number) for number in range(options.count)]
    peers = [Peer(answer, options.sources) for answer in answers if answer]
    sources = [source for peer in peers for source in peer.sources]
    pass_checks(sources)
    for process in options.stopped:
        os.kill(process, signal.SIGSTOP)
    send_fragments(peers, sources)
    for process in reversed(options.stopped):
        os.kill(process, signal.SIGCONT)
    print(json.dumps({'admitted': len(peers), 'refused': options.count - len(peers),
                      'unanswered': sum(not source.passed for source in sources)}))


main()
