// SPDX-License-Identifier: Apache-2.0
// One page publishes, others watch; late viewers, leaving publishers, viewers that may see no camera.
import { check, expect, run, until } from './lib/checks.js';
import { describe, expectMedia, launch, leave, publish, stateOf, stats, watch } from './lib/chromium.js';
import { expectExactBalance } from './lib/drops.js';
import { Gateway } from './lib/gateway.js';

const LATE_VIEWER_MS = 2000;

function expectPathToGateway(now, { ip4, ip6 }) {
  expect([ip4, ip6].includes(now.remote?.address), `the selected remote is ${JSON.stringify(now.remote)}`);
  return `${now.remote.address}:${now.remote.port}`;
}

// Candidates of a page without permission name no address.
async function expectHiddenAddresses(page) {
  const sdp = await page.evaluate(() => window.tap.connections.at(-1).localDescription.sdp);
  const addresses = [...sdp.matchAll(/^a=candidate:(?:\S+ ){4}(\S+)/gm)].map(([, address]) => address);
  expect(addresses.length > 0 && addresses.every((address) => address.endsWith('.local')), `candidates: ${addresses}`);
  return addresses.join(' ');
}

async function expectEnded(page, who) {
  const ended = ({ connection, shown }) => connection === 'closed' && /Nobody publishes/.test(shown);
  return (await until(`${who} is told that the stream ended`, () => stateOf(page), ended, 10)).shown;
}

async function expectRoomGone(gateway, room) {
  await until(
    `no room ${room}`,
    () => gateway.status(`/v1/rooms/${room}`),
    (status) => status === 404,
    10,
  );
}

await run('publish_watch', async () => {
  const gateway = await Gateway.start({ name: 'publish_watch' });
  const browser = await launch();
  const publisher = await publish(browser, gateway.url, 'meeting');
  const viewers = [];
  for (const who of ['first', 'second']) {
    await check(`${who} viewer decodes video and audio`, async () => {
      viewers.push(await watch(browser, gateway.url, 'meeting'));
      return describe(await expectMedia(viewers.at(-1), `the ${who} viewer`));
    });
  }
  await check('the first goes on when the second is there', async () =>
    describe(await expectMedia(viewers[0], 'the first viewer')),
  );
  await check('all paths end at the gateway', async () => {
    const paths = [];
    for (const page of [publisher, ...viewers]) paths.push(expectPathToGateway(await stats(page), gateway.addresses));
    return paths.join(' ');
  });
  await check('a viewer without permission shows no address, and watches', () => expectHiddenAddresses(viewers[0]));
  await check('a late viewer sees a picture in under 2 s', async () => {
    const late = await watch(browser, gateway.url, 'meeting');
    viewers.push(late);
    const ms = await until('a first picture', () => late.evaluate(() => window.tap.firstPicture));
    expect(ms < LATE_VIEWER_MS, `it took ${Math.round(ms)} ms`);
    return `${Math.round(ms)} ms`;
  });
  await check('naru-ctl shows the room and its peers', async () => {
    const { rooms } = await gateway.ctl('rooms');
    expect(rooms.length === 1 && rooms[0].name === 'meeting' && rooms[0].viewers === 3, JSON.stringify(rooms));
    const { peers } = await gateway.ctl('peers');
    expect(peers.length === 4 && peers.every(({ state }) => state === 'connected'), JSON.stringify(peers));
  });
  await check('a second publisher is refused', async () => {
    expect((await gateway.status('/whip/meeting', { method: 'OPTIONS' })) < 300, 'OPTIONS');
    await publish(browser, gateway.url, 'meeting').then(
      () => expect(false, 'it was let in'),
      (error) => expect(/Someone publishes in this room already/.test(error.message), error.message),
    );
  });
  await check("a publisher that leaves ends its viewers' streams", async () => {
    await publisher.click('#stop');
    const shown = [];
    for (const [index, page] of viewers.entries()) shown.push(await expectEnded(page, `viewer ${index + 1}`));
    await expectRoomGone(gateway, 'meeting');
    return shown[0];
  });
  await check('a viewer that waits gets the next publisher', async () => {
    await publisher.click('#start');
    return describe(await expectMedia(viewers[0], 'the waiting viewer', 20));
  });
  await check('a publisher whose page is closed ends its room', async () => {
    await publisher.goto('about:blank');
    await expectRoomGone(gateway, 'meeting');
  });
  for (const page of [publisher, ...viewers]) await leave(page);
  await check('every packet is accounted for', () => expectExactBalance(gateway));
});
