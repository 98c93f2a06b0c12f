// SPDX-License-Identifier: Apache-2.0
// A WHEP client (draft-ietf-wish-whep): watches what someone publishes. Needs no camera, no microphone, no permission.
//
//   const viewer = new WhepClient('/whep/lobby', { token });
//   video.srcObject = viewer.stream;
//   await viewer.start();
//   ...
//   await viewer.stop();

import { Session } from './session.js';

export class WhepClient extends Session {
  stream = new MediaStream();

  async start() {
    this.connection.addTransceiver('video', { direction: 'recvonly' });
    this.connection.addTransceiver('audio', { direction: 'recvonly' });
    this.connection.addEventListener('track', ({ track }) => this.stream.addTrack(track));
    await this.negotiate();
  }
}
