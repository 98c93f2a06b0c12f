# SPDX-License-Identifier: Apache-2.0
"""STUN messages (RFC 8489) with the attributes of ICE, for tests that lie with them."""
import hashlib
import hmac
import os
import struct
import zlib

COOKIE = 0x2112a442
REQUEST, SUCCESS, ERROR = 1, 0x101, 0x111
USERNAME, INTEGRITY, PRIORITY, USE_CANDIDATE, FINGERPRINT, CONTROLLING = 6, 8, 0x24, 0x25, 0x8028, 0x802a


class Message:
    """A STUN message under construction."""

    def __init__(self, kind, transaction):
        self.head = (kind, transaction)
        self.body = b''

    def bytes(self, more=0):
        kind, transaction = self.head
        return struct.pack('!HHL', kind, len(self.body) + more, COOKIE) + transaction + self.body

    def add(self, kind, value):
        self.body += struct.pack('!HH', kind, len(value)) + value + b'\0' * (-len(value) % 4)
        return self

    def integrity(self, password):
        return self.add(INTEGRITY, hmac.new(password, self.bytes(24), hashlib.sha1).digest())

    def seal(self, password):
        self.integrity(password)
        return self.add(FINGERPRINT, struct.pack('!L', zlib.crc32(self.bytes(8)) ^ 0x5354554e)).bytes()


def check(username, password, nominate=True):
    """A connectivity check as a controlling agent sends it."""
    request = Message(REQUEST, os.urandom(12)).add(USERNAME, username).add(PRIORITY, b'\x6e\x7f\0\xff')
    request.add(CONTROLLING, os.urandom(8))
    if nominate:
        request.add(USE_CANDIDATE, b'')
    return request.seal(password)
