#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP clients that hold a server up: usage: http_abuse.py PORT MODE [ARGUMENTS]; each prints JSON.

  flood COUNT SOURCES SECONDS  opens COUNT connections from so many addresses of 127.1.0.0/16, 3,000 a second at most,
                               sends half a header on each, and opens anew what the server closes; "held" is the most
                               that were open at once
  slow                         a header, then a body, byte by byte: after how many seconds the server had enough
  slow-tls                     the same inside of TLS, and a ClientHello byte by byte
  descriptions                 SDP offers beyond all reason: status and milliseconds of each
"""
import concurrent.futures
import http.client
import json
import resource
import selectors
import socket
import ssl
import sys
import time

HALF = b'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Half: '
BODY = b'POST /whip/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 5000\r\n\r\n'
OFFER = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111',
         'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=sendonly', 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2', 'a=ice-ufrag:smok',
         'a=ice-pwd:smokesmokesmokesmokesmoke', 'a=setup:actpass',
         'a=fingerprint:sha-256 ' + ':'.join(['AB'] * 32)]
PER_SECOND = 3000
port = int(sys.argv[1])


def connect(source='127.0.0.1'):
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    peer.bind((source, 0))
    peer.connect(('127.0.0.1', port))
    return peer


def flood(count, sources, seconds):
    count, sources, began = int(count), int(sources), time.monotonic()
    end = began + float(seconds)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
    watch, opened, held, closed = selectors.DefaultSelector(), 0, 0, 0
    while time.monotonic() < end:
        due = int((time.monotonic() - began) * PER_SECOND) - opened
        for _ in range(min(due, 200, count - len(watch.get_map()))):
            peer = connect(f'127.1.0.{opened % sources + 1}')
            opened += 1
            try:
                peer.send(HALF)
            except OSError:
                pass
            peer.setblocking(False)
            watch.register(peer, selectors.EVENT_READ)
        for key, _ in watch.select(0.01):
            closed += 1
            watch.unregister(key.fileobj)
            key.fileobj.close()
        held = max(held, len(watch.get_map()))
    return {'opened': opened, 'closed': closed, 'held': held}


def connect_tls():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connect())


def slowly(first, connect=connect):
    peer, began = connect(), time.monotonic()
    peer.send(first)
    peer.settimeout(0.2)
    while time.monotonic() - began < 20:
        try:
            peer.send(b'x')
            data = peer.recv(1000)
            if not data or b' 408 ' in data or b' 403 ' in data:
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return round(time.monotonic() - began, 1)


def all_at_once(rows):
    with concurrent.futures.ThreadPoolExecutor(len(rows)) as pool:
        running = {name: pool.submit(slowly, *row) for name, row in rows.items()}
        return {name: future.result() for name, future in running.items()}


def slow():
    return all_at_once({'header': (HALF,), 'body': (BODY,), 'nothing': (b'',)})


def slow_tls():
    # Its record claims to be longer than what comes of it.
    return all_at_once({'header': (HALF, connect_tls), 'body': (BODY, connect_tls), 'nothing': (b'', connect_tls),
                        'hello': (b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',), 'silence': (b'',)})


def descriptions():
    rows = {'lines': OFFER + ['a=x-nonsense:1'] * 20000,
            'candidates': OFFER + [f'a=candidate:{i} 1 UDP 1 192.0.2.1 {i} typ host' for i in range(1, 6000)],
            'sections': OFFER + OFFER[5:9] * 1500,
            'formats': OFFER[:5] + ['m=audio 9 UDP/TLS/RTP/SAVPF ' + ' '.join(['111'] * 60000)] + OFFER[6:],
            'ssrcs': OFFER + [f'a=ssrc:{i} cname:x' for i in range(1, 9000)],
            'fingerprints': OFFER + [OFFER[-1]] * 2500,
            'one long line': OFFER + ['a=mid:' + 'x' * 250000],
            'a NUL': OFFER + ['a=\0'],
            'no line ends': [''.join(OFFER)],
            'empty lines': [''] * 120000}
    repeated = 'formats', 'fingerprints'  # what stands there many times may be taken once
    result = {}
    for name, lines in rows.items():
        body = ''.join(f'{line}\r\n' for line in lines)[:320000].encode()
        began = time.monotonic()
        peer = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
        peer.request('POST', f'/whip/sdp-{name.replace(" ", "-")}', body, {'Content-Type': 'application/sdp'})
        status = peer.getresponse().status
        result[name] = {'status': status, 'ms': round((time.monotonic() - began) * 1000, 1)}
    return {'rows': result, 'most_ms': max(row['ms'] for row in result.values()),
            'refused': all(400 <= row['status'] < 500 for name, row in result.items() if name not in repeated)}


modes = {'flood': flood, 'slow': slow, 'slow-tls': slow_tls, 'descriptions': descriptions}
print(json.dumps(modes[sys.argv[2]](*sys.argv[3:])))
