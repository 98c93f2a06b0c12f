// SPDX-License-Identifier: Apache-2.0
// Put into a page: RTCPeerConnections whose opposite is asked for method by method, so that each step can be looked at.
// Runs in the page; window.callers keeps them by name.
export function callerHooks() {
  window.callers = {};

  window.Caller = class Caller {
    constructor(name) {
      this.events = []; // of the gateway: {type, ...data}
      this.fired = new Set(); // of the connection here
      window.callers[name] = this;
      this.renew();
    }

    // Another connection, with another certificate: at the gateway it is the same peer.
    renew(stream) {
      this.connection = new RTCPeerConnection();
      for (const track of stream?.getTracks() ?? []) this.connection.addTrack(track, stream);
      for (const type of ['track', 'datachannel', 'iceconnectionstatechange', 'connectionstatechange']) {
        this.connection[`on${type}`] = () => this.fired.add(`on${type}`);
      }
    }

    async open(room, options = {}) {
      const { body } = await this.ask('POST', '/v1/peers', { room, ...options });
      this.id = body.id;
      this.source = new EventSource(`/v1/peers/${this.id}/events`);
      const types = ['track', 'datachannel', 'iceconnectionstatechange', 'connectionstatechange', 'negotiationneeded'];
      for (const type of types) {
        this.source.addEventListener(type, ({ data }) => this.events.push({ type, ...JSON.parse(data) }));
      }
    }

    async ask(method, path, body) {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const options = body ? { headers: { 'Content-Type': type }, body: JSON.stringify(body) } : {};
      const url = path.startsWith('/') ? path : `/v1/peers/${this.id}/${path}`;
      const response = await fetch(url, { method, ...options });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : undefined };
    }

    // What has to be answered with 2xx.
    async tell(method, path, body) {
      const { status, body: answer } = await this.ask(method, path, body);
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
      return answer;
    }

    // Both ends' signalling states, this one's first.
    async states() {
      const { signalingState } = await this.tell('GET', 'configuration');
      return `${this.connection.signalingState} ${signalingState}`;
    }

    async expectStates(...expected) {
      const now = await this.states();
      if (now !== expected.join(' ')) throw new Error(`the states are ${now}, not ${expected.join(' ')}`);
    }

    async offer() {
      await this.connection.setLocalDescription();
      await this.tell('PUT', 'remote-description', this.connection.localDescription);
      await this.expectStates('have-local-offer', 'have-remote-offer');
      await this.connection.setRemoteDescription(await this.tell('PUT', 'local-description', {}));
      await this.expectStates('stable', 'stable');
    }

    async follow(offer) {
      await this.connection.setRemoteDescription(offer ?? (await this.tell('PUT', 'local-description', { type: 'offer' })));
      await this.expectStates('have-remote-offer', 'have-local-offer');
      await this.connection.setLocalDescription();
      await this.tell('PUT', 'remote-description', this.connection.localDescription);
      await this.expectStates('stable', 'stable');
    }

    // Offers cross, and the gateway's stands: it was not opened as polite.
    async cross() {
      const offer = await this.tell('PUT', 'local-description', { type: 'offer' });
      await this.connection.setLocalDescription();
      const refused = await this.ask('PUT', 'remote-description', this.connection.localDescription);
      if (refused.body?.title !== 'InvalidStateError') throw new Error(`crossing: ${JSON.stringify(refused)}`);
      await this.expectStates('have-local-offer', 'have-local-offer');
      await this.connection.setLocalDescription({ type: 'rollback' });
      await this.follow(offer);
    }

    // Offers cross, and the gateway takes its own back.
    async crossPolitely() {
      await this.tell('PUT', 'local-description', { type: 'offer' });
      await this.offer();
    }

    // The peer's offer is there first: then the gateway has none to make.
    async crossLate() {
      await this.connection.setLocalDescription();
      await this.tell('PUT', 'remote-description', this.connection.localDescription);
      const refused = await this.ask('PUT', 'local-description', { type: 'offer' });
      if (refused.body?.title !== 'InvalidStateError') throw new Error(`late: ${JSON.stringify(refused)}`);
      await this.expectStates('have-local-offer', 'have-remote-offer');
      await this.connection.setRemoteDescription(await this.tell('PUT', 'local-description', {}));
      await this.expectStates('stable', 'stable');
    }

    async rollBack() {
      await this.connection.setLocalDescription();
      await this.tell('PUT', 'remote-description', this.connection.localDescription);
      await this.tell('PUT', 'remote-description', { type: 'rollback' });
      await this.connection.setLocalDescription({ type: 'rollback' });
      await this.expectStates('stable', 'stable');
      await this.connection.setRemoteDescription(await this.tell('PUT', 'local-description', { type: 'offer' }));
      await this.connection.setRemoteDescription({ type: 'rollback' });
      await this.tell('PUT', 'local-description', { type: 'rollback' });
      await this.expectStates('stable', 'stable');
    }

    // Two provisional answers, then the answer.
    async answerTwice() {
      await this.connection.setLocalDescription();
      await this.tell('PUT', 'remote-description', this.connection.localDescription);
      for (let i = 0; i < 2; i += 1) {
        const { sdp } = await this.tell('PUT', 'local-description', { type: 'pranswer' });
        await this.connection.setRemoteDescription({ type: 'pranswer', sdp });
        await this.expectStates('have-remote-pranswer', 'have-local-pranswer');
      }
      await this.connection.setRemoteDescription(await this.tell('PUT', 'local-description', {}));
      await this.expectStates('stable', 'stable');
    }

    // What arrives here, by kind: packets, lost ones.
    async received() {
      const report = [...(await this.connection.getStats()).values()];
      return report
        .filter(({ type }) => type === 'inbound-rtp')
        .map(({ kind, packetsReceived, packetsLost, ssrc, framesDecoded }) => ({
          kind,
          packets: packetsReceived,
          lost: packetsLost,
          ssrc,
          frames: framesDecoded ?? 0,
        }));
    }

    // The longest time, in ms, in which no further packet was counted while `action` ran. Every 20 ms it is looked.
    async longestGap(kind, action) {
      let [packets, last, longest, is_over] = [-1, performance.now(), 0, false];
      const look = async () => {
        while (!is_over) {
          const [stream] = (await this.received()).filter((one) => one.kind === kind);
          const now = performance.now();
          longest = Math.max(longest, now - last);
          if (stream.packets > packets) [packets, last] = [stream.packets, now];
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      const looking = look();
      await action();
      is_over = true;
      await looking;
      return Math.round(longest);
    }
  };
}
