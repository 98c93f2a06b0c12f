// SPDX-License-Identifier: Apache-2.0
// kill -9 of either process under a call: the picture goes on, nothing is negotiated anew, the next viewer joins.
import { check, expect, run, sleep, until } from './lib/checks.js';
import { describe, expectMedia, launch, leave, publish, stateOf, stats, watch } from './lib/chromium.js';
import { expectExactBalance } from './lib/drops.js';
import { Gateway } from './lib/gateway.js';

const GAP_MS = { control: 1000, dataplane: 2000 };

// A control plane that was killed has lost the DTLS records with which to say goodbye: then consent runs out.
const ended = ({ connection }) => ['disconnected', 'failed', 'closed'].includes(connection);

// Same connection, same DTLS session, same path: nothing happened that a page could notice.
async function expectSameSession(page, before, who) {
  const now = await stats(page);
  const events = await page.evaluate((at) => window.tap.events.filter((event) => event.at > at), before.at);
  expect(events.length === 0, `${who}: ${JSON.stringify(events)}`);
  expect(
    now.state === 'connected' && now.transport.dtlsState === 'connected',
    `${who}: ${now.state}, DTLS ${now.transport.dtlsState}`,
  );
  expect(
    now.transport.id === before.transport.id &&
      now.transport.iceLocalUsernameFragment === before.transport.iceLocalUsernameFragment,
    `${who} has another transport`,
  );
  expect(
    now.transport.selectedCandidatePairChanges === before.transport.selectedCandidatePairChanges,
    `${who} changed its path`,
  );
  expect(now.transport.packetsReceived > before.transport.packetsReceived, `${who} receives nothing`);
}

async function killUnder(gateway, program, publisher, viewer) {
  const before = [await stats(publisher), await stats(viewer)];
  await viewer.evaluate(() => window.tap.sample());
  await sleep(500);
  await gateway.killHard(program);
  await sleep(4000);
  await expectMedia(viewer, 'the viewer');
  const gap = await viewer.evaluate(() => window.tap.longestGap());
  expect(gap <= GAP_MS[program], `no new picture for ${gap} ms`);
  await expectSameSession(publisher, before[0], 'the publisher');
  await expectSameSession(viewer, before[1], 'the viewer');
  return `longest gap ${gap} ms`;
}

await run('restart', async () => {
  const gateway = await Gateway.start({ name: 'restart' });
  const browser = await launch();
  const pages = [await publish(browser, gateway.url, 'meeting'), await watch(browser, gateway.url, 'meeting')];
  await check('a call before any kill', async () => describe(await expectMedia(pages[1], 'the viewer')));
  for (const program of ['control', 'dataplane', 'control', 'dataplane']) {
    await check(`the picture goes on after kill -9 of naru-${program}`, () =>
      killUnder(gateway, program, pages[0], pages[1]),
    );
    await check(`the next viewer joins after kill -9 of naru-${program}`, async () => {
      await gateway.ready();
      const next = await watch(browser, gateway.url, 'meeting');
      pages.push(next);
      return describe(await expectMedia(next, 'the next viewer'));
    });
    if (pages.length > 3) await leave(pages.pop());
  }
  await check('sessions from before the kills end with their publisher', async () => {
    await pages[0].click('#stop');
    await until(
      'no room is left',
      () => gateway.get('/v1/rooms'),
      ({ rooms }) => rooms.length === 0,
      10,
    );
    const { connection } = await until('the viewer notices', () => stateOf(pages[1]), ended, 15);
    return `the viewer is ${connection}`;
  });
  for (const page of pages) await leave(page);
  await check('every packet since the last kill is accounted for', () => expectExactBalance(gateway));
});
