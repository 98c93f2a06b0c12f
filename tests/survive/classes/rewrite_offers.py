#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy before a gateway that says the fingerprints of offers in another way.

usage: rewrite_offers.py URL PORT MODE
  several        wrong ones, of other hashes too, before and behind the right one
  mixed-case     the right one with letters of either case
  missing, wrong, weak (SHA-1 alone), several-wrong
"""
import http.server
import re
import sys
import urllib.error
import urllib.request

WRONG = ':'.join(['AB'] * 32)


def rewrite(mode, line):
    """What stands in place of an a=fingerprint line."""
    value = line.split(' ', 1)[1]
    if mode == 'several':
        return [f'a=fingerprint:sha-256 {WRONG}', f'a=fingerprint:sha-512 {WRONG}:{WRONG}', line,
                'a=fingerprint:sha-1 ' + ':'.join(['00'] * 20)]
    if mode == 'mixed-case':
        return ['a=fingerprint:SHA-256 ' + ''.join(c.lower() if i % 2 else c.upper() for i, c in enumerate(value))]
    if mode == 'wrong':
        return [f'a=fingerprint:sha-256 {WRONG}']
    if mode == 'weak':
        return ['a=fingerprint:sha-1 ' + ':'.join(['00'] * 20)]
    if mode == 'several-wrong':
        return [f'a=fingerprint:sha-256 {WRONG}', f'a=fingerprint:sha-384 {":".join(["CD"] * 48)}']
    return []


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def forward(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        lines = []
        for line in body.decode().splitlines():
            lines += rewrite(sys.argv[3], line) if re.match('a=fingerprint:', line) else [line]
        body = ''.join(f'{line}\r\n' for line in lines).encode()
        request = urllib.request.Request(sys.argv[1] + self.path, body or None, method=self.command)
        if body:
            request.add_header('Content-Type', self.headers.get('Content-Type', ''))
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        text = answer.read()
        self.send_response(answer.status)
        for name in 'Content-Type', 'Location', 'ETag':
            if answer.headers.get(name):
                self.send_header(name, answer.headers[name])
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = do_PATCH = forward

    def log_message(self, *unused):
        pass


http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2])), Proxy).serve_forever()
