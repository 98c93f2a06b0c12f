// SPDX-License-Identifier: Apache-2.0
// The quick start for a LAN: two people on another machine call over HTTPS, and no flag declares the origin secure.
import { check, expect, run } from './lib/checks.js';
import { describe, expectMedia, launch, leave, publish, stats, watch } from './lib/chromium.js';
import { Neighbour } from './lib/network.js';
import { QuickStart } from './lib/quickstart.js';

await run('lan', async () => {
  const neighbour = await Neighbour.start();
  let quickStart;
  const started = await check('--lan prints an https URL with a token', async () => {
    quickStart = await QuickStart.start('lan', neighbour.nic);
    expect(
      new RegExp(`^https://${neighbour.address}:\\d+/demo/#token=\\w{16,}$`).test(quickStart.demo),
      quickStart.demo,
    );
    return quickStart.demo.replace(/\w{8}$/, '…');
  });
  if (!started) return;
  const browser = await launch(neighbour.browser(`${quickStart.directory}/..`, quickStart.certificate));
  const people = ['ann', 'ben'];
  const publishers = [];
  await check('two pages of another machine publish', async () => {
    for (const name of people) publishers.push(await publish(browser, quickStart.demo, name));
    expect(await publishers[0].evaluate(() => window.isSecureContext), 'the origin is not secure');
  });
  const viewers = [];
  for (const name of people) {
    await check(`a page without permission watches ${name}`, async () => {
      viewers.push(await watch(browser, quickStart.demo, name));
      return describe(await expectMedia(viewers.at(-1), `the viewer of ${name}`));
    });
  }
  await check("all paths end at the NIC's own address", async () => {
    for (const page of [...publishers, ...viewers]) {
      const { remote } = await stats(page);
      expect(remote?.address === neighbour.address, `${remote?.address} is not ${neighbour.address}`);
    }
  });
  await check('without the token nobody gets in', async () => {
    const [stranger] = quickStart.demo.split('#');
    const refused = await publish(browser, stranger, 'carl').then(
      () => 'it was let in',
      ({ message }) => message,
    );
    expect(/wants a token/.test(refused), refused);
    return refused;
  });
  for (const page of [...publishers, ...viewers]) await leave(page);
  await check('--stop leaves the NIC and everything else as it was', async () => {
    await quickStart.stop();
    quickStart.expectNothingLeft();
  });
});
