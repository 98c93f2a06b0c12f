// SPDX-License-Identifier: Apache-2.0
// What people in the room write to each other, over a data channel: the gateway passes a message on to the channels of
// the same label of all others.
import { element } from './page.js';

const LABEL = 'chat';
const LINES = 200;

// A peer of demo/peer.js, before it joins.
export class Chat {
  #channel;
  #name = `Guest ${Math.random().toString(36).slice(2, 5)}`;

  constructor(peer) {
    this.#channel = peer.connection.createDataChannel(LABEL);
    this.#channel.addEventListener('open', () => this.#setOpen(true));
    this.#channel.addEventListener('close', () => this.#setOpen(false));
    this.#channel.addEventListener('message', ({ data }) => this.#hear(data));
    element('chat-form').onsubmit = (event) => this.#say(event);
  }

  #setOpen(isOpen) {
    for (const field of element('chat-form').elements) field.disabled = !isOpen;
  }

  #say(event) {
    event.preventDefault();
    const text = element('chat-text').value.trim();
    if (!text || this.#channel.readyState !== 'open') return;
    this.#channel.send(JSON.stringify({ name: this.#name, text }));
    this.#show('You', text);
    element('chat-text').value = '';
  }

  #hear(data) {
    try {
      const { name, text } = JSON.parse(data);
      this.#show(String(name), String(text));
    } catch {
      this.#show('Somebody', String(data));
    }
  }

  #show(name, text) {
    const line = document.createElement('li');
    const who = document.createElement('b');
    who.textContent = name;
    line.append(who, ` ${text}`);
    const list = element('chat');
    list.append(line);
    while (list.children.length > LINES) list.firstChild.remove();
    list.scrollTop = list.scrollHeight;
  }
}
