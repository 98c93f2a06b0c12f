// SPDX-License-Identifier: Apache-2.0
// A publisher behind a narrow link fits its video into it, and takes the room that it gets back.
import { check, expect, run, sleep } from './lib/checks.js';
import { firstCandidate, movedTo } from './lib/answers.js';
import { filmNoise } from './lib/film.js';
import { describe, expectMedia, launch, leave, publish, stats, watch } from './lib/chromium.js';
import { Gateway } from './lib/gateway.js';
import { Relay } from './lib/relay.js';

const LIMIT_KBPS = 500;
const SETTLED = { least: 350, within: 30, for: 5 };
const STEADY = { least: 0.5 * LIMIT_KBPS, for: 8 }; // REMB dips after each loss, and a busy machine encodes less
// REMB follows losses: it holds up to a tenth lost, which is 1.11 times the limit, and goes a step beyond before it falls.
// Transport-wide feedback is ahead of losses.
const MOST = { 'transport-cc': LIMIT_KBPS, remb: 1.2 * LIMIT_KBPS };
const RISEN = { least: 1.12 * LIMIT_KBPS, within: 10 }; // more than the limit let through
const VIDEO = { width: 640, height: 480, frameRate: 15 };

// kbit/s that the publisher puts on the wire over the next seconds, audio and headers included.
async function rate(relay, seconds) {
  const [began, before] = [performance.now(), relay.fromPeer];
  await sleep(seconds * 1000);
  return Math.round(((relay.fromPeer - before) * 8) / (performance.now() - began));
}

// Rates of one window after the other until one of them is right.
async function awaitRate(relay, window, seconds, isRight) {
  const seen = [];
  for (let time = 0; time < seconds; time += window) {
    seen.push(await rate(relay, window));
    if (isRight(seen.at(-1))) return `${seen.join(', ')} kbit/s after ${time + window} s`;
  }
  return expect(false, `not within ${seconds} s; kbit/s: ${seen.join(', ')}`);
}

async function estimateOf(page) {
  const { pair } = await stats(page);
  return `Chromium's estimate is ${Math.round(pair.availableOutgoingBitrate / 1000)} kbit/s`;
}

async function call(browser, feedback) {
  const isSettled = (kbps) => kbps >= SETTLED.least && kbps <= MOST[feedback];
  const gateway = await Gateway.start({
    name: `bandwidth-${feedback}`,
    sections: `bandwidth:\n  feedback: ${feedback}\n`,
  });
  const relay = await Relay.start(gateway.addresses.host4, LIMIT_KBPS);
  const rewriteAnswer = (sdp) => {
    relay.connect(firstCandidate(sdp));
    return movedTo(sdp, relay.place);
  };
  const publisher = await publish(browser, gateway.url, 'narrow', { video: VIDEO, rewriteAnswer });
  const viewer = await watch(browser, gateway.url, 'narrow');
  await check(`${feedback}: a publisher behind ${LIMIT_KBPS} kbit/s settles below`, () =>
    awaitRate(relay, SETTLED.for, SETTLED.within, isSettled),
  );
  await check(`${feedback}: and is watched`, async () => describe(await expectMedia(viewer, 'the viewer')));
  await check(`${feedback}: it stays there`, async () => {
    const kbps = await rate(relay, STEADY.for);
    expect(kbps >= STEADY.least && kbps <= MOST[feedback], `${kbps} kbit/s`);
    return `${kbps} kbit/s; ${await estimateOf(publisher)}; the link dropped ${relay.dropped.up} packets`;
  });
  await check(`${feedback}: it rises when the limit is gone`, async () => {
    relay.kbps = undefined;
    const rates = await awaitRate(relay, 1, RISEN.within, (kbps) => kbps > RISEN.least);
    return `${rates}; ${await estimateOf(publisher)}`;
  });
  for (const page of [publisher, viewer]) await leave(page);
  await gateway.stop();
}

await run('bandwidth', async () => {
  const browser = await launch({ camera: filmNoise(VIDEO) });
  for (const feedback of ['transport-cc', 'remb']) await call(browser, feedback);
});
