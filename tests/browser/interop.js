// SPDX-License-Identifier: Apache-2.0
// aiortc, an implementation of its own, and Chromium in one room: each gets what the other sends, whoever offers first.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { atEnd, check, expect, run, until } from './lib/checks.js';
import { launch, leave } from './lib/chromium.js';
import { Gateway } from './lib/gateway.js';
import { expectSameLife, flows, join, received } from './lib/room.js';

const PROGRAM = fileURLToPath(new URL('../interop/aiortc_peer.py', import.meta.url));

class Aiortc {
  #last;
  #errors = '';

  constructor(...words) {
    this.child = spawn('/usr/bin/python3', [PROGRAM, ...words]);
    createInterface({ input: this.child.stdout }).on('line', (line) => (this.#last = JSON.parse(line)));
    this.child.stderr.on('data', (text) => (this.#errors = (this.#errors + text).slice(-2000)));
    atEnd(async () => this.child.kill());
  }

  // Its reports, until one is as wanted.
  async report(what, holds) {
    const hasEnded = () => this.child.exitCode !== null;
    const report = await until(`aiortc ${what}`, async () => this.#last, (now) => hasEnded() || (now && holds(now)), 30);
    expect(!hasEnded(), `aiortc ended: ${this.#errors}`);
    return report;
  }

  // It says goodbye to the gateway.
  leave() {
    this.child.stdin.end();
  }
}

const isSome = ({ audio, video }) => audio > 25 && video > 5;
const isMore = (now, before) => isSome({ audio: now.audio - before.audio, video: now.video - before.video });

async function meet(gateway, page, aiortc) {
  const before = await aiortc.report('gets and sends sound and pictures', (now) => isSome(now.received) && isSome(now.sent));
  const streams = await until(
    'Chromium gets them',
    () => received(page),
    (now) => now.length === 2 && now.every(flows) && now.find(({ kind }) => kind === 'audio').energy > 0,
    30,
  );
  await aiortc.report('goes on', ({ received: now }) => isMore(now, before.received));
  const { streams: counted } = await gateway.get(`/v1/peers/${before.id}`);
  const names = counted.map(({ kind, codec }) => `${kind} ${codec}`);
  expect(counted.length === 4, `the gateway counts ${names}`);
  await expectSameLife(page);
  return `${names.join(', ')}; Chromium got ${streams.map(({ packets }) => packets)} packets`;
}

// Chromium and aiortc write to each other over channels of the same label.
async function talk(page, aiortc) {
  await page.fill('#chat-text:enabled', 'Chromium says hello');
  await page.press('#chat-text', 'Enter');
  await until('Chromium reads', () => page.locator('#chat').innerText(), (text) => text.includes('aiortc says hello over chat'));
  await aiortc.report('reads', ({ messages }) => messages.some((text) => text.includes('Chromium says hello')));
}

await run('interop', async () => {
  const gateway = await Gateway.start({ name: 'interop' });
  const browser = await launch();
  await check('aiortc offers H.264 into a room with Chromium', async () => {
    const page = await join(browser, gateway.url, 'one');
    const aiortc = new Aiortc(gateway.url, 'one', 'offer', 'H264');
    const note = await meet(gateway, page, aiortc);
    await talk(page, aiortc);
    aiortc.leave();
    await until('its streams end', () => received(page), (now) => now.length === 0);
    await leave(page);
    return note;
  });
  await check('the gateway offers aiortc what Chromium sends, and gets as much', async () => {
    const page = await join(browser, gateway.url, 'two');
    const note = await meet(gateway, page, new Aiortc(gateway.url, 'two', 'answer'));
    await leave(page);
    return note;
  });
  await check('the gateway offers aiortc to receive; Chromium comes later', async () => {
    const aiortc = new Aiortc(gateway.url, 'three', 'answer');
    await aiortc.report('is connected', ({ state }) => state === 'connected');
    const page = await join(browser, gateway.url, 'three');
    const note = await meet(gateway, page, aiortc);
    await aiortc.report('reads what the API sends', ({ messages }) => messages.includes('the API says hello'));
    await aiortc.report('is heard there', ({ heard }) => heard.includes('aiortc says hello over api'));
    await talk(page, aiortc);
    await leave(page);
    return note;
  });
});
