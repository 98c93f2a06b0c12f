// SPDX-License-Identifier: Apache-2.0
// What a configuration may choose and Chromium can do: naru as DTLS client, and each codec, late viewers included.
import { check, expect, run, until } from './lib/checks.js';
import { describe, expectMedia, launch, leave, publish, watch } from './lib/chromium.js';
import { expectExactBalance } from './lib/drops.js';
import { Gateway } from './lib/gateway.js';

const LATE_VIEWER_MS = 2000;
const whip = (kind, codec) => `whip:\n  ${kind}-codecs: [${codec}]\n`;
const VARIANTS = [
  {
    name: 'naru is the DTLS client',
    sections: 'dtls:\n  role: active\n',
    holds: (now) => now.transport.dtlsRole === 'server',
  },
  { name: 'VP9', sections: whip('video', 'VP9'), holds: (now) => now.videoCodec === 'video/VP9' },
  { name: 'H264', sections: whip('video', 'H264'), holds: (now) => now.videoCodec === 'video/H264' },
  { name: 'AV1', sections: whip('video', 'AV1'), holds: (now) => now.videoCodec === 'video/AV1' },
  { name: 'PCMU', sections: whip('audio', 'PCMU'), holds: (now) => now.audioCodec === 'audio/PCMU' },
];

async function call(browser, gateway, holds) {
  const pages = [await publish(browser, gateway.url, 'meeting')];
  try {
    pages.push(await watch(browser, gateway.url, 'meeting'));
    const now = await expectMedia(pages[1], 'the viewer');
    expect(holds(now), describe(now));
    pages.push(await watch(browser, gateway.url, 'meeting'));
    const ms = await until('a first picture', () => pages[2].evaluate(() => window.tap.firstPicture));
    expect(ms < LATE_VIEWER_MS, `a late viewer waited ${Math.round(ms)} ms for its picture`);
    return `${describe(now)}; a late viewer's picture after ${Math.round(ms)} ms`;
  } finally {
    for (const page of pages) await leave(page);
  }
}

await run('variants', async () => {
  const browser = await launch();
  for (const { name, sections, holds } of VARIANTS) {
    const gateway = await Gateway.start({ name: name.replace(/\W/g, '-'), sections });
    await check(name, () => call(browser, gateway, holds));
    await check(`${name}: every packet is accounted for`, () => expectExactBalance(gateway));
    await gateway.stop();
  }
});
