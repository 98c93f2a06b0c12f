// SPDX-License-Identifier: Apache-2.0
// The peer API method by method, from a page that holds the other end of each: names, negotiations without end, another
// DTLS association on the same ICE transport.
import { readFileSync } from 'node:fs';
import { callerHooks } from './lib/caller.js';
import { check, expect, run, until } from './lib/checks.js';
import { launch, open } from './lib/chromium.js';
import { Gateway } from './lib/gateway.js';

const ROUNDS = 200;

// Runs in the page: a caller that sends camera and microphone, and one that is sent them.
async function begin(options) {
  window.stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const [sends, watches] = [new window.Caller('sends'), new window.Caller('watches')];
  await sends.open('signalling', { subscribe: false, ...options });
  sends.renew(window.stream);
  await sends.offer();
  await watches.open('signalling', { publish: false });
  await watches.follow();
}

const received = (page, name = 'watches') => page.evaluate((who) => window.callers[who].received(), name);

async function expectMedia(page, message, seconds = 20) {
  const before = await received(page);
  const of = new Map(before.map(({ ssrc, packets }) => [ssrc, packets]));
  return until(
    message,
    () => received(page),
    (now) => now.filter(({ ssrc, packets }) => packets > (of.get(ssrc) ?? 0) + 20).length === 2,
    seconds,
  );
}

