// SPDX-License-Identifier: Apache-2.0
// Two rooms on two workers do not hear each other.
import { check, expect, run, sleep, until } from './lib/checks.js';
import { describe, expectMedia, launch, leave, publish, stateOf, stats, watch } from './lib/chromium.js';
import { expectExactBalance } from './lib/drops.js';
import { Gateway } from './lib/gateway.js';

const ssrcs = ({ streams }) => streams.map(({ ssrc }) => ssrc);

async function workerOf(gateway, room) {
  return (await gateway.get(`/v1/rooms/${room}`)).worker;
}

// Publishes in rooms of ever new names until one is on another worker than `worker`.
async function publishElsewhere(browser, gateway, worker) {
  for (let i = 1; i <= 8; i += 1) {
    const room = `other-${i}`;
    const page = await publish(browser, gateway.url, room);
    if ((await workerOf(gateway, room)) !== worker) return { room, page };
    await leave(page);
  }
  return expect(false, `eight rooms on worker ${worker}`);
}

// What the gateway says about the sessions of a room: SSRCs in and out, packets.
async function sessionsOf(gateway, room) {
  const { sessions } = await gateway.get(`/v1/rooms/${room}`);
  return {
    publisher: sessions.find(({ role }) => role === 'publisher'),
    viewers: sessions.filter(({ role }) => role === 'viewer'),
  };
}

await run('rooms', async () => {
  const gateway = await Gateway.start({ name: 'rooms', workers: 2 });
  const browser = await launch();
  const first = await publish(browser, gateway.url, 'one');
  const viewerOfFirst = await watch(browser, gateway.url, 'one');
  await check('a viewer in the first room', async () => describe(await expectMedia(viewerOfFirst, 'the viewer')));
  await check('a room without a publisher has nothing to watch', async () => {
    const stranger = await watch(browser, gateway.url, 'empty');
    const { shown } = await until(
      'the page says so',
      () => stateOf(stranger),
      (state) => /Nobody publishes/.test(state.shown),
    );
    expect(!(await stats(stranger)).video?.packetsReceived, 'it receives packets');
    await leave(stranger);
    return shown;
  });
  let other;
  let viewerOfOther;
  await check('a second room on the other worker', async () => {
    other = await publishElsewhere(browser, gateway, await workerOf(gateway, 'one'));
    viewerOfOther = await watch(browser, gateway.url, other.room);
    const media = describe(await expectMedia(viewerOfOther, 'the viewer of the second room'));
    return `workers ${await workerOf(gateway, 'one')} and ${await workerOf(gateway, other.room)}; ${media}`;
  });
  await check('each viewer hears the streams of its own room alone', async () => {
    const [one, two] = [await sessionsOf(gateway, 'one'), await sessionsOf(gateway, other.room)];
    const mine = [ssrcs(one.viewers[0]), ssrcs(two.viewers[0])];
    for (const [index, page] of [viewerOfFirst, viewerOfOther].entries()) {
      const { video, audio } = await stats(page);
      const heard = [video.ssrc, audio.ssrc];
      expect(
        heard.every((ssrc) => mine[index].includes(ssrc)),
        `viewer ${index + 1} hears ${heard}, not ${mine[index]}`,
      );
    }
    return mine.map((list) => list.join('+')).join(', ');
  });
  await check('when one publisher stops, its viewers stop, and the others go on', async () => {
    await first.click('#stop');
    await until(
      'the viewer of the first room is told',
      () => stateOf(viewerOfFirst),
      ({ connection }) => connection === 'closed',
      10,
    );
    const before = (await stats(viewerOfFirst)).video?.packetsReceived ?? 0;
    await sleep(1000);
    expect(((await stats(viewerOfFirst)).video?.packetsReceived ?? 0) === before, 'it still receives packets');
    return describe(await expectMedia(viewerOfOther, 'the viewer of the second room'));
  });
  for (const page of [first, viewerOfFirst, other.page, viewerOfOther]) await leave(page);
  await check('every packet is accounted for, on both workers', () => expectExactBalance(gateway));
});
