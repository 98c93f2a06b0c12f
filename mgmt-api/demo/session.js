// SPDX-License-Identifier: Apache-2.0
// What WHIP and WHEP share: one RTCPeerConnection, and one HTTP resource that stands for it.
//
//   POST   endpoint   SDP offer     -> 201, SDP answer, Location and ETag of the session
//   PATCH  session    candidates    -> 204     (If-Match: the ETag)
//   PATCH  session    credentials   -> 200     (If-Match: *; an ICE restart)
//   DELETE session                  -> 200

const OFFER = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';

// An answer other than 2xx, with what the gateway said about it (RFC 9457).
export class HttpError extends Error {
  constructor(response, problem) {
    super(problem.detail || problem.title || response.statusText);
    this.status = response.status;
    this.problem = problem;
    this.retryAfter = Number(response.headers.get('Retry-After')) || undefined;
  }
}

export class Session {
  #endpoint;
  #token;
  #url; // of the session, once there is one
  #etag;
  #candidates = []; // gathered and not sent yet
  #sending = false;

  constructor(endpoint, { token, configuration } = {}) {
    this.#endpoint = new URL(endpoint, location.href);
    this.#token = token;
    this.connection = new RTCPeerConnection(configuration);
    this.connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate) this.#candidates.push(candidate);
      this.#trickle().catch(() => {}); // naru is ICE-lite: it learns addresses from checks, candidates are a courtesy
    });
  }

  async negotiate() {
    await this.connection.setLocalDescription();
    const response = await this.#fetch('POST', this.#endpoint, OFFER, this.connection.localDescription.sdp);
    this.#url = new URL(response.headers.get('Location'), response.url);
    this.#etag = response.headers.get('ETag');
    await this.connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    this.#trickle().catch(() => {});
  }

  // New credentials on both sides, same session and keys: when the network changed.
  async restartIce() {
    this.connection.restartIce();
    await this.connection.setLocalDescription();
    const fragment = credentials(this.connection.localDescription.sdp);
    const response = await this.#fetch('PATCH', this.#url, FRAGMENT, fragment, '*');
    this.#etag = response.headers.get('ETag');
    const sdp = withCredentials(this.connection.currentRemoteDescription.sdp, await response.text());
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
  }

  async stop() {
    this.connection.close();
    const url = this.#url;
    this.#url = undefined;
    if (url) await this.#fetch('DELETE', url);
  }

  // For a page that goes away: the request survives it.
  abandon() {
    if (this.#url) fetch(this.#url, { method: 'DELETE', headers: this.#authorization(), keepalive: true });
    this.#url = undefined;
  }

  async #trickle() {
    if (!this.#url || this.#sending || this.#candidates.length === 0) return;
    this.#sending = true;
    try {
      const batch = this.#candidates.splice(0);
      const fragment = credentials(this.connection.localDescription.sdp) + lines(batch);
      await this.#fetch('PATCH', this.#url, FRAGMENT, fragment, this.#etag);
    } finally {
      this.#sending = false;
    }
    await this.#trickle();
  }

  #authorization() {
    return this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
  }

  async #fetch(method, url, type, body, ifMatch) {
    const headers = this.#authorization();
    if (type) headers['Content-Type'] = type;
    if (ifMatch) headers['If-Match'] = ifMatch;
    const response = await fetch(url, { method, headers, body });
    if (response.ok) return response;
    throw new HttpError(response, await response.json().catch(() => ({})));
  }
}

// An SDP fragment (RFC 8840) begins with the credentials of the ICE session that it belongs to.
function credentials(sdp) {
  const find = (name) => sdp.match(new RegExp(`^a=${name}:.*$`, 'm'))[0].trim();
  return `${find('ice-ufrag')}\r\n${find('ice-pwd')}\r\n`;
}

function lines(candidates) {
  const [{ sdpMid }] = candidates;
  const own = candidates.map(({ candidate }) => `a=${candidate}\r\n`).join('');
  return `m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:${sdpMid}\r\n${own}`;
}

function withCredentials(sdp, fragment) {
  return ['ice-ufrag', 'ice-pwd'].reduce((text, name) => {
    const [line] = fragment.match(new RegExp(`^a=${name}:.*$`, 'm'));
    return text.replace(new RegExp(`^a=${name}:.*$`, 'gm'), line.trim());
  }, sdp);
}
