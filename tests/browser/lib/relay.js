// SPDX-License-Identifier: Apache-2.0
// A narrow link in user space: UDP of one peer to the gateway and back, at a limited rate behind a short queue.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { atEnd } from './checks.js';

const QUEUE_MS = 150;
const HEADERS = 28; // IPv4 and UDP belong to what a link carries

// One direction: serves packets in order, each for as long as its bits take; drops what would wait too long.
class Line {
  #queue = [];
  #freeAt = 0;
  #timer;
  dropped = 0;
  offered = 0; // bytes, those of dropped packets included

  constructor(link) {
    this.link = link;
  }

  send(payload, deliver) {
    const now = performance.now();
    const bytes = payload + HEADERS;
    this.offered += bytes;
    if (!this.link.kbps && this.#queue.length === 0) return deliver();
    const begin = Math.max(now, this.#freeAt);
    if (begin - now > QUEUE_MS) {
      this.dropped += 1;
      return undefined;
    }
    this.#freeAt = begin + (this.link.kbps ? (bytes * 8) / this.link.kbps : 0);
    this.#queue.push({ at: this.#freeAt, deliver });
    this.#timer ??= setTimeout(() => this.#serve(), this.#freeAt - now);
    return undefined;
  }

  #serve() {
    this.#timer = undefined;
    while (this.#queue.length && this.#queue[0].at <= performance.now() + 0.5) this.#queue.shift().deliver();
    if (this.#queue.length) this.#timer = setTimeout(() => this.#serve(), this.#queue[0].at - performance.now());
  }
}

export class Relay {
  #socket = createSocket('udp4');
  #upstream = new Map(); // peer's address and port -> socket towards the gateway
  #up = new Line(this);
  #down = new Line(this);
  cut = false; // true: nothing passes
  loss = 0; // of all packets, either way
  lost = 0;

  // address: where the peer finds it; kbps: undefined is no limit.
  static async start(address, kbps) {
    const relay = new Relay();
    relay.kbps = kbps;
    relay.#socket.on('message', (data, peer) => relay.#fromPeer(data, peer));
    relay.#socket.bind(0, address);
    await once(relay.#socket, 'listening');
    atEnd(async () => relay.close());
    return relay;
  }

  get place() {
    return this.#socket.address();
  }

  get dropped() {
    return { up: this.#up.dropped, down: this.#down.dropped };
  }

  // Bytes that the peer has sent, with their IPv4 and UDP headers.
  get fromPeer() {
    return this.#up.offered;
  }

  // Until the gateway's address is known, which its answer tells, packets are lost.
  connect(gateway) {
    this.gateway = gateway;
  }

  get #passes() {
    return this.gateway && !this.cut;
  }

  #loses() {
    const isLost = Math.random() < this.loss;
    this.lost += isLost;
    return isLost;
  }

  #fromPeer(data, peer) {
    if (!this.#passes || this.#loses()) return;
    const socket = this.#socketOf(peer);
    this.#up.send(data.length, () => this.#passes && socket.send(data, this.gateway.port, this.gateway.address));
  }

  #socketOf(peer) {
    const key = `${peer.address} ${peer.port}`;
    if (!this.#upstream.has(key)) {
      const socket = createSocket('udp4');
      socket.on('message', (data) => {
        if (this.#loses()) return;
        this.#down.send(data.length, () => this.#passes && this.#socket.send(data, peer.port, peer.address));
      });
      this.#upstream.set(key, socket);
    }
    return this.#upstream.get(key);
  }

  close() {
    this.gateway = undefined;
    this.#socket.close();
    for (const socket of this.#upstream.values()) socket.close();
  }
}
