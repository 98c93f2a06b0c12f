// SPDX-License-Identifier: Apache-2.0
// Reads Server-Sent Events of the gateway, and waits for some of them.
import { atEnd, until } from './checks.js';

export class Events {
  #abort = new AbortController();
  #list = [];
  #lastId;

  constructor(gateway, path) {
    this.url = gateway.url + path;
    atEnd(async () => this.stop());
    this.#run();
  }

  stop() {
    this.#abort.abort();
  }

  // The first one of that type that fits and was not waited for.
  async wait(type, fits = () => true, seconds = 15) {
    let found;
    await until(
      `an event ${type}; there were: ${JSON.stringify(this.#list.map((event) => event.type))}`,
      async () => (found = this.#list.find((event) => event.type === type && !event.taken && fits(event.data))),
      Boolean,
      seconds,
    );
    found.taken = true;
    return found;
  }

  all(type) {
    return this.#list.filter((event) => event.type === type);
  }

  async #run() {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await this.#read(signal).catch(() => {});
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #read(signal) {
    const headers = this.#lastId ? { 'Last-Event-ID': this.#lastId } : {};
    const response = await fetch(this.url, { headers, signal });
    let text = '';
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (text + part).split('\n\n');
      text = events.pop();
      for (const event of events) this.#take(event);
    }
  }

  #take(text) {
    const field = (name) => text.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1];
    this.#lastId = field('id') ?? this.#lastId;
    if (field('event')) this.#list.push({ type: field('event'), data: JSON.parse(field('data')) });
  }
}
