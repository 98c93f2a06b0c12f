// SPDX-License-Identifier: Apache-2.0
// Changes to answers on their way to the page.

const isCandidate = (line) => line.startsWith('a=candidate:');
const addressOf = (candidate) => candidate.split(' ')[4];

function mapLines(sdp, change) {
  return sdp
    .split('\r\n')
    .map(change)
    .filter((line) => line !== undefined)
    .join('\r\n');
}

// family: 4 or 6. The page sees the gateway's candidates of that family only.
export const onlyFamily = (family) => (sdp) =>
  mapLines(sdp, (line) => {
    if (!isCandidate(line)) return line;
    return addressOf(line).includes(':') === (family === 6) ? line : undefined;
  });

// transport: udp or tcp. The same by transport and family.
export const onlyTransport = (transport, family) => (sdp) =>
  mapLines(onlyFamily(family)(sdp), (line) => {
    if (!isCandidate(line)) return line;
    return line.split(' ')[2].toLowerCase() === transport ? line : undefined;
  });

export function firstCandidate(sdp) {
  const [, , , , address, port] = sdp
    .split('\r\n')
    .find((line) => isCandidate(line) && !addressOf(line).includes(':'))
    .split(' ');
  return { address, port: Number(port) };
}

// All candidates stand for another place.
export const movedTo = (sdp, { address, port }) =>
  mapLines(onlyFamily(4)(sdp), (line) => {
    if (!isCandidate(line)) return line;
    const words = line.split(' ');
    words.splice(4, 2, address, port);
    return words.join(' ');
  });
