// SPDX-License-Identifier: Apache-2.0
// Put into each page before its own scripts: keeps its connections at hand, and makes the camera's picture small.
// Runs in the page; `video` are the constraints instead of the page's own.
export function pageHooks(video) {
  const tap = { connections: [], events: [], negotiations: 0, samples: [], firstPicture: undefined };
  window.tap = tap;

  const note = (what, state) => tap.events.push({ at: Math.round(performance.now()), what, state });

  function followDtls(connection) {
    const transports = new Set([...connection.getSenders(), ...connection.getReceivers()].map((end) => end.transport));
    for (const transport of transports) {
      transport?.addEventListener('statechange', () => note('dtls', transport.state));
    }
  }

  function awaitPicture(began) {
    document.getElementById('picture')?.requestVideoFrameCallback(() => {
      tap.firstPicture ??= performance.now() - began;
    });
  }

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      tap.connections.push(this);
      awaitPicture(performance.now());
      this.addEventListener('connectionstatechange', () => note('connection', this.connectionState));
      this.addEventListener('signalingstatechange', () => followDtls(this), { once: true });
      this.addEventListener('signalingstatechange', () => (tap.negotiations += this.signalingState === 'stable'));
    }
  };

  const devices = navigator.mediaDevices;
  const getUserMedia = devices?.getUserMedia.bind(devices);
  if (devices) devices.getUserMedia = (wish) => getUserMedia({ ...wish, video: wish.video && video });

  const rtp = (report, type, kind) => [...report.values()].find((entry) => entry.type === type && entry.kind === kind);

  // What the tests look at, of the newest connection that there is.
  tap.stats = async () => {
    const connection = tap.connections.at(-1);
    if (!connection) return {};
    const report = await connection.getStats();
    const transport = [...report.values()].find((entry) => entry.type === 'transport');
    const pair = report.get(transport?.selectedCandidatePairId);
    const codec = (stream) => report.get(stream?.codecId)?.mimeType;
    const [video, audio] = ['video', 'audio'].map((kind) => rtp(report, 'inbound-rtp', kind));
    return {
      at: performance.now(),
      state: connection.connectionState,
      transport,
      pair,
      local: report.get(pair?.localCandidateId),
      remote: report.get(pair?.remoteCandidateId),
      video,
      audio,
      videoCodec: codec(video),
      audioCodec: codec(audio),
      outVideo: rtp(report, 'outbound-rtp', 'video'),
      outAudio: rtp(report, 'outbound-rtp', 'audio'),
    };
  };

  // Takes a sample every 100 ms from now on: how the picture goes on, and where it stood still.
  tap.sample = () => {
    tap.samples = [];
    tap.timer ??= setInterval(async () => {
      const { at, video } = await tap.stats();
      tap.samples.push({ at, frames: video?.framesDecoded ?? 0, packets: video?.packetsReceived ?? 0 });
    }, 100);
  };

  // The longest time, in ms, in which no new picture was decoded.
  tap.longestGap = () => {
    let [last, longest] = [tap.samples[0], 0];
    for (const sample of tap.samples) {
      longest = Math.max(longest, sample.at - last.at);
      if (sample.frames > last.frames) last = sample;
    }
    return Math.round(longest);
  };
}
