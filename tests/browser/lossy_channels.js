// SPDX-License-Identifier: Apache-2.0
// Data channels of every reliability, while both pages lose a fifth of all packets, either way.
import { firstCandidate, movedTo } from './lib/answers.js';
import { stateOf, talk } from './lib/channels.js';
import { check, expect, run, until } from './lib/checks.js';
import { launch, leave } from './lib/chromium.js';
import { Gateway } from './lib/gateway.js';
import { Relay } from './lib/relay.js';

const LOSS = 0.2;
const MESSAGES = 250;
const EVERY_MS = 10;
const LIFE_MS = 300;
// From page to gateway and from there to the other page, each within its lifetime; and what the processes take.
const AGE_MOST_MS = 2 * LIFE_MS + 1500;
const CHANNELS = {
  reliable: {},
  once: { ordered: false, maxRetransmits: 0 },
  timed: { ordered: false, maxPacketLifeTime: LIFE_MS },
  inOrder: { maxRetransmits: 1 },
};

const ticks = (page, label) => page.evaluate((name) => window.channels.ticks(name), label);
const rises = (got) => got.every(({ number }, i) => i === 0 || number > got[i - 1].number);
const isOnce = (got) => new Set(got.map(({ number }) => number)).size === got.length;

async function through(gateway) {
  const relay = await Relay.start(gateway.addresses.host4);
  const rewriteDescription = (sdp) => {
    relay.connect(firstCandidate(sdp));
    return movedTo(sdp, relay.place);
  };
  return { relay, rewriteDescription };
}

await run('lossy_channels', async () => {
  const gateway = await Gateway.start({ name: 'lossy' });
  const browser = await launch();
  const [first, second] = [await through(gateway), await through(gateway)];
  const one = await talk(browser, gateway.url, 'lossy', ['begin'], { rewriteDescription: first.rewriteDescription });
  const two = await talk(browser, gateway.url, 'lossy', ['begin'], { rewriteDescription: second.rewriteDescription });
  const labels = Object.keys(CHANNELS);
  await check('channels of every sort go through the room as they were opened', async () => {
    await one.evaluate((all) => Object.entries(all).forEach((each) => window.channels.create(...each)), CHANNELS);
    for (const label of labels) {
      await until(
        `${label} is open at both ends`,
        () => Promise.all([one, two].map((page) => stateOf(page, label))),
        (states) => states.every(({ readyState }) => readyState === 'open'),
      );
      const { ordered = true, maxRetransmits = null, maxPacketLifeTime = null } = CHANNELS[label];
      const there = await ticks(two, label);
      expect(
        there.ordered === ordered &&
          there.maxRetransmits === maxRetransmits &&
          there.maxPacketLifeTime === maxPacketLifeTime,
        `${label}: ${JSON.stringify(there)}`,
      );
    }
  });
  await check(`with ${LOSS * 100} % loss the reliable one gets all in order`, async () => {
    for (const { relay } of [first, second]) relay.loss = LOSS;
    await one.evaluate((args) => window.channels.tick(...args), [labels, MESSAGES, EVERY_MS]);
    const { got } = await until(
      'all are there',
      () => ticks(two, 'reliable'),
      (state) => state.got.length === MESSAGES,
      60,
    );
    expect(rises(got), 'not in order');
    return `${first.relay.lost + second.relay.lost} packets lost; the oldest took ${Math.max(...got.map(({ age }) => age))} ms`;
  });
  await check('what is sent once comes at most once, and most of it does', async () => {
    const { got } = await ticks(two, 'once');
    expect(isOnce(got), 'one came twice');
    expect(got.length < MESSAGES && got.length > MESSAGES / 4, `${got.length} of ${MESSAGES} came`);
    return `${got.length} of ${MESSAGES}`;
  });
  await check('what lives for a time is not older when it comes', async () => {
    const { got } = await ticks(two, 'timed');
    const oldest = Math.max(...got.map(({ age }) => age));
    expect(isOnce(got), 'one came twice');
    expect(got.length > MESSAGES / 4, `${got.length} of ${MESSAGES} came`);
    expect(oldest <= AGE_MOST_MS, `one took ${oldest} ms`);
    return `${got.length} of ${MESSAGES}, the oldest ${oldest} ms`;
  });
  await check('what is sent twice at most comes in order', async () => {
    const { got } = await ticks(two, 'inOrder');
    expect(rises(got), 'not in order');
    expect(got.length > MESSAGES / 4, `${got.length} of ${MESSAGES} came`);
    return `${got.length} of ${MESSAGES}`;
  });
  for (const page of [one, two]) await leave(page);
});
