// SPDX-License-Identifier: Apache-2.0
import { WhipClient } from './whip.js';
import { showStats } from './stats.js';
import { clearError, element, followConnection, linkTo, room, showError, showState, token } from './page.js';

let publisher;
let stream;

async function start() {
  clearError();
  setRunning(true);
  try {
    showState('Asking for camera and microphone…');
    if (!navigator.mediaDevices) {
      throw new Error('Browsers give no camera to a page on plain http, but for localhost. Open this page over https.');
    }
    stream = await navigator.mediaDevices.getUserMedia({
      video: element('video').checked && { width: 1280, height: 720 },
      audio: element('audio').checked,
    });
    element('picture').srcObject = stream;
    publisher = new WhipClient(`/whip/${encodeURIComponent(room)}`, { token });
    followConnection(publisher.connection);
    showState('Connecting…');
    await publisher.start(stream);
    showStats(publisher.connection, element('stats'), element('path'));
  } catch (error) {
    await stop();
    showError(error);
  }
}

async function stop() {
  setRunning(false);
  const session = publisher;
  publisher = undefined;
  stream?.getTracks().forEach((track) => track.stop());
  element('picture').srcObject = null;
  showState('Stopped', 'idle');
  await session?.stop().catch(() => {});
}

function setRunning(running) {
  element('start').hidden = running;
  element('stop').hidden = !running;
  element('video').disabled = element('audio').disabled = running;
}

element('room').textContent = room;
element('watch').href = linkTo('watch.html');
element('home').href = linkTo('');
element('start').addEventListener('click', start);
element('stop').addEventListener('click', stop);
addEventListener('pagehide', () => publisher?.abandon());
