// SPDX-License-Identifier: Apache-2.0
// Data channels: pages in one room over the peer API, and the gateway's own end of them.
import { readdirSync, readFileSync } from 'node:fs';
import { check, expect, run, sleep, until } from './lib/checks.js';
import { id, pour, say, stateOf, talk } from './lib/channels.js';
import { launch, leave } from './lib/chromium.js';
import { Events } from './lib/events.js';
import { Gateway } from './lib/gateway.js';
import { flows, join, received } from './lib/room.js';

// NARU_CHANNEL_MESSAGES=10000 tests/browser/run.sh channels: the whole of it, which takes some minutes.
const MESSAGES = Number(process.env.NARU_CHANNEL_MESSAGES ?? 300);

// Of this process, with theirs.
function descendants(of = process.pid) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map();
  for (const pid of pids) {
    try {
      parents.set(Number(pid), Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1]));
    } catch {
      /* it has ended */
    }
  }
  const isBelow = (pid) => parents.has(pid) && (parents.get(pid) === of || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

// Of a CPU, that it has used.
function seconds(gateway, program) {
  const fields = readFileSync(`/proc/${gateway.pid(program)}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

// What naru-control and naru-sctp hold, in KiB.
const memory = (gateway) =>
  ['control', 'sctp'].map((program) =>
    Number(readFileSync(`/proc/${gateway.pid(program)}/status`, 'utf8').match(/VmRSS:\s*(\d+)/)[1]),
  );

const isOpen = ({ readyState }) => readyState === 'open';

const opens = (page, label) =>
  until(
    `${label} is open`,
    () => stateOf(page, label),
    (state) => isOpen(state),
  );

await run('channels', async () => {
  const gateway = await Gateway.start({ name: 'channels' });
  const browser = await launch();
  const one = await talk(browser, gateway.url, 'talk', ['chat']);
  const two = await talk(browser, gateway.url, 'talk', []);
  const api = `/v1/peers/${await id(one)}`;
  const events = new Events(gateway, `${api}/events`);
  await check('a page opens a channel', async () => {
    const { id: stream } = await opens(one, 'chat');
    return `stream ${stream}`;
  });
  await check('one that joins gets it', async () => {
    await two.evaluate(() => window.peer.connection.createDataChannel('mine'));
    const { isOwn } = await opens(two, 'chat');
    expect(!isOwn, 'it is its own');
  });
  await check('they talk', async () => {
    await say(one, 'chat', 'hello');
    await say(one, 'chat', [1, 2, 3]);
    await until(
      'the other one reads it',
      () => stateOf(two, 'chat'),
      ({ lines }) => JSON.stringify(lines) === '["hello",[1,2,3]]',
    );
    await say(two, 'chat', 'and back');
    await say(two, 'chat', '');
    await until(
      'it comes back',
      () => stateOf(one, 'chat'),
      ({ lines }) => JSON.stringify(lines) === '["and back",""]',
    );
  });
  await check('the gateway opens one, too, and is told what comes', async () => {
    const created = await gateway.send('POST', `${api}/datachannels`, { label: 'api', ordered: false });
    expect(created.status === 201, `${created.status}`);
    const number = created.json.number;
    await opens(one, 'api');
    const sent = await gateway.send('POST', `${api}/datachannels/${number}/send`, { data: 'to the page' });
    expect(sent.status === 200, `${sent.status}`);
    await until(
      'the page reads it',
      () => stateOf(one, 'api'),
      ({ lines }) => lines.includes('to the page'),
    );
    await say(one, 'api', 'to the gateway');
    const { data } = await events.wait('message', ({ channel }) => channel.number === number);
    expect(data.data === 'to the gateway', JSON.stringify(data));
    return data.channel.label;
  });
  await check(`${MESSAGES} messages of 1 B to 256 KiB each way`, async () => {
    await Promise.all([one, two].map((page) => page.evaluate(() => Object.assign(window.channels.all.get('chat'), { count: 0, bytes: 0, hash: 2166136261 }))));
    const began = Date.now();
    const sent = await Promise.all([pour(one, 'chat', MESSAGES, 1), pour(two, 'chat', MESSAGES, 2)]);
    const got = await until(
      'all of them are there',
      () => Promise.all([stateOf(two, 'chat'), stateOf(one, 'chat')]),
      (states) => states.every(({ count }) => count === MESSAGES),
      20 + MESSAGES / 10,
    );
    for (const way of [0, 1]) expect(got[way].hash === sent[way].hash, `way ${way}: ${JSON.stringify([sent[way], got[way].hash])}`);
    const bytes = sent[0].bytes + sent[1].bytes;
    const before = seconds(gateway, 'control');
    await sleep(2000);
    expect(seconds(gateway, 'control') - before < 1, 'naru-control is busy with nothing');
    return `${(bytes / 1e6).toFixed(0)} MB in ${((Date.now() - began) / 1000).toFixed(1)} s`;
  });
  const bothTalk = async (text, seconds) => {
    await Promise.all([say(one, 'chat', `${text} one`), say(two, 'chat', `${text} two`)]);
    await until(
      `both read ${text}`,
      () => Promise.all([stateOf(one, 'chat'), stateOf(two, 'chat')]),
      ([first, second]) => first.lines.includes(`${text} two`) && second.lines.includes(`${text} one`),
      seconds,
    );
  };
  await check('naru-sctp is killed: media and chat of a room go on', async () => {
    const pages = [await join(browser, gateway.url, 'media'), await join(browser, gateway.url, 'media')];
    const chat = async (text) => {
      await until(
        'the chat is open',
        () => pages[0].isEnabled('#chat-text'),
        Boolean,
      );
      await pages[0].fill('#chat-text', text);
      await pages[0].press('#chat-text', 'Enter');
      await until(
        `${text} arrives`,
        () => pages[1].textContent('#chat'),
        (all) => all.includes(text),
      );
    };
    await chat('before');
    const flowing = () =>
      until(
        'both get audio and video',
        () => Promise.all(pages.map((page) => received(page))),
        (now) => now.every((streams) => streams.filter(flows).length === 2),
        30,
      );
    const before = await flowing();
    await gateway.killHard('sctp');
    await chat('after');
    const after = await until(
      'media goes on',
      () => Promise.all(pages.map((page) => received(page))),
      (now) => now.every((streams, i) => streams.every((stream, k) => stream.packets > before[i][k].packets + 20)),
      30,
    );
    for (const page of pages) await leave(page);
    return `${after.flat().map(({ lost }) => lost).join(' ')} packets lost`;
  });
  await check('naru-sctp is killed: the channels go on', async () => {
    await gateway.killHard('sctp');
    await bothTalk('after naru-sctp', 10);
    const states = await Promise.all([stateOf(one, 'chat'), stateOf(two, 'chat'), stateOf(one, 'api')]);
    expect(states.every(isOpen), JSON.stringify(states.map(({ readyState }) => readyState)));
  });
  await check('naru-control is killed: the channels go on, and there can be new ones', async () => {
    await gateway.killHard('control');
    await gateway.ready();
    await bothTalk('after naru-control', 10);
    const { data } = await events.wait('error', ({ channel }) => channel?.label === 'chat');
    const created = await gateway.send('POST', `${api}/datachannels`, { label: 'later' });
    expect(created.status === 201, `${created.status}`);
    await opens(one, 'later');
    return data.cause;
  });
  await check('a thousand channels on one association', async () => {
    const page = await talk(browser, gateway.url, 'many', Array.from({ length: 500 }, (_, i) => `page-${i}`));
    const many = `/v1/peers/${await id(page)}/datachannels`;
    await opens(page, 'page-499');
    for (let i = 0; i < 500; i += 1) {
      const { status } = await gateway.send('POST', many, { label: `gateway-${i}` });
      expect(status === 201, `${i}: ${status}`);
    }
    await opens(page, 'gateway-499');
    const { datachannels } = await until(
      'all are open',
      () => gateway.get(many),
      (now) => now.datachannels.filter(isOpen).length === 1000,
    );
    const { number } = datachannels.at(-1);
    expect((await gateway.send('POST', `${many}/${number}/send`, { data: 'last' })).status === 200, 'not sent');
    await until(
      'the last one carries something',
      () => stateOf(page, datachannels.at(-1).label),
      ({ lines }) => lines.includes('last'),
    );
    await leave(page);
  });
  await check('one that reads nothing costs bounded memory, and stops the others for ten seconds at most', async () => {
    const writer = await talk(browser, gateway.url, 'stall', ['stall']);
    const others = descendants();
    const stopped = await launch();
    const reader = await talk(stopped, gateway.url, 'stall', []);
    await reader.evaluate(() => window.peer.connection.createDataChannel('any'));
    await opens(writer, 'stall');
    await opens(reader, 'stall');
    const readers = `/v1/peers/${await id(reader)}/stats`;
    const processes = descendants().filter((pid) => !others.includes(pid));
    const before = memory(gateway);
    processes.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    try {
      await writer.evaluate(() => window.channels.flood('stall', 200, 65536));
      const most = [0, 0];
      await until(
        'the writer is free again',
        () => {
          memory(gateway).forEach((now, i) => (most[i] = Math.max(most[i], now - before[i])));
          return writer.evaluate(() => window.channels.all.get('stall').channel.bufferedAmount);
        },
        (amount) => amount === 0,
        25,
      );
      const { 'sctp-transport': sctp } = await gateway.get(readers);
      expect(sctp.messagesBridgeDropped > 0, JSON.stringify(sctp));
      expect(most.every((grown) => grown < 16384), `grown by ${most} KiB`);
      return `${sctp.messagesBridgeDropped} of 200 messages dropped, control +${most[0]} KiB, sctp +${most[1]} KiB`;
    } finally {
      processes.forEach((pid) => process.kill(pid, 'SIGCONT'));
      await leave(writer);
    }
  });
  events.stop();
  for (const page of [one, two]) await leave(page);
});
