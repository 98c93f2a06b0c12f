// SPDX-License-Identifier: Apache-2.0
// A WHIP client (RFC 9725): publishes a MediaStream.
//
//   const publisher = new WhipClient('/whip/lobby', { token });
//   await publisher.start(await navigator.mediaDevices.getUserMedia({ audio: true, video: true }));
//   ...
//   await publisher.stop();

import { Session } from './session.js';

export class WhipClient extends Session {
  // Sends the tracks of `stream`. Resolves once naru has answered; media flows as soon as
  // `connection.connectionState` is 'connected'.
  async start(stream) {
    for (const track of stream.getTracks()) {
      this.connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    }
    await this.negotiate();
  }
}
