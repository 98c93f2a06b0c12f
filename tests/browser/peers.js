// SPDX-License-Identifier: Apache-2.0
// Pages in one room, each with camera and microphone, over the peer API: everybody sees and hears everybody else.
import { check, expect, run, until } from './lib/checks.js';
import { launch, leave } from './lib/chromium.js';
import { Gateway } from './lib/gateway.js';
import { flows, join, peerId, received, ufrags } from './lib/room.js';

const PEOPLE = 3;

// Each of the streams of the others goes on: more packets, and of video more pictures.
async function expectAll(pages, others, seconds = 30) {
  const notes = [];
  for (const [index, page] of pages.entries()) {
    const before = await until(
      `page ${index} gets ${others} streams`,
      () => received(page),
      (now) => now.filter(flows).length === 2 * others,
      seconds,
    );
    const of = new Map(before.map((stream) => [stream.ssrc, stream]));
    await until(
      `page ${index} goes on`,
      () => received(page),
      (now) => now.filter((stream) => stream.packets > (of.get(stream.ssrc)?.packets ?? 0) + 10).length === 2 * others,
      seconds,
    );
    notes.push(before.map(({ kind, packets }) => `${kind} ${packets}`).join(' '));
  }
  return notes.join('; ');
}

await run('peers', async () => {
  const gateway = await Gateway.start({ name: 'peers' });
  const browser = await launch();
  const pages = [];
  for (let i = 0; i < PEOPLE; i += 1) pages.push(await join(browser, gateway.url, 'meeting'));
  await check(`${PEOPLE} pages see and hear each other`, () => expectAll(pages, PEOPLE - 1));
  await check('the gateway counts the same', async () => {
    const stats = await gateway.get(`/v1/peers/${await peerId(pages[0])}/stats`);
    const entries = Object.values(stats);
    const [inbound, outbound] = ['inbound-rtp', 'outbound-rtp'].map((type) => entries.filter((e) => e.type === type));
    expect(inbound.length === 2 && inbound.every((e) => e.packetsReceived > 0), JSON.stringify(inbound));
    expect(outbound.length === 2 * (PEOPLE - 1) && outbound.every((e) => e.packetsSent > 0), JSON.stringify(outbound));
    const heard = (await received(pages[0])).map(({ ssrc }) => ssrc);
    expect(outbound.every(({ ssrc }) => heard.includes(ssrc)), `${heard}`);
    return `${stats.transport.srtpCipher}, ${stats.transport.packetsReceived} packets in`;
  });
  await check('ICE restarts from either side, and media goes on', async () => {
    const [own, gateways] = pages;
    const before = await Promise.all(pages.map((page) => ufrags(page)));
    await own.evaluate(() => window.peer.restartIce());
    await gateway.post(`/v1/peers/${await peerId(gateways)}/restart-ice`);
    const after = await until(
      'both ends have new credentials',
      () => Promise.all(pages.map((page) => ufrags(page))),
      (now) => [0, 1].every((i) => now[i].local !== before[i].local && now[i].remote !== before[i].remote),
    );
    expect(after[2].local === before[2].local, 'the third one has others, too');
    return expectAll(pages, PEOPLE - 1);
  });
  await check('naru-control is killed: media goes on, and one more comes in', async () => {
    await gateway.killHard('control');
    await gateway.ready();
    await expectAll(pages, PEOPLE - 1);
    pages.push(await join(browser, gateway.url, 'meeting'));
    return expectAll(pages, PEOPLE);
  });
  await check('when one leaves, its streams end and the others go on', async () => {
    await pages[0].click('#stop');
    const left = pages.splice(0, 1);
    const note = await until(
      'the tiles are gone',
      () => Promise.all(pages.map((page) => page.locator('figure').count())),
      (tiles) => tiles.every((count) => count === PEOPLE),
    );
    await expectAll(pages, PEOPLE - 1);
    await leave(left[0]);
    return `${note} tiles`;
  });
  for (const page of pages) await leave(page);
});
