import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import type { InstallationId, TaskId } from '../../../core/ids.ts';
import { newId } from '../../conformance.ts';
import type { EngineEvent } from '../../contract.ts';
import { processLimits } from '../limits.ts';
import { config } from '../plan/runner-config.fixture.ts';
import { encodeMessage, protocolVersion } from './protocol.ts';
import { RunnerConnection } from './runner-connection.ts';

test('a runner whose tasks have more to tell together than one message may have is taken over all the same', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'runner-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'socket');
  const notes = ['x'.repeat(24 * 1024)];
  const running = (taskId: TaskId): EngineEvent => ({ kind: 'running', taskId, sequence: 1, at: 1, notes });
  const ids = Array.from({ length: Math.ceil(processLimits.messageBytes / notes.join('').length) + 1 }, newId);
  const [tasks, events] = [ids.map((taskId) => ({ taskId, state: 'running' as const })), ids.map(running)];
  const runner = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(encodeMessage({ kind: 'welcome', protocol: protocolVersion, pid: 1, startTime: 1, tasks, events }));
  });
  runner.listen(path);
  t.after(() => runner.close());
  await once(runner, 'listening');
  const heard: EngineEvent[] = [];
  const connection = await RunnerConnection.open({
    ...{ version: '1', path, clock: new ManualClock(), signal: new AbortController().signal },
    hello: {
      kind: 'hello',
      protocol: protocolVersion,
      installationId: 'i' as InstallationId,
      epoch: 1,
      config: config({}),
    },
    listener: { onEvent: (event) => heard.push(event), onClose: () => {} },
  });
  assert.deepEqual([connection?.tasks.length, heard.length], [ids.length, ids.length]);
  connection?.close();
});
