// SPDX-License-Identifier: Apache-2.0
// A gateway of the test's own: configuration, veth pair, run directory and HTTP port are made for it and go with it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { atEnd, expect, sleep, until } from './checks.js';

const build = process.env.NARU_BUILD;
const scratch = process.env.NARU_BROWSER_SCRATCH;
const INTERFACE = `nb${process.pid % 1e8}n1`;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

// A /24 and a /64 that no interface of this machine has.
export function freeAddresses() {
  const taken = Object.values(networkInterfaces())
    .flat()
    .map(({ address }) => address);
  for (;;) {
    const [a, b] = [64 + Math.floor(Math.random() * 128), Math.floor(Math.random() * 256)];
    const prefixes = [`10.${a}.${b}.`, `fd07:${a.toString(16)}:${b.toString(16)}::`];
    if (!taken.some((address) => prefixes.some((prefix) => address.startsWith(prefix)))) {
      return { ip4: `${prefixes[0]}2`, ip6: `${prefixes[1]}2`, host4: `${prefixes[0]}1`, host6: `${prefixes[1]}1` };
    }
  }
}

function configuration({ directory, addresses, port, workers, sections }) {
  return `gateway:
  name: browser-test
  run-directory: ${directory}/run
  workers: ${workers}
  log-level: debug
memory:
  heap-mb: 192
  history-mb: 8
  packet-buffers: 16384
ports:
  - device: net_af_xdp0,iface=${INTERFACE},busy_budget=0
    addresses: [${addresses.ip4}/24, '${addresses.ip6}/64']
    gateway: ${addresses.host4}
    gateway6: '${addresses.host6}'
http:
  port: ${port}
${sections}`;
}

export class Gateway {
  constructor(fields) {
    Object.assign(this, fields);
  }

  // workers: packet workers; sections: further ones of the configuration, as text.
  static async start({ name, workers = 1, sections = '' }) {
    const directory = join(scratch, name);
    const addresses = freeAddresses();
    const port = await freePort();
    const config = join(directory, 'naru.yaml');
    mkdirSync(directory, { recursive: true });
    writeFileSync(config, configuration({ directory, addresses, port, workers, sections }));
    const log = openSync(join(directory, 'naru.log'), 'w');
    const supervise = join(build, 'deploy/supervise/naru-supervise');
    const child = spawn(supervise, ['--config', config, '--bin-dir', build], { stdio: ['ignore', log, log] });
    const gateway = new Gateway({ directory, addresses, config, child, url: `http://127.0.0.1:${port}` });
    gateway.exited = once(child, 'exit');
    atEnd(() => gateway.stop());
    await gateway.ready();
    return gateway;
  }

  async ready() {
    await until(
      '/readyz answers 200',
      () => this.status('/readyz'),
      (status) => status === 200 || this.ended(),
      20,
    );
    expect(!this.ended(), `naru-supervise ended: ${this.log().slice(-1000)}`);
  }

  ended() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  // Its supervisor is given time to remove what it made; a test that leaves something behind says so.
  async stop() {
    if (this.ended()) return;
    this.child.kill('SIGTERM');
    const late = await Promise.race([this.exited, sleep(12000, 'late', { ref: false })]);
    if (late === 'late') this.child.kill('SIGKILL');
    expect(late !== 'late', 'naru-supervise did not end within 12 s after SIGTERM');
    expect(!existsSync(`/sys/class/net/${INTERFACE}`), `${INTERFACE} is still there`);
  }

  log() {
    return readFileSync(join(this.directory, 'naru.log'), 'utf8');
  }

  async status(path, options) {
    try {
      return (await fetch(this.url + path, { ...options, signal: AbortSignal.timeout(3000) })).status;
    } catch {
      return 0; // nobody listens
    }
  }

  async get(path) {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(5000) });
    expect(response.ok, `GET ${path}: ${response.status}`);
    return response.json();
  }

  async post(path) {
    const response = await fetch(this.url + path, { method: 'POST', signal: AbortSignal.timeout(5000) });
    expect(response.ok, `POST ${path}: ${response.status}`);
  }

  // Its status, its headers and its JSON, if it has some.
  async send(method, path, body) {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(this.url + path, { method, headers, body: JSON.stringify(body), signal });
    return { status: response.status, headers: response.headers, json: await response.json().catch(() => undefined) };
  }

  // The operator's view of the same: naru-ctl WORDS... --json.
  async ctl(...words) {
    const program = join(build, 'mgmt-api/ctl/naru-ctl');
    const { stdout } = await promisify(execFile)(program, [...words, '--json', '--url', this.url], { timeout: 5000 });
    return JSON.parse(stdout);
  }

  // program: control or dataplane.
  pid(program) {
    return Number(readFileSync(join(this.directory, 'run', `${program}.pid`), 'utf8'));
  }

  // kill -9, and wait until the supervisor has started a successor.
  async killHard(program) {
    const before = this.pid(program);
    process.kill(before, 'SIGKILL');
    await until(`a new naru-${program}`, async () => this.newPid(program, before), Boolean, 10);
  }

  newPid(program, before) {
    try {
      return this.pid(program) !== before;
    } catch {
      return false; // just being replaced
    }
  }
}
