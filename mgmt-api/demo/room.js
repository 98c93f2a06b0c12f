// SPDX-License-Identifier: Apache-2.0
// Everybody in the room sees and hears everybody else: a tile for each stream, a stream for each member.
import { Chat } from './chat.js';
import { Peer } from './peer.js';
import { showStats } from './stats.js';
import { clearError, element, followConnection, linkTo, room, showError, showState, token } from './page.js';

let peer;
let stream;

async function start() {
  clearError();
  setRunning(true);
  try {
    stream = await devices();
    if (stream) show(stream, 'you', true);
    const joined = (peer = new Peer('/v1/peers', { token }));
    window.peer = peer; // for whoever looks from the console
    followConnection(peer.connection);
    peer.connection.addEventListener('track', ({ streams: [from] }) => from && show(from, from.id, false));
    peer.addEventListener('error', ({ detail }) => joined === peer && showError(detail));
    peer.addEventListener('close', () => joined === peer && stop());
    new Chat(peer);
    showState('Connecting…');
    await peer.join(room, stream);
    showStats(peer.connection, element('stats'), element('path'));
  } catch (error) {
    await stop();
    showError(error);
  }
}

async function devices() {
  const wish = { video: element('video').checked, audio: element('audio').checked };
  if (!wish.video && !wish.audio) return undefined; // to look on
  showState('Asking for camera and microphone…');
  if (!navigator.mediaDevices) {
    throw new Error('Browsers give no camera to a page on plain http, but for localhost. Open this page over https.');
  }
  return navigator.mediaDevices.getUserMedia({ ...wish, video: wish.video && { width: 640, height: 360 } });
}

function show(from, name, isOwn) {
  const id = `tile-${name}`;
  if (element(id)) return;
  const tile = document.createElement('figure');
  const picture = document.createElement('video');
  const caption = document.createElement('figcaption');
  Object.assign(tile, { id });
  Object.assign(picture, { autoplay: true, playsInline: true, muted: isOwn, srcObject: from });
  caption.textContent = isOwn ? 'You' : name.slice(0, 8);
  tile.append(picture, caption);
  element('grid').append(tile);
  from.addEventListener('removetrack', () => from.getTracks().length === 0 && tile.remove());
}

async function stop() {
  setRunning(false);
  const left = peer;
  peer = undefined;
  stream?.getTracks().forEach((track) => track.stop());
  stream = undefined;
  element('grid').replaceChildren();
  showState('Stopped', 'idle');
  await left?.close().catch(() => {});
}

// The track is switched off for the own tile, too, which shows what the others see.
async function toggle(kind, button, [on, off]) {
  const tracks = stream?.getTracks().filter((track) => track.kind === kind) ?? [];
  const isOff = tracks.some((track) => track.enabled);
  tracks.forEach((track) => (track.enabled = !isOff));
  element(button).textContent = isOff ? off : on;
  await peer?.pause(kind, isOff).catch(showError);
}

function setRunning(running) {
  element('start').hidden = running;
  for (const id of ['stop', 'mute', 'blank']) element(id).hidden = !running;
  element('video').disabled = element('audio').disabled = running;
  element('mute').textContent = 'Mute';
  element('blank').textContent = 'Camera off';
}

element('room').textContent = room;
element('home').href = linkTo('');
element('start').addEventListener('click', start);
element('stop').addEventListener('click', stop);
element('mute').addEventListener('click', () => toggle('audio', 'mute', ['Mute', 'Unmute']));
element('blank').addEventListener('click', () => toggle('video', 'blank', ['Camera off', 'Camera on']));
addEventListener('pagehide', () => peer?.abandon());
