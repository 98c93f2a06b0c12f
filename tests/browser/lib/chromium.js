// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, and the demo's pages in it as people: publishers with a camera, viewers without any permission.
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { atEnd, expect, onFailure, until } from './checks.js';
import { pageHooks } from './page_hooks.js';

export const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--mute-audio',
];
const SMALL = { width: 320, height: 240, frameRate: 15 };

// executable: another one that ends up in Chromium; env: its environment; camera: a film that the camera sees.
export async function launch({ executable = CHROMIUM, env = process.env, camera } = {}) {
  const args = camera ? [...FLAGS, `--use-file-for-fake-video-capture=${camera}`] : FLAGS;
  const browser = await chromium.launch({
    executablePath: executable,
    args,
    env,
    headless: true,
    chromiumSandbox: false,
  });
  atEnd(() => browser.close());
  onFailure((name) => keepScreenshots(browser, name));
  return browser;
}

async function keepScreenshots(browser, name) {
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [index, page] of pages.entries()) {
    const path = join('/tmp', `naru-${name.replace(/\W+/g, '-')}-${index}.png`);
    await page.screenshot({ path, timeout: 3000 });
    const events = await page.evaluate(() => JSON.stringify(window.tap?.events));
    console.log(`        ${page.url()}: ${path}; events: ${events}`);
  }
}

// One page in a context of its own. rewriteAnswer: (sdp) => sdp, between the gateway and the page.
export async function open(browser, { permissions = [], video = SMALL, rewriteAnswer, viewport }) {
  const context = await browser.newContext({ permissions, viewport });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`        page error: ${error.message}`));
  await page.addInitScript(pageHooks, video);
  if (rewriteAnswer) await page.route(/\/wh[ie]p\/[^/]+$/, (route) => rewrite(route, rewriteAnswer));
  return page;
}

async function rewrite(route, rewriteAnswer) {
  if (route.request().method() !== 'POST') return route.continue();
  const response = await route.fetch().catch(() => undefined);
  if (!response) return route.abort();
  const { 'content-length': _, ...headers } = response.headers();
  const sdp = await response.text();
  return route.fulfill({ status: response.status(), headers, body: response.ok() ? rewriteAnswer(sdp) : sdp });
}

export const stats = (page) => page.evaluate(() => window.tap.stats());

// url: of the gateway, or the whole URL of its demo (which may hold a token), and then the way of a user from there on.
async function visit(page, url, file, room) {
  if (!url.includes('/demo/')) return page.goto(`${url}/demo/${file}?room=${room}`);
  await page.goto(url);
  await page.fill('#name', room);
  await page.click(`button[value="${file}"]`);
  return page.waitForURL(`**/${file}?**`);
}

export async function publish(browser, url, room, options = {}) {
  const page = await open(browser, { permissions: ['camera', 'microphone'], ...options });
  await visit(page, url, 'publish.html', room);
  await page.click('#start');
  const { error } = await until(
    `the publisher of ${room} is connected`,
    () => stateOf(page),
    (now) => now.error || now.connection === 'connected',
  );
  expect(!error, error);
  return page;
}

export async function watch(browser, url, room, options = {}) {
  const page = await open(browser, options);
  await visit(page, url, 'watch.html', room);
  await page.click('#unmute'); // Chromium measures no energy of what nobody hears
  return page;
}

// What the page shows to its user, and what its connection is in.
export function stateOf(page) {
  return page.evaluate(() => ({
    connection: window.tap.connections.at(-1)?.connectionState,
    shown: document.getElementById('state').textContent,
    error: document.getElementById('error').hidden ? '' : document.getElementById('error').textContent,
  }));
}

const BEEP = 1e-3; // the energy of a part of one of the fake microphone's; silence has less

// The picture and the sound go on: more frames and more energy than before.
export async function expectMedia(page, who, seconds = 12) {
  const before = await until(
    `${who} decodes video`,
    () => stats(page),
    (now) => now.video?.framesDecoded > 0,
    seconds,
  );
  const holds = (now) =>
    now.video?.framesDecoded >= before.video.framesDecoded + 5 &&
    now.audio?.totalAudioEnergy > (before.audio?.totalAudioEnergy ?? 0) + BEEP;
  return until(`${who} goes on decoding video and audio`, () => stats(page), holds, seconds);
}

export function leave(page) {
  return page.context().close();
}

export const describe = (now) =>
  `${now.video?.framesDecoded} frames of ${now.videoCodec}, audio energy ` +
  `${now.audio?.totalAudioEnergy.toPrecision(2)}, ${now.transport?.srtpCipher}, to ${now.remote?.address}`;
