// SPDX-License-Identifier: Apache-2.0
// Pages that talk over data channels: what runs in them, and what a test asks of them.
import { open } from './chromium.js';
import { rewriteDescriptions } from './room.js';

// In the page. Every channel that there is, by label; what came on each is counted, hashed and kept while it is short.
/* eslint-env browser */
function channelHooks() {
  const channels = new Map();
  const hash = (value, bytes) => {
    for (const byte of bytes) value = Math.imul(value ^ byte, 16777619) >>> 0;
    return value;
  };
  const bytesOf = (data) => (typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data));
  const watch = (channel, isOwn) => {
    const state = { channel, isOwn, count: 0, bytes: 0, hash: 2166136261, last: undefined, disorder: 0, lines: [], got: [] };
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('message', ({ data }) => {
      const bytes = bytesOf(data);
      state.count += 1;
      state.bytes += bytes.length;
      state.hash = hash(state.hash, bytes);
      if (bytes.length <= 64) state.lines.push(typeof data === 'string' ? data : [...bytes]);
      if (state.lines.length > 100) state.lines.shift();
      if (typeof data === 'string' && data.startsWith('{"number"')) {
        const { number, at } = JSON.parse(data);
        state.got.push({ number, age: Date.now() - at });
      }
    });
    if (!channels.has(channel.label) || isOwn) channels.set(channel.label, state);
    return state;
  };
  const random = (seed) => () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed / 2 ** 32;
  };
  window.channels = {
    all: channels,
    watch,
    async join(room, labels = [], options = {}) {
      const { Peer } = await import('/demo/peer.js');
      window.peer = new Peer('/v1/peers');
      const { connection } = window.peer;
      connection.addEventListener('datachannel', ({ channel }) => watch(channel, false));
      for (const label of labels) watch(connection.createDataChannel(label, options), true);
      await window.peer.join(room);
      return window.peer.id;
    },
    state(label) {
      const state = channels.get(label);
      if (!state) return { readyState: 'none' };
      const { channel, isOwn, count, bytes, hash: sum, lines } = state;
      return { readyState: channel.readyState, id: channel.id, isOwn, count, bytes, hash: sum, lines };
    },
    create(label, options) {
      watch(window.peer.connection.createDataChannel(label, options), true);
    },
    // `count` messages on each of the channels, `every` ms: {number, at}.
    async tick(labels, count, every) {
      for (let number = 0; number < count; number += 1) {
        const text = JSON.stringify({ number, at: Date.now() });
        for (const label of labels) channels.get(label).channel.send(text);
        await new Promise((resolve) => setTimeout(resolve, every));
      }
    },
    // What came of them: in the order in which it came, and how old each was then.
    ticks(label) {
      const { channel, got } = channels.get(label);
      const { ordered, maxRetransmits, maxPacketLifeTime } = channel;
      return { got, ordered, maxRetransmits, maxPacketLifeTime };
    },
    send(label, data) {
      channels.get(label).channel.send(typeof data === 'string' ? data : new Uint8Array(data));
    },
    flood(label, count, size) {
      for (let i = 0; i < count; i += 1) channels.get(label).channel.send(new Uint8Array(size));
    },
    // `count` messages of 1 B to 256 KiB, log-uniform; every third one is a string. What the reader has to hash.
    async pour(label, count, seed) {
      const { channel } = channels.get(label);
      const next = random(seed);
      const sent = { count, bytes: 0, hash: 2166136261 };
      channel.bufferedAmountLowThreshold = 1 << 20;
      for (let i = 0; i < count; i += 1) {
        const size = Math.floor(2 ** (next() * 18));
        const bytes = new Uint8Array(size);
        const isText = i % 3 === 0;
        for (let at = 0; at < size; at += 1) bytes[at] = isText ? 32 + ((at * 7 + i) % 90) : (at * 31 + i * 17) & 255;
        sent.bytes += size;
        sent.hash = hash(sent.hash, bytes);
        if (channel.bufferedAmount > 4 << 20) {
          await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }));
        }
        channel.send(isText ? new TextDecoder().decode(bytes) : bytes);
      }
      return sent;
    },
  };
}

// A member without camera and microphone, which has opened channels of these labels.
export async function talk(browser, url, room, labels, { rewriteDescription, ...options } = {}) {
  const page = await open(browser, {});
  if (rewriteDescription) await rewriteDescriptions(page, rewriteDescription);
  await page.addInitScript(channelHooks);
  await page.goto(`${url}/demo/room.html?room=${room}`);
  await page.evaluate((...args) => window.channels.join(...args[0]), [room, labels, options]);
  return page;
}

export const stateOf = (page, label) => page.evaluate((name) => window.channels.state(name), label);
export const say = (page, label, data) => page.evaluate((args) => window.channels.send(...args), [label, data]);
export const pour = (page, ...args) => page.evaluate((all) => window.channels.pour(...all), args);
export const id = (page) => page.evaluate(() => window.peer.id);
