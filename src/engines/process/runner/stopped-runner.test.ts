import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import type { InstallationId, TaskId } from '../../../core/ids.ts';
import { EventLog, limit, outcome } from '../../conformance-stage.ts';
import { type Engine, EngineUnavailable } from '../../contract.ts';
import { sendSignal } from '../host/proc.ts';
import { processLimits } from '../limits.ts';
import { TestHost } from '../testing/test-host.ts';
import { encodeMessage, protocolVersion } from './protocol.ts';
import type { RunnerConfig } from './runner-config.ts';
import { RunnerConnection } from './runner-connection.ts';

/**
 * A host whose only runner runs a task, has been stopped, and whose server is gone. However the test ends, nothing stays stopped
 * or open.
 */
async function hostWithStoppedRunner(t: TestContext) {
  const host = await TestHost.create();
  const engines: Engine[] = [];
  const open = async (epoch: number) => {
    const engine = await host.open(epoch);
    engines.push(engine);
    return engine;
  };
  t.after(async () => {
    for (const { pid } of host.runners()) sendSignal(pid, 'SIGKILL');
    for (const engine of engines) await engine.close();
    await host.dispose();
  });
  const first = await open(1);
  const task = host.task(`trap 'exit 9' TERM; >${host.shared}/up; sleep 1000 & wait`);
  assert.equal(await first.start(task), 'accepted');
  await host.appears('up');
  const [runner] = host.runners();
  assert.ok(runner);
  await first.close();
  sendSignal(runner.pid, 'SIGSTOP');
  return { host, task, runner, open };
}

test(
  'an engine opens though a runner is stopped, loses nothing of it, and has it again when it goes on',
  limit,
  async (t) => {
    const { host, task, runner, open } = await hostWithStoppedRunner(t);
    const engine = await open(2);
    assert.match((await engine.describe()).unavailable ?? '', /^the runner of version 1\.0\.0 does not answer$/);
    await assert.rejects(engine.recover(), EngineUnavailable);
    await assert.rejects(engine.start(host.task('exit 0')), EngineUnavailable);
    await assert.rejects(engine.stop(task.taskId, 0), EngineUnavailable);
    await assert.rejects(engine.release(task.taskId), EngineUnavailable);
    const log = new EventLog(engine);
    sendSignal(runner.pid, 'SIGCONT');
    await log.running(task.taskId);
    while ((await engine.describe()).unavailable !== undefined)
      await new Promise<void>((resolve) => host.clock.after(1, resolve));
    assert.deepEqual(await engine.recover(), [{ taskId: task.taskId, state: 'running' }]);
    await engine.stop(task.taskId, 60_000);
    assert.equal(outcome(await log.ended(task.taskId)).exitCode, 9);
    log.close();
  },
);

test('when a stopped runner dies its tasks are lost, once, and others start', limit, async (t) => {
  const { host, task, runner, open } = await hostWithStoppedRunner(t);
  const engine = await open(2);
  const log = new EventLog(engine);
  sendSignal(runner.pid, 'SIGKILL');
  assert.equal((await log.ended(task.taskId)).cause, 'lost');
  while ((await engine.describe()).unavailable !== undefined)
    await new Promise<void>((resolve) => host.clock.after(1, resolve));
  const next = host.task('exit 4');
  assert.equal(await engine.start(next), 'accepted');
  assert.equal(outcome(await log.ended(next.taskId)).exitCode, 4);
  log.close();
});

test(
  'an engine that is closed while a runner is stopped waits for nothing, and leaves the task to the next',
  limit,
  async (t) => {
    const { task, runner, open } = await hostWithStoppedRunner(t);
    await (await open(2)).close();
    sendSignal(runner.pid, 'SIGCONT');
    const engine = await open(3);
    assert.deepEqual(await engine.recover(), [{ taskId: task.taskId, state: 'running' }]);
    await engine.stop(task.taskId, 0);
  },
);

test('a runner that owes an answer to a start is silent for as long as it says nothing', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'runner-'));
  const path = join(directory, 's');
  const welcome = { kind: 'welcome', protocol: protocolVersion, pid: 1, startTime: 1, tasks: [], events: [] } as const;
  const said = Promise.withResolvers<(text: string) => void>();
  const server = createServer((socket) => {
    socket.write(encodeMessage(welcome));
    said.resolve((text) => socket.write(text));
  }).listen(path);
  const clock = new ManualClock();
  const heard = Promise.withResolvers<void>();
  const connection = await RunnerConnection.open({
    version: '1',
    path,
    hello: {
      kind: 'hello',
      protocol: protocolVersion,
      installationId: 'i' as InstallationId,
      epoch: 1,
      config: {} as RunnerConfig,
    },
    listener: { onEvent: () => heard.resolve(), onClose: () => {} },
    clock,
    signal: new AbortController().signal,
  });
  assert.ok(connection);
  const taskId = 'task' as TaskId;
  connection.request({ kind: 'release', taskId }).catch(() => {});
  clock.advance(processLimits.answerMs * 2);
  assert.equal(connection.silentFor(), 0, 'a release may take its time');
  connection.request({ kind: 'stop', taskId, grace: 0 }).catch(() => {});
  clock.advance(processLimits.answerMs + 1);
  assert.equal(connection.silentFor(), processLimits.answerMs + 1);
  const event = { kind: 'running', taskId, sequence: 1, at: 1, notes: [] } as const;
  (await said.promise)(encodeMessage({ kind: 'event', event }));
  await heard.promise;
  assert.equal(connection.silentFor(), 0, 'it lives: it has said something');
  connection.close();
  await connection.closed;
  server.close();
  rmSync(directory, { recursive: true });
});
