// SPDX-License-Identifier: Apache-2.0
// Another machine on a LAN with this one: a network namespace, and Chromium in it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM } from './chromium.js';
import { atEnd } from './checks.js';
import { freeAddresses } from './gateway.js';

const ip = (...words) => execFileSync('ip', words);

export class Neighbour {
  // Its default route is this machine. `nic`: this machine's interface towards it.
  static async start() {
    const { host4, ip4 } = freeAddresses();
    const name = `nb${process.pid}`;
    const neighbour = Object.assign(new Neighbour(), { name, nic: `${name}l`, address: host4 });
    atEnd(async () => neighbour.stop());
    ip('netns', 'add', name);
    ip(
      'link',
      'add',
      neighbour.nic,
      'numrxqueues',
      '1',
      'numtxqueues',
      '1',
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'numrxqueues',
      '1',
      'numtxqueues',
      '1',
      'netns',
      name,
    );
    ip('address', 'add', `${host4}/24`, 'dev', neighbour.nic);
    ip('link', 'set', neighbour.nic, 'up');
    for (const words of [
      ['link', 'set', 'lo', 'up'],
      ['address', 'add', `${ip4}/24`, 'dev', 'eth0'],
      ['link', 'set', 'eth0', 'up'],
      ['route', 'add', 'default', 'via', host4],
    ])
      ip('-n', name, ...words);
    return neighbour;
  }

  // A browser of this machine, whose user has put `certificate` among those that it trusts.
  browser(directory, certificate) {
    const home = join(directory, 'home');
    for (const place of ['.pki/nssdb', '.local/share/pki/nssdb']) {
      const database = `sql:${join(home, place)}`;
      mkdirSync(join(home, place), { recursive: true });
      execFileSync('certutil', ['-N', '-d', database, '--empty-password']);
      execFileSync('certutil', ['-A', '-d', database, '-n', 'naru', '-t', 'P,,', '-i', certificate]);
    }
    const executable = join(directory, 'chromium');
    writeFileSync(executable, `#!/bin/sh\nexec ip netns exec ${this.name} ${CHROMIUM} "$@"\n`, { mode: 0o755 });
    return { executable, env: { ...process.env, HOME: home } };
  }

  stop() {
    for (const words of [
      ['link', 'delete', this.nic],
      ['netns', 'delete', this.name],
    ]) {
      try {
        execFileSync('ip', words, { stdio: 'ignore' });
      } catch {
        /* was not made */
      }
    }
  }
}
