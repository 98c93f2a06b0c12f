// SPDX-License-Identifier: Apache-2.0
// A live table from getStats(): one row for each stream, one line for the path. `fields` is empty until there is data.

const COLUMNS = [
  ['Stream', (s) => s.kind],
  ['Codec', (s) => s.codec],
  ['kbit/s', (s) => s.kbps?.toFixed(0)],
  ['Picture', (s) => (s.frameWidth ? `${s.frameWidth}×${s.frameHeight}` : undefined)],
  ['Frames', (s) => s.framesDecoded ?? s.framesEncoded],
  ['fps', (s) => s.framesPerSecond?.toFixed(0)],
  ['Packets', (s) => s.packetsReceived ?? s.packetsSent],
  ['Lost', (s) => s.packetsLost],
  ['Jitter ms', (s) => (s.jitter === undefined ? undefined : (s.jitter * 1000).toFixed(1))],
  ['RTT ms', (s) => (s.roundTripTime === undefined ? undefined : (s.roundTripTime * 1000).toFixed(0))],
];

// Refreshes `table` and `path` (elements) each second until the connection is closed.
export function showStats(connection, table, path) {
  const before = new Map(); // id -> {bytes, timestamp}
  const timer = setInterval(async () => {
    if (connection.connectionState === 'closed') return clearInterval(timer);
    const report = await connection.getStats();
    renderTable(table, streams(report, before));
    path.textContent = selectedPair(report);
  }, 1000);
}

function streams(report, before) {
  const rows = [];
  for (const entry of report.values()) {
    if (entry.type !== 'inbound-rtp' && entry.type !== 'outbound-rtp') continue;
    const remote = report.get(entry.remoteId) ?? {};
    const bytes = entry.bytesReceived ?? entry.bytesSent ?? 0;
    const last = before.get(entry.id);
    before.set(entry.id, { bytes, timestamp: entry.timestamp });
    rows.push({
      ...entry,
      codec: report.get(entry.codecId)?.mimeType.split('/')[1],
      kbps: last && ((bytes - last.bytes) * 8) / (entry.timestamp - last.timestamp),
      packetsLost: entry.packetsLost ?? remote.packetsLost,
      jitter: entry.jitter ?? remote.jitter,
      roundTripTime: remote.roundTripTime ?? pair(report)?.currentRoundTripTime,
    });
  }
  return rows.sort((a, b) => b.kind.localeCompare(a.kind));
}

function pair(report) {
  for (const entry of report.values()) {
    if (entry.type === 'transport' && entry.selectedCandidatePairId) return report.get(entry.selectedCandidatePairId);
  }
  return undefined;
}

function selectedPair(report) {
  const selected = pair(report);
  if (!selected) return 'No path yet';
  const show = (id) => {
    const candidate = report.get(id);
    const address = candidate?.address || 'hidden by the browser';
    const host = address.includes(':') ? `[${address}]` : address;
    return candidate ? `${host}:${candidate.port} (${candidate.candidateType}, ${candidate.protocol})` : '?';
  };
  return `${show(selected.localCandidateId)} → ${show(selected.remoteCandidateId)}`;
}

function renderTable(table, rows) {
  const head = document.createElement('tr');
  head.append(...COLUMNS.map(([title]) => cell('th', title)));
  const body = rows.map((row) => {
    const line = document.createElement('tr');
    line.append(...COLUMNS.map(([, value]) => cell('td', value(row) ?? '–')));
    return line;
  });
  table.replaceChildren(head, ...body);
}

function cell(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