function heap(gateway) {
  const status = readFileSync(`/proc/${gateway.pid('control')}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+)/m.exec(status)[1]);
}

// Runs in the page: `count` negotiations, of each sort in turn, by both callers.
async function negotiate(count) {
  const { sends, watches } = window.callers;
  const sorts = ['offer', 'follow', 'cross', 'rollBack', 'answerTwice', 'crossLate'];
  for (let i = 0; i < count; i += 1) {
    const caller = i % 2 ? watches : sends;
    await caller[sorts[Math.floor(i / 2) % sorts.length]]();
  }
}

async function negotiateUnderMedia(gateway, page) {
  await expectMedia(page, 'media flows before');
  await page.evaluate(negotiate, 40); // what is made once is made
  await page.evaluate(() => window.callers.watches.tell('GET', 'stats'));
  const [before, memory] = [await received(page), heap(gateway)];
  const began = Date.now();
  const gap = await page.evaluate(
    ([count, text]) => window.callers.watches.longestGap('audio', () => eval(`(${text})`)(count)),
    [ROUNDS, negotiate.toString()],
  );
  const took = Date.now() - began;
  const [after, grown] = [await received(page), heap(gateway) - memory];
  // A machine that is busy elsewhere has gaps of its own.
  const quiet = await page.evaluate(
    (ms) => window.callers.watches.longestGap('audio', () => new Promise((resolve) => setTimeout(resolve, ms))),
    3000,
  );
  for (const { ssrc, packets, lost } of before) {
    const now = after.find((stream) => stream.ssrc === ssrc);
    expect(now && now.packets > packets, `the stream ${ssrc} has ended`);
    expect(now.lost === lost, `${now.lost - lost} packets of ${ssrc} were lost`);
  }
  expect(gap <= Math.max(200, 3 * quiet), `no packet for ${gap} ms; without negotiations ${quiet} ms`);
  expect(grown < 1024, `naru-control has grown by ${grown} kB`);
  return `${ROUNDS} in ${took} ms, longest gap ${gap} ms (${quiet} ms without), naru-control +${grown} kB`;
}

async function takeOver(gateway, page) {
  const negotiations = () =>
    page.evaluate(() => window.callers.watches.events.filter(({ type }) => type === 'negotiationneeded').length);
  const [before, old] = [await negotiations(), await received(page)];
  await page.evaluate(async () => {
    const { sends } = window.callers;
    window.former = sends.connection;
    sends.renew(window.stream);
    await sends.offer();
    window.former.close();
  });
  const now = await expectMedia(page, 'media flows again');
  for (const { ssrc } of old) expect(now.some((stream) => stream.ssrc === ssrc), `${ssrc} is sent no more`);
  expect((await negotiations()) === before, 'its viewer had to negotiate');
  const state = await page.evaluate(() => window.callers.sends.connection.connectionState);
  expect(state === 'connected', `the connection is ${state}`);
  const { transport } = await gateway.get(`/v1/peers/${await page.evaluate(() => window.callers.sends.id)}/stats`);
  return `DTLS ${transport.dtlsState}, ${now.length} streams go on`;
}

// Every name of the W3C that the acceptance knows, once here and once at the gateway.
async function useEachName() {
  const caller = new window.Caller('names');
  const used = new Set(['RTCPeerConnection']);
  const { connection } = caller;
  const mark = (name, done) => {
    if (!done) throw new Error(`${name} gave nothing`);
    used.add(name);
  };
  await caller.open('signalling', { subscribe: false });
  for (const track of window.stream.getTracks()) mark('addTrack', connection.addTrack(track, window.stream));
  mark('createDataChannel', connection.createDataChannel('talk'));
  const offer = await connection.createOffer();
  mark('createOffer', offer.sdp);
  await connection.setLocalDescription(offer);
  mark('setLocalDescription', connection.pendingLocalDescription);
  await caller.tell('PUT', 'remote-description', offer);
  const answer = await caller.tell('POST', 'answer');
  mark('gateway createAnswer', answer.type === 'answer');
  const set = await caller.tell('PUT', 'local-description', answer);
  mark('gateway setLocalDescription', set.sdp === answer.sdp);
  await connection.setRemoteDescription(answer);
  mark('setRemoteDescription', connection.currentRemoteDescription);
  const [, candidate] = /^a=(candidate:.*)$/m.exec(answer.sdp) ?? [];
  await connection.addIceCandidate({ candidate: candidate?.trim(), sdpMid: '0' });
  mark('addIceCandidate', candidate);
  const mine = 'candidate:1 1 udp 2113937151 192.0.2.7 50000 typ host';
  await caller.tell('POST', 'candidates', { candidate: mine, sdpMid: '0', sdpMLineIndex: 0 });
  await caller.tell('POST', 'candidates', { candidate: null });
  mark('gateway addIceCandidate', true);

  // The gateway adds a track of the room, and offers it.
  const { sends } = window.callers;
  const { body: transceivers } = await sends.ask('GET', 'transceivers');
  const video = transceivers.transceivers.find(({ kind }) => kind === 'video');
  const { id } = await caller.tell('POST', 'tracks', { source: `signalling/${sends.id}/${video.mid}` });
  mark('gateway addTrack', id);
  const theirs = await caller.tell('POST', 'offer');
  mark('gateway createOffer', theirs.type === 'offer');
  await caller.tell('PUT', 'local-description', theirs);
  await connection.setRemoteDescription(theirs);
  const reply = await connection.createAnswer();
  mark('createAnswer', reply.sdp);
  await connection.setLocalDescription(reply);
  await caller.tell('PUT', 'remote-description', reply);
  mark('gateway setRemoteDescription', true);
  const { label } = await caller.tell('POST', 'datachannels', { label: 'back' });
  mark('gateway createDataChannel', label === 'back');
  return [...used];
}

// Runs in the page: of what is fired sooner or later.
async function collectNames() {
  const { names: caller } = window.callers;
  const used = [...caller.fired];
  for (const { type } of caller.events) if (type !== 'negotiationneeded') used.push(`gateway on${type}`);
  if ([...(await caller.connection.getStats()).values()].some(({ type }) => type === 'transport')) used.push('getStats');
  if ((await caller.tell('GET', 'stats')).transport.dtlsState === 'connected') used.push('gateway getStats');
  return used;
}

async function closeBoth() {
  const { names: caller } = window.callers;
  caller.connection.close();
  const closed = await caller.ask('DELETE', `/v1/peers/${caller.id}`);
  const gone = await caller.ask('GET', 'configuration');
  return [caller.connection.connectionState, closed.status, gone.status];
}

const NAMES = 'addTrack createDataChannel createOffer createAnswer setLocalDescription setRemoteDescription';
const MORE = 'addIceCandidate ontrack ondatachannel oniceconnectionstatechange onconnectionstatechange getStats';

async function useNames(page) {
  const wanted = `${NAMES} ${MORE}`.split(' ').flatMap((name) => [name, `gateway ${name}`]);
  const used = new Set(await page.evaluate(useEachName));
  await until(
    'all events were fired',
    async () => {
      for (const name of await page.evaluate(collectNames)) used.add(name);
      return wanted.filter((name) => !used.has(name));
    },
    (missing) => missing.length === 0,
  );
  const ends = await page.evaluate(closeBoth);
  expect(`${ends}` === 'closed,204,404', `after close: ${ends}`);
  return [...used, 'close', 'gateway close'].join(', ');
}

await run('signalling', async () => {
  const gateway = await Gateway.start({ name: 'signalling' });
  const browser = await launch();
  const page = await open(browser, { permissions: ['camera', 'microphone'] });
  await page.addInitScript(callerHooks);
  await page.goto(`${gateway.url}/demo/`);
  await page.evaluate(begin, {});
  await check('each method and event has its name here and at the gateway', () => useNames(page));
  await check(`${ROUNDS} negotiations, and media goes on`, () => negotiateUnderMedia(gateway, page));
  await check('a gateway that is polite gives way', async () => {
    await page.evaluate(async () => {
      const polite = new window.Caller('polite');
      await polite.open('signalling', { polite: true, publish: false });
      await polite.follow();
      for (let i = 0; i < 3; i += 1) {
        await polite.crossPolitely();
        await polite.crossLate();
      }
    });
    return until(
      'it is sent all',
      () => received(page, 'polite'),
      (streams) => streams.filter(({ packets }) => packets > 10).length === 2,
    ).then((streams) => streams.map(({ kind, packets }) => `${kind} ${packets}`).join(' '));
  });
  await check('another certificate takes a peer over, and its viewers stay', () => takeOver(gateway, page));
});
