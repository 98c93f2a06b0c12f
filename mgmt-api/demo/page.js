// SPDX-License-Identifier: Apache-2.0
// What the demo's pages share: the room and the token in the URL, and errors that say what to do.

const query = new URLSearchParams(location.search);
const fragment = new URLSearchParams(location.hash.slice(1));

export const room = query.get('room') || fragment.get('room') || 'lobby';
// In the fragment a token is never sent to a server in a URL; ?token= works too, and ends up in logs.
export const token = fragment.get('token') || query.get('token') || undefined;

export function linkTo(page, name = room) {
  return `/demo/${page}?room=${encodeURIComponent(name)}${token ? `#token=${encodeURIComponent(token)}` : ''}`;
}

export const element = (id) => document.getElementById(id);

export function showState(text, kind = 'busy') {
  const state = element('state');
  state.textContent = text;
  state.dataset.kind = kind;
}

export function showError(error) {
  const box = element('error');
  box.hidden = false;
  box.textContent = explain(error);
  showState('Failed', 'bad');
}

export function clearError() {
  element('error').hidden = true;
}

const BY_NAME = {
  NotAllowedError: 'The browser refused camera and microphone. Allow them for this page (the icon in the address bar), then try again.',
  NotFoundError: 'There is no camera or no microphone. Plug one in, or clear the box of the one that is missing, then try again.',
  NotReadableError: 'Another program uses the camera or the microphone. Close it, then try again.',
};

const BY_STATUS = {
  401: 'The gateway wants a token. Open this page with #token=TOKEN at the end of its address.',
  406: 'This browser and the room have no codec in common. Try another browser.',
  409: 'Someone publishes in this room already. Choose another room.',
};

function explain(error) {
  if (BY_NAME[error.name]) return BY_NAME[error.name];
  if (BY_STATUS[error.status]) return BY_STATUS[error.status];
  if (error.status) return `The gateway answered ${error.status}: ${error.message}`;
  if (error instanceof TypeError) return `The gateway cannot be reached (${error.message}). Is naru running?`;
  return error.message;
}

// Watches a connection for the user: what it does, and what to do if it fails.
export function followConnection(connection) {
  connection.addEventListener('connectionstatechange', () => {
    const state = connection.connectionState;
    const text = { connected: 'Connected', connecting: 'Connecting…', disconnected: 'Interrupted, waiting…' }[state];
    if (text) showState(text, state === 'connected' ? 'good' : 'busy');
    if (state === 'failed') {
      showError(new Error('No media path to the gateway. A firewall may block UDP to its media ports; then try again.'));
    }
  });
}
