// SPDX-License-Identifier: Apache-2.0
// The console: asks the REST interface every two seconds and shows what it says.
import { badge, bytes, count, duration, figures, meter, table } from './render.js';

const REFRESH_MS = 2000;
const element = (id) => document.getElementById(id);
const fragment = new URLSearchParams(location.hash.slice(1));
let token = fragment.get('token') || new URLSearchParams(location.search).get('token');

async function get(path) {
  const response = await fetch(path, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail || response.statusText), { status: response.status });
}

async function refresh() {
  try {
    const [status, { rooms }, { peers }, { workers }, drops] = await Promise.all(
      ['status', 'rooms', 'peers', 'workers', 'drops'].map((view) => get(`/v1/${view}`)));
    showStatus(status, peers);
    showRooms(rooms);
    showStreams(peers);
    showWorkers(workers);
    showDrops(drops);
    showError();
  } catch (error) {
    showError(error);
    if (error.status === 401) return; // the form asks for a token, and starts again
  }
  setTimeout(refresh, document.hidden ? 5 * REFRESH_MS : REFRESH_MS);
}

function showError(error) {
  element('login').hidden = error?.status !== 401;
  element('error').hidden = !error || error.status === 401;
  if (!error) return;
  const unreachable = error instanceof TypeError;
  element('error').textContent = unreachable ? 'naru-control cannot be reached. Media goes on without it.' : error.message;
  showHealth(unreachable ? 'No answer' : error.status === 401 ? 'Token needed' : 'Error', 'bad');
}

function showHealth(text, kind) {
  element('health').textContent = text;
  element('health').dataset.kind = kind;
}

function showStatus(status, peers) {
  element('name').textContent = `${status.name} ${status.version}`;
  if (status.draining) showHealth('Draining', 'busy');
  else showHealth(status.ready ? 'Ready' : 'Not ready', status.ready ? 'good' : 'bad');
  const publishers = peers.filter((peer) => peer.role === 'publisher').length;
  figures(element('figures'), [
    ['Rooms', count(status.rooms)],
    ['Publishers', count(publishers)],
    ['Viewers', count(peers.length - publishers)],
    ['Sessions so far', count(status.sessions.created)],
    ['Failed', count(status.sessions.failed)],
    ['Refused', count(status.sessions.refused)],
  ]);
  table(element('processes'), [
    { title: 'Process', value: (p) => p.name, text: true },
    { title: 'State', value: (p) => badge(p.ready ? 'ready' : 'not ready', p.ready ? 'good' : 'bad'), text: true },
    { title: 'PID', value: (p) => p.pid },
    { title: 'Boot', value: (p) => p.epoch },
    { title: 'Up', value: (p) => duration(p.uptime_ms) },
    { title: 'Last heartbeat', value: (p) => (p.epoch ? `${p.heartbeat_age_ms} ms` : '') },
    { title: 'Restarts', value: (p) => p.restarts },
    { title: 'Last end', value: (p) => (p.last_end ? `${p.last_end}, ${duration(p.last_end_age_ms)} ago` : ''), text: true },
  ], status.processes);
  table(element('ports'), [
    { title: 'Port', value: (p) => p.device, text: true },
    { title: 'Link', value: (p) => badge(p.link_up ? 'up' : 'down', p.link_up ? 'good' : 'bad'), text: true },
    { title: 'MAC', value: (p) => p.mac, text: true },
    { title: 'Received', value: (p) => count(p.received_packets) },
    { title: 'Sent', value: (p) => count(p.sent_packets) },
    { title: 'Missed', value: (p) => count(p.missed_packets) },
    { title: 'Errors', value: (p) => count(p.errors) },
  ], status.ports);
}

function showRooms(rooms) {
  table(element('rooms'), [
    { title: 'Room', value: (r) => r.name, text: true },
    { title: 'Publisher', value: (r) => badge(r.has_publisher ? 'live' : 'none', r.has_publisher ? 'good' : 'idle'), text: true },
    { title: 'Viewers', value: (r) => count(r.viewers) },
    { title: 'Worker', value: (r) => r.worker },
    { title: 'Shard', value: (r) => r.shard },
    { title: 'Age', value: (r) => duration(r.age_ms) },
  ], rooms);
}

