// SPDX-License-Identifier: Apache-2.0
// What a test file is made of: checks that print one line each, and work to be undone at the end, however that comes.
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

const undo = [];
let failures = 0;
let ending = false;

// Called at the end in reverse order.
export function atEnd(action) {
  undo.push(action);
}

// Prints "ok" or "FAILED", and returns whether it was ok. What `action` returns is printed behind the name.
export async function check(name, action) {
  const began = Date.now();
  try {
    const note = await action();
    print('ok', name, began, note);
    return true;
  } catch (error) {
    failures += 1;
    print('FAILED', name, began, ending ? 'stopped' : error.message);
    if (!error.expected) console.log(error.stack);
    await explainFailure(name);
    return false;
  }
}

function print(verdict, name, began, note) {
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${verdict.padEnd(7)} ${name} (${seconds} s)${note ? `: ${note}` : ''}`);
}

let explainFailure = async () => {};

// What to keep for whoever looks into a failed check.
export function onFailure(action) {
  explainFailure = (name) => action(name).catch((error) => console.log(`        no evidence: ${error.message}`));
}

export function expect(condition, message) {
  if (!condition) throw Object.assign(new Error(message), { expected: true });
}

// Asks until `holds` says so of the answer; then returns the answer.
export async function until(message, ask, holds = Boolean, seconds = 15) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    expect(
      Date.now() < deadline,
      `not within ${seconds} s: ${message}; last: ${JSON.stringify(answer)?.slice(0, 3000)}`,
    );
    await sleep(200);
  }
}

async function end(code) {
  if (ending) return;
  ending = true;
  for (const action of undo.reverse()) await action().catch((error) => console.log(`clean-up: ${error.message}`));
  process.exit(code);
}

// Runs a test file. An error outside of any check is a failed check.
export async function run(name, main) {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => end(1));
  try {
    await main();
  } catch (error) {
    if (!ending) await check(`${name}: runs to its end`, () => Promise.reject(error));
  }
  await end(failures ? 1 : 0);
}
