// SPDX-License-Identifier: Apache-2.0
// Where packets went, as naru-ctl drops tells it.
import { expect, sleep } from './checks.js';

async function quiet(gateway) {
  let last = await gateway.ctl('drops');
  for (let i = 0; i < 20; i += 1) {
    await sleep(700);
    const now = await gateway.ctl('drops');
    if (now.total.received === last.total.received && now.total.sent === last.total.sent) return now;
    last = now;
  }
  throw new Error(`packets still come: ${JSON.stringify(last.total)}`);
}

const sum = (rows) => rows.reduce((total, { packets }) => total + packets, 0);

// received + created = sent + consumed + dropped, and each drop has a name and a text that explains it.
export async function expectExactBalance(gateway) {
  const { total, created, consumed, dropped } = await quiet(gateway);
  const numbers = JSON.stringify(total);
  expect(total.received + total.created === total.sent + total.consumed + total.dropped, `no balance: ${numbers}`);
  expect(total.balance === 0, `not in balance: ${numbers}`);
  for (const [kind, rows] of Object.entries({ created, consumed, dropped })) {
    expect(
      sum(rows) === total[kind],
      `${sum(rows)} of ${total[kind]} ${kind} packets are named: ${JSON.stringify(rows)}`,
    );
  }
  const reasons = dropped.filter(({ packets }) => packets > 0);
  expect(
    reasons.every(({ name, help }) => name !== 'unexplained' && help),
    `unexplained: ${JSON.stringify(reasons)}`,
  );
  const list = reasons.map(({ name, packets }) => `${packets} ${name}`).join(', ') || 'none';
  return `received ${total.received}, sent ${total.sent}, dropped ${list}`;
}