const KINDS = { connected: 'good', failed: 'bad', disconnected: 'bad', closed: 'idle' };

// A line for each stream; a session without any has a line of its own.
function showStreams(peers) {
  const rows = peers.flatMap((peer) => (peer.streams.length ? peer.streams : [{}]).map((stream) => ({ peer, stream })));
  table(element('streams'), [
    { title: 'Room', value: ({ peer }) => peer.room, text: true },
    { title: 'Role', value: ({ peer }) => peer.role, text: true },
    { title: 'State', value: ({ peer }) => badge(peer.state, KINDS[peer.state] ?? 'busy'), text: true },
    { title: 'Peer', value: ({ peer }) => peer.reason || peer.remote_address || '–', text: true },
    { title: 'Stream', value: ({ stream }) => stream.kind, text: true },
    { title: 'Codec', value: ({ stream }) => stream.codec, text: true },
    { title: 'kbit/s', value: ({ stream }) => stream.kbps },
    { title: 'Packets', value: ({ stream }) => stream.packets && count(stream.packets) },
    { title: 'Lost', value: ({ stream }) => stream.lost },
    { title: 'Jitter ms', value: ({ stream }) => stream.jitter_ms },
    { title: 'RTT ms', value: ({ stream }) => stream.rtt_ms },
    { title: 'PLI', value: ({ stream }) => stream.plis },
    { title: 'Set up', value: ({ peer }) => (peer.setup_ms ? `${peer.setup_ms} ms` : '–') },
  ], rows);
}

function showWorkers(workers) {
  table(element('workers'), [
    { title: 'Worker', value: (w) => w.index, text: true },
    { title: 'CPU', value: (w) => w.cpu },
    { title: 'State', value: (w) => badge(w.alive ? 'alive' : 'dead', w.alive ? 'good' : 'bad'), text: true },
    { title: 'Load', value: (w) => meter(w.load, 0.8), text: true },
    { title: 'Transports', value: (w) => count(w.transports) },
    { title: 'Received', value: (w) => count(w.received) },
    { title: 'Sent', value: (w) => count(w.sent) },
    { title: 'Dropped', value: (w) => count(w.dropped) },
    { title: 'In', value: (w) => bytes(w.received_bytes) },
    { title: 'Out', value: (w) => bytes(w.sent_bytes) },
    { title: 'Sleeps', value: (w) => count(w.sleeps) },
  ], workers);
  const total = (worker) => worker.nodes.reduce((sum, node) => sum + node.cycles, 0) || 1;
  const nodes = workers.flatMap((worker) => worker.nodes.filter((node) => node.calls > 0)
    .map((node) => ({ ...node, worker: worker.index, share: node.cycles / total(worker) })));
  table(element('nodes'), [
    { title: 'Node', value: (n) => n.name, text: true },
    { title: 'Worker', value: (n) => n.worker },
    { title: 'Share', value: (n) => meter(n.share), text: true },
    { title: 'Cycles per packet', value: (n) => (n.packets ? n.cycles_per_packet.toFixed(0) : '–') },
    { title: 'Packets per call', value: (n) => (n.packets / n.calls).toFixed(2) },
    { title: 'Packets', value: (n) => count(n.packets) },
    { title: 'Calls', value: (n) => count(n.calls) },
  ], nodes.sort((a, b) => b.cycles - a.cycles));
}

function showDrops(drops) {
  const { received, created, sent, consumed, dropped, balance } = drops.total;
  element('balance').textContent = `${count(received)} received + ${count(created)} created = ${count(sent)} sent + ` +
    `${count(consumed)} consumed + ${count(dropped)} dropped + ${count(balance)} under way`;
  const rows = drops.dropped.filter((reason) => reason.packets > 0);
  table(element('drops'), [
    { title: 'Reason', value: (r) => r.name, text: true },
    { title: 'Packets', value: (r) => count(r.packets) },
    { title: 'What it means', value: (r) => r.help, text: true },
  ], rows.sort((a, b) => b.packets - a.packets));
}

element('demo').href = `/demo/${location.hash}`;
element('login').addEventListener('submit', (event) => {
  event.preventDefault();
  token = element('token').value;
  location.hash = `token=${encodeURIComponent(token)}`;
  element('demo').href = `/demo/${location.hash}`;
  refresh();
});
refresh();
