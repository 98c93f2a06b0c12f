// SPDX-License-Identifier: Apache-2.0
// Four pages in one room, each with camera and microphone, over the peer API: everybody sees and hears everybody else,
// on the one connection that each page has, whatever happens to them.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { firstCandidate, movedTo } from './lib/answers.js';
import { check, expect, run, sleep, until } from './lib/checks.js';
import { launch, leave, open } from './lib/chromium.js';
import { Gateway } from './lib/gateway.js';
import { addSound, expectSameLife, flows, join, peerId, received, sent, ufrags } from './lib/room.js';
import { Relay } from './lib/relay.js';

const PEOPLE = 4;
const OWN = 2; // streams: a picture and a sound
const OTHERS = OWN * (PEOPLE - 1);
const CUT_MS = 5000;
// Four pictures are encoded, twelve decoded, and four pages painted.
const SMALL = { video: { width: 160, height: 120, frameRate: 10 }, viewport: { width: 320, height: 480 } };

const summary = (streams) => streams.map(({ kind, packets }) => `${kind} ${packets}`).join(' ');

// At least `streams` streams go on: more packets than when there was something of each.
async function expectStreams(page, who, streams, seconds = 30) {
  const before = await until(
    `${who} gets ${streams} streams`,
    () => received(page),
    (now) => now.filter(flows).length >= streams,
    seconds,
  );
  const of = new Map(before.map((stream) => [stream.ssrc, stream]));
  await until(
    `${streams} streams of ${who} go on`,
    () => received(page),
    (now) => now.filter((stream) => stream.packets > (of.get(stream.ssrc)?.packets ?? 0) + 10).length >= streams,
    seconds,
  );
  return summary(before);
}

// streams: of each page, or of all.
async function expectAll(pages, streams) {
  const notes = pages.map((page, index) => expectStreams(page, `page ${index}`, streams[index] ?? streams));
  return (await Promise.all(notes)).join('; ');
}

async function gatewayStats(gateway, page) {
  const stats = await gateway.get(`/v1/peers/${await peerId(page)}/stats`);
  const of = (wanted) => Object.values(stats).filter(({ type }) => type === wanted);
  return { transport: stats.transport, inbound: of('inbound-rtp'), outbound: of('outbound-rtp') };
}

// A page's streams and the gateway's are the same, and what one has sent the other has received.
async function expectSameCounts(gateway, page) {
  const [mine, theirs] = [await sent(page), await received(page)];
  const covers = (counted, streams, field) =>
    counted.length === streams.length &&
    streams.every(({ ssrc, packets }) => counted.find((one) => one.ssrc === ssrc)?.[field] >= 0.9 * packets);
  const { transport } = await until(
    `the gateway counts ${summary(mine)} in and ${summary(theirs)} out`,
    () => gatewayStats(gateway, page),
    ({ inbound, outbound }) =>
      covers(inbound, mine, 'packetsReceived') && covers(outbound, theirs, 'packetsSent'),
    15,
  );
  expect(theirs.length === OTHERS, summary(theirs));
  return `${transport.packetsReceived} packets in, ${transport.packetsSent} out, ${transport.srtpCipher}`;
}

// Takes a sample now and one in a second: the SSRCs of streams that stand still.
async function standing(sample) {
  const before = await sample();
  await sleep(1000);
  const after = new Map((await sample()).map((stream) => [stream.ssrc, stream]));
  return before.filter(({ ssrc, packets }) => after.get(ssrc)?.packets === packets).map(({ ssrc }) => ssrc);
}

const inboundOf = (gateway, page) => async () =>
  (await gatewayStats(gateway, page)).inbound.map(({ ssrc, packetsReceived }) => ({ ssrc, packets: packetsReceived }));

// Of one member nothing flows, at either end of any way; of all others all does.
async function expectMuted(gateway, muted, others) {
  const samples = [() => sent(muted), inboundOf(gateway, muted), ...others.map((page) => () => received(page))];
  await until(
    'two streams stand still everywhere',
    () => Promise.all(samples.map(standing)),
    (all) => all.every((ssrcs) => ssrcs.length === OWN),
    30,
  );
}

async function press(page, ...buttons) {
  for (const button of buttons) await page.click(`#${button}`);
}

