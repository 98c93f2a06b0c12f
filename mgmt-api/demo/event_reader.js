// SPDX-License-Identifier: Apache-2.0
// Server-Sent Events over fetch(): EventSource has no way to send a token. Comes back after a break and asks for what it
// missed; `end` when there is nobody any more to tell of.
const RETRY_MS = 500;

export class EventReader extends EventTarget {
  #url;
  #headers;
  #abort = new AbortController();
  #lastId;

  constructor(url, headers = {}) {
    super();
    this.#url = url;
    this.#headers = headers;
    this.#run();
  }

  stop() {
    this.#abort.abort();
  }

  async #run() {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const goesOn = await this.#read(signal).catch(() => true);
      if (!goesOn && !signal.aborted) return this.dispatchEvent(new Event('end'));
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  // False when the gateway knows nothing of it.
  async #read(signal) {
    const headers = this.#lastId ? { ...this.#headers, 'Last-Event-ID': this.#lastId } : this.#headers;
    const response = await fetch(this.#url, { headers, signal, cache: 'no-store' });
    if (!response.ok) return response.status !== 404;
    let text = '';
    for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
      const { value, done } = await reader.read();
      if (done) return true;
      const parts = (text + value).split('\n\n');
      text = parts.pop();
      parts.forEach((part) => this.#dispatch(part));
    }
  }

  #dispatch(part) {
    const fields = Object.fromEntries(
      part.split('\n').map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    );
    if (fields.id) this.#lastId = fields.id;
    if (!fields.event) return; // a comment
    const detail = { type: fields.event, data: JSON.parse(fields.data) };
    this.dispatchEvent(new CustomEvent('event', { detail }));
  }
}
