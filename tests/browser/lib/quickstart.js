// SPDX-License-Identifier: Apache-2.0
// deploy/quickstart.sh as a user runs it, but for a run directory and a port of the test's own.
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { atEnd, expect } from './checks.js';
import { freePort } from './gateway.js';

const script = fileURLToPath(new URL('../../../deploy/quickstart.sh', import.meta.url));
const output = (program, ...words) => execFileSync(program, words, { encoding: 'utf8' });

// What --stop has to leave as it was. Others may use this machine too: only what is naru's to change counts.
function machine(nic) {
  const shared = !nic
    ? []
    : [
        output('ip', '-d', 'link', 'show', 'dev', nic),
        output('ip', '-br', 'address', 'show', 'dev', nic),
        output('ethtool', '-k', nic),
      ];
  return [...shared, `huge pages: ${readFileSync('/proc/sys/vm/nr_hugepages', 'utf8')}`].join('\n').split('\n');
}

export class QuickStart {
  constructor(name, nic) {
    this.directory = join(process.env.NARU_BROWSER_SCRATCH, name, 'run');
    this.nic = nic;
    this.before = machine(nic);
  }

  // nic: to be shared with the LAN.
  static async start(name, nic) {
    const quickStart = new QuickStart(name, nic);
    mkdirSync(join(quickStart.directory, '..'), { recursive: true });
    atEnd(() => quickStart.stop());
    const port = String(await freePort());
    quickStart.printed = await quickStart.run(
      '--detach',
      '--no-build',
      '--http-port',
      port,
      ...(nic ? ['--lan', nic] : []),
    );
    [, quickStart.demo] = quickStart.printed.match(/demo: +(\S+)/) ?? [];
    expect(quickStart.demo, `no URL was printed: ${quickStart.printed}`);
    return quickStart;
  }

  async run(...words) {
    const begin = promisify(execFile)(script, ['--run-dir', this.directory, ...words], { timeout: 60000 });
    const { stdout } = await begin.catch((error) =>
      expect(false, `quickstart.sh ${words.join(' ')}: ${error.stdout}${error.stderr}`),
    );
    return stdout;
  }

  get certificate() {
    return join(this.directory, 'quickstart/certificate.pem');
  }

  // Its log goes away with it.
  keepLog() {
    const log = join(this.directory, 'quickstart/log');
    if (existsSync(log)) copyFileSync(log, join(this.directory, '../naru.log'));
  }

  async stop() {
    if (!existsSync(this.directory)) return;
    this.keepLog();
    await this.run('--stop');
  }

  expectNothingLeft() {
    expect(!existsSync(this.directory), `${this.directory} is still there`);
    expect(!output('ip', 'link').includes(this.directory), `an interface of ${this.directory} is still there`);
    const after = machine(this.nic);
    const changed = after.filter((line, index) => line !== this.before[index]);
    expect(changed.length === 0 && after.length === this.before.length, `changed: ${changed.join('; ')}`);
  }
}
