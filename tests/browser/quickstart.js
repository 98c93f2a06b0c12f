// SPDX-License-Identifier: Apache-2.0
// The quick start, on this machine alone: its printed URL, one page that publishes and two that watch.
import { check, expect, run } from './lib/checks.js';
import { describe, expectMedia, launch, leave, publish, stats, watch } from './lib/chromium.js';
import { QuickStart } from './lib/quickstart.js';

await run('quickstart', async () => {
  let quickStart;
  const started = await check('--detach prints the URL of the demo', async () => {
    quickStart = await QuickStart.start('quickstart');
    return quickStart.demo;
  });
  if (!started) return;
  await check('/readyz and --status say that it is ready', async () => {
    expect((await fetch(new URL('/readyz', quickStart.demo))).status === 200, '/readyz');
    expect(/\bready\b/.test(await quickStart.run('--status')), '--status');
  });
  const browser = await launch();
  const pages = [];
  await check('one page publishes, two watch', async () => {
    pages.push(await publish(browser, quickStart.demo, 'meeting'));
    pages.push(await watch(browser, quickStart.demo, 'meeting'), await watch(browser, quickStart.demo, 'meeting'));
    await expectMedia(pages[1], 'the first viewer');
    return describe(await expectMedia(pages[2], 'the second viewer'));
  });
  await check('all paths end at a printed address', async () => {
    for (const page of pages) {
      const { remote } = await stats(page);
      expect(
        remote && quickStart.printed.includes(remote.address),
        `${remote?.address} is not in: ${quickStart.printed}`,
      );
    }
  });
  for (const page of pages) await leave(page);
  await check('--stop leaves interfaces, huge pages and the run directory as they were', async () => {
    await quickStart.stop();
    quickStart.expectNothingLeft();
  });
});
