// SPDX-License-Identifier: Apache-2.0
// Each SRTP suite that browsers have, forced by configuration, over IPv4 and over IPv6.
import { check, expect, run } from './lib/checks.js';
import { onlyFamily } from './lib/answers.js';
import { describe, expectMedia, launch, leave, publish, stats, watch } from './lib/chromium.js';
import { expectExactBalance } from './lib/drops.js';
import { Gateway } from './lib/gateway.js';

const CIPHERS = {
  // as Chromium calls them
  AEAD_AES_128_GCM: 'SRTP_AEAD_AES_128_GCM',
  AES_CM_128_HMAC_SHA1_80: 'SRTP_AES128_CM_HMAC_SHA1_80',
};

function expectTransport(now, suite, address) {
  expect(now.transport.srtpCipher === CIPHERS[suite], `srtpCipher is ${now.transport.srtpCipher}`);
  expect(now.remote.address === address, `the selected remote is ${now.remote.address}, not ${address}`);
}

async function call(browser, gateway, suite, family) {
  const address = gateway.addresses[`ip${family}`];
  const room = `over-ip${family}`;
  const options = { rewriteAnswer: onlyFamily(family) };
  const publisher = await publish(browser, gateway.url, room, options);
  const viewer = await watch(browser, gateway.url, room, options);
  try {
    const now = await expectMedia(viewer, 'the viewer');
    expectTransport(now, suite, address);
    expectTransport(await stats(publisher), suite, address);
    return describe(now);
  } finally {
    await leave(publisher);
    await leave(viewer);
  }
}

await run('suites', async () => {
  const browser = await launch();
  for (const suite of Object.keys(CIPHERS)) {
    const gateway = await Gateway.start({ name: suite, sections: `dtls:\n  srtp-suites: [${suite}]\n` });
    for (const family of [4, 6]) await check(`${suite} over IPv${family}`, () => call(browser, gateway, suite, family));
    await check(`${suite}: every packet is accounted for`, () => expectExactBalance(gateway));
    await gateway.stop();
  }
});
