// SPDX-License-Identifier: Apache-2.0
// One RTCPeerConnection here and its opposite at the gateway, which is a resource with the same methods:
//
//   POST /v1/peers {room}          -> its URL
//   PUT  …/remote-description      our offers and answers
//   PUT  …/local-description {}    -> the gateway's answers and offers
//   GET  …/events                  what happens there: negotiationneeded and the changes of its states
//
// Negotiations run one after the other. When both sides want one at once, the gateway's comes first.
import { EventReader } from './event_reader.js';

const JSON_TYPE = 'application/json';

export class ApiError extends Error {
  constructor(response, problem) {
    super(problem.detail || problem.title || response.statusText);
    this.status = response.status;
    this.problem = problem;
  }
}

export class Peer extends EventTarget {
  #base;
  #token;
  #url;
  #events;
  #last = Promise.resolve(); // of the negotiations that were asked for
  #closed = false;
  #isJoined = false;
  #isNeeded = false; // a negotiation, before there was a peer to negotiate with

  constructor(base, { token, configuration } = {}) {
    super();
    this.#base = new URL(base, location.href);
    this.#token = token;
    this.connection = new RTCPeerConnection(configuration);
    this.connection.addEventListener('negotiationneeded', () => this.#need());
    this.connection.addEventListener('icecandidate', ({ candidate }) => this.#trickle(candidate));
  }

  get id() {
    return this.#url?.pathname.split('/').at(-1);
  }

  // Enters the room and sends the stream's tracks, if there is one. What others send comes by the connection's `track`,
  // and by its data channels, of the label that theirs have.
  async join(room, stream) {
    const response = await this.#fetch('POST', this.#base, { room });
    this.#url = new URL(response.headers.get('Location'), response.url);
    this.#events = new EventReader(`${this.#url}/events`, this.#headers());
    this.#events.addEventListener('event', ({ detail }) => this.#hear(detail));
    this.#events.addEventListener('end', () => this.close());
    for (const track of stream?.getTracks() ?? []) this.connection.addTrack(track, stream);
    if (stream || this.#isNeeded) await this.#inTurn(() => this.#offer());
    this.#isJoined = true;
  }

  #need() {
    if (this.#isJoined) this.#inTurn(() => this.#offer());
    this.#isNeeded = true;
  }

  // What is paused sends no packets. Nothing is negotiated: the others keep the stream, and it stands still.
  async pause(kind, isPaused) {
    for (const sender of this.connection.getSenders()) {
      if (sender.track?.kind !== kind) continue;
      const parameters = sender.getParameters();
      parameters.encodings.forEach((encoding) => (encoding.active = !isPaused));
      await sender.setParameters(parameters);
    }
  }

  // Both ends get new credentials; media goes on.
  restartIce() {
    this.connection.restartIce();
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#events?.stop();
    this.connection.close();
    this.dispatchEvent(new Event('close'));
    if (this.#url) await this.#fetch('DELETE', this.#url).catch(() => {});
  }

  // For a page that goes away: the request survives it.
  abandon() {
    if (this.#url && !this.#closed) fetch(this.#url, { method: 'DELETE', headers: this.#headers(), keepalive: true });
    this.#closed = true;
  }

  #hear({ type, data }) {
    this.dispatchEvent(new CustomEvent('gateway', { detail: { type, ...data } }));
    if (type === 'negotiationneeded') this.#inTurn(() => this.#answer());
  }

  #inTurn(negotiate) {
    const next = this.#last.then(() => (this.#closed ? undefined : negotiate()));
    this.#last = next.catch((error) => {
      if (!this.#closed) this.dispatchEvent(new CustomEvent('error', { detail: error }));
    });
    return next;
  }

  async #offer() {
    await this.connection.setLocalDescription();
    if (this.connection.localDescription.type !== 'offer') return;
    try {
      await this.#put('remote-description', this.connection.localDescription);
    } catch (error) {
      if (error.problem?.title !== 'InvalidStateError') throw error;
      await this.connection.setLocalDescription({ type: 'rollback' }); // offers have crossed
      await this.#answer();
      return;
    }
    const answer = await this.#put('local-description', {});
    await this.connection.setRemoteDescription(await answer.json());
  }

  async #answer() {
    const offer = await this.#put('local-description', { type: 'offer' });
    await this.connection.setRemoteDescription(await offer.json());
    await this.connection.setLocalDescription();
    try {
      await this.#put('remote-description', this.connection.localDescription);
    } catch (error) {
      // The gateway's control plane was started anew and knows of no offer: ours has all that was agreed on here.
      if (error.problem?.title !== 'InvalidStateError') throw error;
      await this.#offer();
    }
  }

  async #trickle(candidate) {
    // The gateway is ICE-lite: it learns addresses from checks, candidates are a courtesy.
    if (!this.#url || this.#closed || !this.connection.remoteDescription) return;
    const { candidate: text = '', sdpMid } = candidate ?? {};
    await this.#fetch('POST', `${this.#url}/candidates`, { candidate: text, sdpMid }).catch(() => {});
  }

  #put(part, description) {
    return this.#fetch('PUT', `${this.#url}/${part}`, description);
  }

  #headers() {
    return this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
  }

  async #fetch(method, url, body) {
    const headers = this.#headers();
    if (body) headers['Content-Type'] = JSON_TYPE;
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    if (response.ok) return response;
    throw new ApiError(response, await response.json().catch(() => ({})));
  }
}