// A page of another server.
async function openElsewhere(browser) {
  const server = createServer((request, response) => response.end('elsewhere')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const page = await open(browser, {});
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  server.close();
  return page;
}

// Runs in the page: what happens at a new peer of a room that has something to send.
async function openPeer(url) {
  const ask = (path, method, body) =>
    fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const peer = new URL((await ask(url, 'POST', { room: 'meeting' })).headers.get('Location'), url);
  const source = new EventSource(`${peer}/events`);
  const events = await new Promise((resolve, reject) => {
    source.addEventListener('negotiationneeded', ({ type }) => resolve([type]));
    source.addEventListener('error', () => reject(new Error('no events')));
  });
  source.close();
  const missed = await fetch(`${peer}/events`, { headers: { 'Last-Event-ID': '0.0' } });
  events.push(missed.headers.get('Content-Type'));
  await missed.body.cancel();
  const { status } = await ask(peer, 'DELETE');
  return [...events, status];
}

await run('peers', async () => {
  const gateway = await Gateway.start({ name: 'peers' });
  const relay = await Relay.start(gateway.addresses.host4);
  const rewriteDescription = (sdp) => {
    relay.connect(firstCandidate(sdp));
    return movedTo(sdp, relay.place);
  };
  const browser = await launch();
  const pages = [];
  for (let i = 1; i < PEOPLE; i += 1) pages.push(await join(browser, gateway.url, 'meeting', SMALL));
  await check('three pages see and hear each other', () => expectAll(pages, OTHERS - OWN));
  await check('one comes late', async () => {
    pages.push(await join(browser, gateway.url, 'meeting', { ...SMALL, rewriteDescription }));
    return expectAll(pages, OTHERS);
  });
  await check('the gateway counts the same', async () =>
    (await Promise.all(pages.map((page) => expectSameCounts(gateway, page)))).join('; '),
  );
  await check('one mutes: its packets stop everywhere and nothing is negotiated', async () => {
    const [muted, ...others] = pages;
    const before = await Promise.all(pages.map((page) => page.evaluate(() => window.tap.negotiations)));
    await press(muted, 'mute', 'blank');
    await expectMuted(gateway, muted, others);
    await press(muted, 'mute', 'blank');
    const note = await expectAll(pages, OTHERS);
    const after = await Promise.all(pages.map((page) => page.evaluate(() => window.tap.negotiations)));
    expect(`${before}` === `${after}`, `negotiations: ${before}, then ${after}`);
    return note;
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
    return expectAll(pages, OTHERS);
  });
  await check('one is cut off for five seconds: the others go on, and it comes back', async () => {
    relay.cut = true;
    const [during] = await Promise.all([expectAll(pages.slice(0, -1), OTHERS - OWN), sleep(CUT_MS)]);
    await until(
      'its streams stand still, everywhere and here',
      () => Promise.all(pages.map((page) => standing(() => received(page)))),
      (still) => `${still.map((ssrcs) => ssrcs.length)}` === `${[OWN, OWN, OWN, OTHERS]}`,
      10,
    );
    relay.cut = false;
    return `${during}; and then ${await expectAll(pages, OTHERS)}`;
  });
  await check('naru-control is killed: media goes on, and two add a track on their old connections', async () => {
    await gateway.killHard('control');
    await expectAll(pages, OTHERS);
    await gateway.ready();
    await addSound(pages[1]);
    await addSound(pages.at(-1));
    return expectAll(pages, [OTHERS + 2, OTHERS + 1, OTHERS + 2, OTHERS + 1]);
  });
  await check('a page of another origin opens a peer, hears its events and closes it', async () => {
    const page = await openElsewhere(browser);
    const events = await page.evaluate(openPeer, `${gateway.url}/v1/peers`);
    await leave(page);
    expect(events.includes('negotiationneeded'), `events: ${events}`);
    return events.join(', ');
  });
  await check('one leaves: its streams end and the others go on', async () => {
    await press(pages[0], 'stop');
    await leave(pages.shift());
    const tiles = await until(
      'its tile is gone',
      () => Promise.all(pages.map((page) => page.locator('figure').count())),
      (now) => now.every((count) => count === PEOPLE - 1),
    );
    await expectStreams(pages[1], 'who has added nothing', OTHERS - OWN + 2);
    return `${tiles} tiles`;
  });
  await check('each page has the life and the connection that it began with', async () => {
    for (const page of pages) await expectSameLife(page);
  });
  for (const page of pages) await leave(page);
});
