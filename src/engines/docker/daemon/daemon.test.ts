import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ManualClock, SystemClock } from '../../../core/clock.ts';
import { dockerLimits } from '../docker-limits.ts';
import { Daemon } from './daemon.ts';
import { DaemonGone, DaemonLate, DaemonRefusal } from './daemon-errors.ts';

const limit = { timeout: 120_000 };
let directory: string;
let server: Server;
let daemon: Daemon;
let clock: ManualClock;
let connections: number;
/** Pieces that `/endless` has written. */
let poured: number;
/** All that came, the first first. */
let sockets: Set<Socket>;
/** Calls of `/late`, which get no answer. */
let held: PromiseWithResolvers<ServerResponse>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daemon-'));
  connections = 0;
  poured = 0;
  held = Promise.withResolvers();
  server = createServer((call, answer) => {
    if (call.url === '/late') held.resolve(answer);
    else if (call.url === '/half') answer.write('{"half":');
    else if (call.url === '/long') answer.end(Buffer.alloc(dockerLimits.answerBytes + 1));
    else if (call.url === '/endless') pour(answer);
    else if (call.url === '/full') call.socket.end(full, () => call.socket.destroy());
    else if (call.url === '/close') answer.setHeader('connection', 'close').end('{}');
    else if (call.url === '/gone') call.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    else answer.end('{"answer":1}');
  });
  sockets = new Set();
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => {}));
  });
  await once(server.listen(join(directory, 'socket')), 'listening');
  clock = new ManualClock();
  daemon = new Daemon(join(directory, 'socket'), clock);
});
afterEach(async () => {
  daemon.close();
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

/** An answer that is as long as a stream holds without being read. */
const full = `HTTP/1.1 200 OK\r\nContent-Length: ${64 * 1024}\r\n\r\n${'.'.repeat(64 * 1024)}`;

/** As much as is taken, for ever. */
function pour(answer: ServerResponse): void {
  const more = () => {
    while (!answer.destroyed && answer.write(Buffer.alloc(16 * 1024, '.'))) poured += 1;
    poured += 1;
  };
  answer.on('drain', more);
  more();
}

/** Resolves once so many connections that came first have ended. */
async function closed(count = 1): Promise<void> {
  const ended = [...sockets]
    .slice(0, count)
    .map((each) => new Promise<void>((resolve) => (each.destroyed ? resolve() : each.once('close', () => resolve()))));
  await Promise.all(ended);
}

const ask = (path: string, alone = false) => daemon.json({ method: 'GET', path, alone });

test('calls that follow each other use one connection; one that is to be alone has its own', limit, async () => {
  for (const path of ['/1', '/2', '/3']) assert.deepEqual(await ask(path), { answer: 1 });
  assert.equal(connections, 1);
  await ask('/4', true);
  assert.equal(connections, 2);
  await ask('/5');
  assert.equal(connections, 2);
});

test('a connection whose call was broken off is used by no other', limit, async () => {
  const late = ask('/late');
  late.catch(() => {});
  const answer = await held.promise;
  clock.advance(dockerLimits.callMs);
  await assert.rejects(late, DaemonLate);
  answer.end('{"answer":"too late"}');
  assert.deepEqual(await ask('/next'), { answer: 1 });
  assert.equal(connections, 2);
});

test('an answer that came in time is none too late for a process that had no time to read it', limit, async () => {
  const late = ask('/late');
  const answer = await held.promise;
  const machine = new SystemClock();
  // Timers run before anything is read.
  machine.after(0, () => {
    answer.end('{"answer":2}');
    clock.advance(dockerLimits.callMs);
  });
  assert.deepEqual(await late, { answer: 2 });
  machine.close();
});

test('an answer that breaks off is that of a daemon that is gone', limit, async () => {
  const half = ask('/half');
  half.catch(() => {});
  await once(server, 'request');
  server.closeAllConnections();
  await assert.rejects(half, (error) => error instanceof DaemonGone && !(error instanceof DaemonLate));
});

test('a call that nobody wants is broken off, whether it is asked for yet or not', limit, async () => {
  const closing = new AbortController();
  const call = { method: 'GET', path: '/late', signal: closing.signal } as const;
  const asked = daemon.json(call);
  asked.catch(() => {});
  await held.promise;
  closing.abort();
  await assert.rejects(asked, DaemonGone);
  await assert.rejects(daemon.json(call), DaemonGone);
});

test(
  'of a stream that nobody reads no more is taken than a little; one that is let go ends its connection',
  limit,
  async () => {
    const stream = await daemon.stream({ method: 'GET', path: '/endless' });
    await once(stream, 'readable');
    for (let before = -1; before !== poured; ) {
      before = poured;
      // Each of these is a turn in which all that may come would.
      for (let turn = 0; turn < 50; turn += 1) await ask(`/turn-${turn}`);
    }
    assert.ok(stream.readableLength <= 256 * 1024, `${stream.readableLength} bytes wait`);
    const before = poured;
    for (let read = 0; read < 4 * 1024 * 1024; ) {
      const piece = stream.read();
      if (piece) read += piece.length;
      else await once(stream, 'readable');
    }
    assert.ok(poured > before);
    stream.destroy();
    await closed();
  },
);

test('a stream that was read to its end leaves its connection to the next call', limit, async () => {
  const stream = await daemon.stream({ method: 'GET', path: '/stream' });
  let text = '';
  for await (const piece of stream.setEncoding('utf8')) text += piece;
  assert.equal(text, '{"answer":1}');
  await ask('/next');
  assert.equal(connections, 1);
});

test('a kept connection that the daemon has ended serves no other call', limit, async () => {
  assert.deepEqual(await ask('/gone'), {});
  await closed();
  // Its end has been read by now: what is asked on another comes after it.
  await ask('/alone', true);
  assert.deepEqual(await ask('/next'), { answer: 1 });
});

test('nor does one whose last answer has filled the stream that it went to', limit, async () => {
  const stream = await daemon.stream({ method: 'GET', path: '/full' });
  for (let turn = 0; stream.readableLength < 64 * 1024; turn += 1) await ask(`/turn-${turn}`, true);
  let length = 0;
  for await (const piece of stream) length += piece.length;
  assert.equal(length, 64 * 1024);
  await closed();
  await ask('/alone', true);
  assert.deepEqual(await ask('/next'), { answer: 1 });
});

test('a connection that is to close after its answer takes no other along', limit, async () => {
  await Promise.all([ask('/1'), ask('/2')]);
  await ask('/close');
  await Promise.all([ask('/3'), ask('/4')]);
  assert.equal(connections, 3);
});

test('an answer that is too long to be read whole is no sign of a daemon that is gone', limit, async () => {
  const tooLong = `GET /long: an answer of more than ${dockerLimits.answerBytes} bytes`;
  await assert.rejects(ask('/long'), (error) => error instanceof DaemonRefusal && error.message === tooLong);
});

test('what would be two calls is none', limit, async () => {
  await assert.rejects(ask('/a HTTP/1.1\r\n\r\nGET /b'), RangeError);
  const headers = { 'x-registry-auth': 'a\r\nb: c' };
  await assert.rejects(daemon.json({ method: 'GET', path: '/a', headers }), RangeError);
  assert.equal(connections, 0);
});

test('where one connection has broken off, no other that was kept before serves a call', limit, async () => {
  // Two that are kept: the calls are under way at the same time.
  await Promise.all([ask('/1'), ask('/2')]);
  assert.equal(connections, 2);
  const half = ask('/half');
  half.catch(() => {});
  const [call] = await once(server, 'request');
  call.socket.destroy();
  await assert.rejects(half, DaemonGone);
  await ask('/3');
  assert.equal(connections, 3);
});

test('a stream that is let go costs none of the connections that are kept', limit, async () => {
  const closing = new AbortController();
  const streams = [
    await daemon.stream({ method: 'GET', path: '/endless' }),
    await daemon.stream({ method: 'GET', path: '/endless', signal: closing.signal }),
  ];
  await ask('/1');
  assert.equal(connections, 3);
  streams[0]?.destroy();
  closing.abort();
  await closed(2);
  await ask('/2');
  assert.equal(connections, 3);
});
