// SPDX-License-Identifier: Apache-2.0
// Pages that are told of TCP candidates alone, as where a network lets no UDP through: over WHIP, WHEP and the peer API, by
// IPv4 and IPv6, and after a kill of naru-control, which had their connections.
import { onlyTransport } from './lib/answers.js';
import { check, expect, run, until } from './lib/checks.js';
import { describe, expectMedia, launch, leave, publish, stats, watch } from './lib/chromium.js';
import { expectExactBalance } from './lib/drops.js';
import { freePort, Gateway } from './lib/gateway.js';
import { flows, join, received } from './lib/room.js';

const BACK_SECONDS = 20;

async function expectTcp(page, who, address) {
  const { remote, local } = await until(
    `${who} has a path`,
    () => stats(page),
    (now) => now.remote?.protocol,
  );
  expect(remote.protocol === 'tcp' && local.protocol === 'tcp', `${who} goes by ${remote.protocol}`);
  expect(remote.address === address, `${who} goes to ${remote.address}`);
}

async function call(browser, gateway, family) {
  const rewriteAnswer = onlyTransport('tcp', family);
  const pages = [await publish(browser, gateway.url, `meeting${family}`, { rewriteAnswer })];
  pages.push(await watch(browser, gateway.url, `meeting${family}`, { rewriteAnswer }));
  return pages;
}

async function expectPeersByTcp(gateway, count) {
  const { peers } = await gateway.ctl('peers');
  const byTcp = peers.filter(({ protocol, state }) => protocol === 'tcp' && state === 'connected');
  expect(byTcp.length === count, JSON.stringify(peers.map(({ protocol, state }) => [protocol, state])));
}

await run('tcp', async () => {
  const port = await freePort();
  const sections = `ice:\n  tcp-listen: [127.0.0.1, '::1']\n  tcp-port: ${port}\n`;
  const gateway = await Gateway.start({ name: 'tcp', sections });
  const browser = await launch();
  let pages;
  await check('a call by TCP over IPv4', async () => {
    pages = await call(browser, gateway, 4);
    const now = await expectMedia(pages[1], 'the viewer');
    await expectTcp(pages[0], 'the publisher', '127.0.0.1');
    await expectTcp(pages[1], 'the viewer', '127.0.0.1');
    await expectPeersByTcp(gateway, 2);
    return describe(now);
  });
  await check('kill -9 of naru-control: the pages connect again, and the picture goes on', async () => {
    await gateway.killHard('control');
    await gateway.ready();
    await until(
      'both connections are there again',
      () => gateway.ctl('status'),
      ({ tcp }) => tcp.connections >= 2,
      BACK_SECONDS,
    );
    const now = await expectMedia(pages[1], 'the viewer', BACK_SECONDS);
    await expectPeersByTcp(gateway, 2);
    return describe(now);
  });
  for (const page of pages) await leave(page);
  await check('a call by TCP over IPv6', async () => {
    pages = await call(browser, gateway, 6);
    const now = await expectMedia(pages[1], 'the viewer');
    await expectTcp(pages[1], 'the viewer', '::1');
    return describe(now);
  });
  for (const page of pages) await leave(page);
  await check('two members of a room, one of them by TCP', async () => {
    const rewriteDescription = onlyTransport('tcp', 4);
    pages = [await join(browser, gateway.url, 'room'), await join(browser, gateway.url, 'room', { rewriteDescription })];
    for (const page of pages) {
      await until('both streams of the other one', () => received(page), (now) => now.filter(flows).length === 2);
    }
    await expectTcp(pages[1], 'the second member', '127.0.0.1');
    return `${(await received(pages[1])).map(({ kind, packets }) => `${kind} ${packets}`)}`;
  });
  for (const page of pages) await leave(page);
  await check('every packet is accounted for', () => expectExactBalance(gateway));
  await gateway.stop();
});
