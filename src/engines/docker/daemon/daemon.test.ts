import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ManualClock, SystemClock } from '../../../core/clock.ts';
import { dockerLimits } from '../docker-limits.ts';
import { Daemon } from './daemon.ts';
import { DaemonGone, DaemonLate } from './daemon-errors.ts';

const limit = { timeout: 120_000 };
let directory: string;
let server: Server;
let daemon: Daemon;
let clock: ManualClock;
let connections: number;
/** Calls of `/late`, which get no answer. */
let held: PromiseWithResolvers<ServerResponse>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daemon-'));
  connections = 0;
  held = Promise.withResolvers();
  server = createServer((call, answer) => {
    if (call.url === '/late') held.resolve(answer);
    else if (call.url === '/half') answer.write('{"half":');
    else answer.end('{"answer":1}');
  });
  server.on('connection', () => {
    connections += 1;
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
