// SPDX-License-Identifier: Apache-2.0
import { WhepClient } from './whep.js';
import { showStats } from './stats.js';
import { clearError, element, followConnection, linkTo, room, showError, showState, token } from './page.js';

let viewer;
let retry;

async function start() {
  clearError();
  setRunning(true);
  showState('Connecting…');
  viewer = new WhepClient(`/whep/${encodeURIComponent(room)}`, { token });
  followConnection(viewer.connection);
  element('picture').srcObject = viewer.stream;
  try {
    await viewer.start();
    endWithPublisher(viewer);
    await element('picture').play().catch(() => element('unmute').focus());
    showStats(viewer.connection, element('stats'), element('path'));
  } catch (error) {
    await stop();
    if (error.status === 404) waitForPublisher(error.retryAfter ?? 3);
    else showError(error);
  }
}

function waitForPublisher(seconds) {
  setRunning(true);
  showState('Nobody publishes here yet. Waiting…');
  retry = setTimeout(start, seconds * 1000);
}

// naru closes DTLS when the publisher leaves. The connection itself would only be "disconnected" after some seconds.
function endWithPublisher(session) {
  const [{ transport }] = session.connection.getReceivers();
  transport.addEventListener('statechange', async () => {
    if (session !== viewer || transport.state !== 'closed') return;
    await stop();
    waitForPublisher(2);
  });
}

async function stop() {
  clearTimeout(retry);
  setRunning(false);
  const session = viewer;
  viewer = undefined;
  element('picture').srcObject = null;
  showState('Stopped', 'idle');
  await session?.stop().catch(() => {});
}

function setRunning(running) {
  element('start').hidden = running;
  element('stop').hidden = !running;
}

element('room').textContent = room;
element('publish').href = linkTo('publish.html');
element('home').href = linkTo('');
element('start').addEventListener('click', start);
element('stop').addEventListener('click', stop);
element('unmute').addEventListener('click', () => {
  const picture = element('picture');
  picture.muted = !picture.muted;
  element('unmute').textContent = picture.muted ? 'Sound on' : 'Sound off';
  picture.play();
});
addEventListener('pagehide', () => viewer?.abandon());
start();
