// SPDX-License-Identifier: Apache-2.0
// The demo's room as people use it.
import { expect, until } from './checks.js';
import { open, stateOf } from './chromium.js';

export async function join(browser, url, room, options = {}) {
  const page = await open(browser, { permissions: ['camera', 'microphone'], ...options });
  await page.goto(`${url}/demo/room.html?room=${room}`);
  await page.click('#start');
  const { error } = await until(
    `someone more in ${room} is connected`,
    () => stateOf(page),
    (now) => now.error || now.connection === 'connected',
  );
  expect(!error, error);
  return page;
}

export const peerId = (page) => page.evaluate(() => window.peer.id);

// Of both ends, as the page has them.
export function ufrags(page) {
  return page.evaluate(() => {
    const of = ({ sdp }) => sdp.match(/^a=ice-ufrag:(.*)$/m)[1].trim();
    const { currentLocalDescription, currentRemoteDescription } = window.tap.connections.at(-1);
    return { local: of(currentLocalDescription), remote: of(currentRemoteDescription) };
  });
}

// What the page receives, stream by stream: of those that the other side sends still.
export function received(page) {
  return page.evaluate(async () => {
    const connection = window.tap.connections.at(-1);
    const live = new Set(
      connection
        .getTransceivers()
        .filter(({ currentDirection }) => /recv/.test(currentDirection ?? ''))
        .map(({ mid }) => mid),
    );
    const report = await connection.getStats();
    return [...report.values()]
      .filter(({ type, mid }) => type === 'inbound-rtp' && live.has(mid))
      .map(({ kind, ssrc, mid, packetsReceived, framesDecoded, totalAudioEnergy }) => ({
        kind,
        ssrc,
        mid,
        packets: packetsReceived,
        frames: framesDecoded,
        energy: totalAudioEnergy,
      }));
  });
}

export const flows = ({ kind, packets, frames }) => packets > 0 && (kind === 'audio' || frames > 0);
