import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SystemClock } from '../../../core/clock.ts';
import type { InstallationId } from '../../../core/ids.ts';
import { newId } from '../../conformance.ts';
import { EngineUnavailable } from '../../contract.ts';
import { TestHost } from '../testing/test-host.ts';
import { encodeMessage, protocolVersion, type RunnerMessage } from './protocol.ts';
import type { RunnerConfig } from './runner-config.ts';
import { RunnerConnection } from './runner-connection.ts';

const limit = { timeout: 240_000 };

function open(path: string, clock: SystemClock): Promise<RunnerConnection | undefined> {
  const installationId = 'i' as InstallationId;
  return RunnerConnection.open({
    version: '1',
    path,
    hello: { kind: 'hello', protocol: protocolVersion, installationId, epoch: 1, config: {} as RunnerConfig },
    listener: { onEvent: () => {}, onClose: () => {} },
    clock,
    signal: new AbortController().signal,
  });
}

/** Something at the socket of a runner that says one word to each server. */
async function runnerAt(t: TestContext, path: string, word: RunnerMessage, backlog = 511) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket.resume());
    socket.on('error', () => {});
    socket.write(encodeMessage(word));
    if (word.kind === 'refused') socket.end();
  });
  server.listen({ path, backlog });
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return sockets;
}

test('a runner that has no room for another connection is not taken for dead', limit, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'runner-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const clock = new SystemClock();
  t.after(() => clock.close());
  const path = join(directory, 's');
  assert.equal(await open(path, clock), undefined, 'nobody is there');
  await runnerAt(t, path, { kind: 'refused', reason: 'no' }, 1);
  // It gets no turn to take them in.
  const others = Array.from({ length: 8 }, () => connect(path).on('error', () => {}));
  const refused = open(path, clock);
  await assert.rejects(refused, (error) => error instanceof EngineUnavailable && /EAGAIN/.test(error.message));
  for (const other of others) other.destroy();
});

test('an engine that cannot open lets go of the runners that it has found', limit, async (t) => {
  const host = await TestHost.create();
  t.after(() => host.dispose());
  const socketOf = (version: string) => join(host.dataDirectory, 'process', 'runners', version, 'socket');
  const welcome = { kind: 'welcome', protocol: protocolVersion, pid: process.pid, startTime: 0, events: [] } as const;
  const tasks = [{ taskId: newId(), state: 'running' }] as const;
  const found = await runnerAt(t, socketOf('1.2.3'), { ...welcome, tasks });
  await runnerAt(t, socketOf('1.2.4'), { kind: 'refused', reason: 'another server has taken over' });
  const options = { isolation: 'none', gangNetwork: 'host', cgroups: false } as const;
  await assert.rejects(host.open(1, undefined, options), /another server has taken over/);
  const [socket] = found;
  assert.ok(socket);
  if (!socket.closed) await once(socket, 'close');
});
