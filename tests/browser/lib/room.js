// SPDX-License-Identifier: Apache-2.0
// The demo's room as people use it.
import { randomUUID } from 'node:crypto';
import { expect, until } from './checks.js';
import { open, stateOf } from './chromium.js';

const lives = new Map(); // page -> what it was given when it was opened

// rewriteDescription: (sdp) => sdp, of the gateway on its way to the page.
export async function join(browser, url, room, { rewriteDescription, ...options } = {}) {
  const page = await open(browser, { permissions: ['camera', 'microphone'], ...options });
  if (rewriteDescription) await rewriteDescriptions(page, rewriteDescription);
  await page.goto(`${url}/demo/room.html?room=${room}`);
  await page.click('#start');
  const { error } = await until(
    `someone more in ${room} is connected`,
    () => stateOf(page),
    (now) => now.error || now.connection === 'connected',
  );
  expect(!error, error);
  lives.set(page, randomUUID());
  await page.evaluate((life) => (window.life = life), lives.get(page));
  return page;
}

export const rewriteDescriptions = (page, rewriteDescription) =>
  page.route(/\/local-description$/, (route) => rewrite(route, rewriteDescription));

async function rewrite(route, rewriteDescription) {
  const response = await route.fetch().catch(() => undefined);
  if (!response) return route.abort();
  if (!response.ok()) return route.fulfill({ response });
  const { sdp, ...description } = await response.json();
  return route.fulfill({ response, json: { ...description, sdp: rewriteDescription(sdp) } });
}

// It was not loaded again, and made no other connection.
export async function expectSameLife(page) {
  const now = await page.evaluate(() => ({ life: window.life, connections: window.tap.connections.length }));
  expect(now.life === lives.get(page), 'the page was loaded again');
  expect(now.connections === 1, `the page has made ${now.connections} connections`);
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
      .map(({ kind, ssrc, mid, packetsReceived, packetsLost, framesDecoded, totalAudioEnergy }) => ({
        kind,
        ssrc,
        mid,
        packets: packetsReceived,
        lost: packetsLost,
        frames: framesDecoded,
        energy: totalAudioEnergy,
      }));
  });
}

// What the page sends, stream by stream.
export function sent(page) {
  return page.evaluate(async () => {
    const report = await window.tap.connections.at(-1).getStats();
    return [...report.values()]
      .filter(({ type }) => type === 'outbound-rtp')
      .map(({ kind, ssrc, mid, packetsSent }) => ({ kind, ssrc, mid, packets: packetsSent }));
  });
}

// One more track of the stream that it sends, on the connection that there is: a tone.
export function addSound(page) {
  return page.evaluate(() => {
    const context = new AudioContext();
    const end = new MediaStreamAudioDestinationNode(context);
    window.tone = new OscillatorNode(context); // kept, or it is collected
    window.tone.connect(end);
    window.tone.start();
    window.peer.connection.addTrack(end.stream.getTracks()[0], document.querySelector('#tile-you video').srcObject);
  });
}

export const flows = ({ kind, packets, frames }) => packets > 0 && (kind === 'audio' || frames > 0);
