#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replays the ClientHellos of real clients after an ICE check, and tells what the gateway's DTLS answers.

usage: hello_replay.py PCAP URL OFFER
  PCAP   Ethernet capture of handshakes; the datagrams of a client up to the first answer are its ClientHello
  URL    a WHIP endpoint; each try gets a room of its own
  OFFER  file with an offer whose ICE credentials are smok / smokesmokesmokesmokesmoke
Prints a line for each try: CLIENT ORDER DATAGRAMS ANSWER VERSION SRTP-PROFILE; the last two of a ServerHello.
"""
import os
import re
import socket
import struct
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
from stun import COOKIE, Message, check

OWN_PASSWORD = b'smokesmokesmokesmokesmoke'


def datagrams(path):
    """(source port, payload) of each UDP packet."""
    data = open(path, 'rb').read()
    offset = 24
    while offset < len(data):
        size = struct.unpack_from('<L', data, offset + 8)[0]
        frame = data[offset + 16:offset + 16 + size]
        offset += 16 + size
        head = 34 if frame[12:14] == b'\x08\0' else 54
        length = struct.unpack_from('!H', frame, head + 4)[0]
        yield struct.unpack_from('!H', frame, head)[0], frame[head + 8:head + length]


def hellos(path):
    """The datagrams of each client before the first answer."""
    flights, talking = {}, None
    for port, payload in datagrams(path):
        if port == talking:
            flights[port].append(payload)
            continue
        talking = None
        if payload[0] == 22 and payload[13] == 1 and port not in flights:
            flights[port], talking = [payload], port
    return list(flights.values())


class Peer:
    def __init__(self, url, offer):
        request = urllib.request.Request(url, offer, {'Content-Type': 'application/sdp'})
        answer = urllib.request.urlopen(request, timeout=5).read().decode()
        self.ufrag = re.search(r'^a=ice-ufrag:(\S+)', answer, re.M)[1]
        self.password = re.search(r'^a=ice-pwd:(\S+)', answer, re.M)[1].encode()
        address, port = re.search(r'^a=candidate:\S+ 1 UDP \d+ (\d+\.\S+) (\d+)', answer, re.M | re.I).groups()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(0.1)
        self.socket.connect((address, int(port)))

    def check(self):
        self.socket.send(check(f'{self.ufrag}:smok'.encode(), self.password))

    def receive(self, seconds):
        """The first DTLS datagram within that time; checks are answered meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data = self.socket.recv(2048)
            except TimeoutError:
                continue
            if data[0] == 0 and data[1] == 1:
                self.answer(data)
            elif data[0] >= 20:
                return data
        return b''

    def answer(self, request):
        address, port = self.socket.getpeername()
        words = struct.unpack('!L', socket.inet_aton(address))[0]
        mapped = struct.pack('!BBHL', 0, 1, port ^ COOKIE >> 16, words ^ COOKIE)
        self.socket.send(Message(0x101, request[8:20]).add(0x20, mapped).seal(OWN_PASSWORD))


def describe(data):
    if not data:
        return 'none'
    if data[0] != 22:
        return f'record-{data[0]}'
    if data[13] != 2:
        return {3: 'HelloVerifyRequest'}.get(data[13], f'handshake-{data[13]}')
    body = data[25:]
    offset = 35 + body[34] + 3
    end, profile = offset + 2 + struct.unpack_from('!H', body, offset)[0], 'none'
    offset += 2
    while offset < end:
        kind, size = struct.unpack_from('!HH', body, offset)
        if kind == 14:
            profile = body[offset + 6:offset + 8].hex()
        offset += 4 + size
    return f'ServerHello {body[:2].hex()} {profile}'


def main():
    path, url, offer = sys.argv[1:4]
    offer = open(offer, 'rb').read()
    for client, flight in enumerate(hellos(path)):
        orders = {'as-sent': flight}
        if len(flight) > 1:
            orders |= {'reversed': flight[::-1], 'first-twice': flight[:1] + flight}
        orders['unchecked'] = flight
        for order, sent in orders.items():
            peer = Peer(f'{url}{client}{order}', offer)
            if order != 'unchecked':
                peer.check()
                peer.receive(0.2)
            for datagram in sent:
                peer.socket.send(datagram)
            print(client, order, len(sent), describe(peer.receive(2 if order != 'unchecked' else 0.3)), flush=True)


main()
