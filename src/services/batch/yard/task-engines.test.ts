import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import type { TaskId } from '../../../core/ids.ts';
import { type Logger, silentLogger } from '../../../core/logger.ts';
import {
  type Engine,
  type EngineDescription,
  type EngineEvent,
  type EngineKind,
  EngineUnavailable,
  type TaskSpec,
} from '../../../engines/index.ts';
import { TaskEngines } from './task-engines.ts';

/** Engines of which each is what a test says it is. */
function enginesOf(...engines: readonly (readonly [EngineKind, Partial<Engine>])[]) {
  return watched(silentLogger, ...engines);
}

function watched(logger: Logger, ...engines: readonly (readonly [EngineKind, Partial<Engine>])[]) {
  const clock = new ManualClock();
  return {
    clock,
    engines: new TaskEngines({
      engines: new Map(engines.map(([kind, engine]) => [kind, engine as Engine])),
      clock,
      logger,
      onRecovered: () => {},
      onAvailability: () => {},
    }),
  };
}

const well = { kind: 'mock' } as EngineDescription;

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
}

test('reports that an engine goes on to make after nobody listens any more reach nobody', async () => {
  async function* deaf(): AsyncGenerator<EngineEvent> {
    for (const taskId of ['a', 'b', 'c'] as TaskId[]) yield { kind: 'running', taskId, sequence: 1, at: 0, notes: [] };
  }
  const { engines } = enginesOf(['mock', { events: deaf }]);
  const listening = new AbortController();
  const heard: TaskId[] = [];
  await engines.listen(listening.signal, (_, { taskId }) => {
    heard.push(taskId);
    listening.abort();
  });
  assert.deepEqual(heard, ['a']);
  engines.close();
});

test('an engine that falls and comes back again and again leaves nothing behind with who listens to it', async () => {
  const { engines, clock } = enginesOf([
    'mock',
    {
      describe: async () => well,
      events: () => {
        throw new Error('broken off');
      },
    },
  ]);
  const { signal } = new AbortController();
  const listening = engines.listen(signal, () => {});
  for (let fall = 0; fall < 20; fall += 1) {
    await turns();
    clock.advance(2_000);
  }
  await turns();
  assert.ok(getEventListeners(signal, 'abort').length <= 1);
  engines.close();
  void listening;
});

const task = async () => ({ taskId: 't' }) as TaskSpec;

test('an engine that refuses every start and says that it is well is asked ever more seldom, and the log tells of it twice', async () => {
  const lines: string[] = [];
  const log = (_: object, words: string) => lines.push(words);
  const full = () => Promise.reject(new EngineUnavailable('1 containers run'));
  const { engines, clock } = watched({ ...silentLogger, warn: log, info: log } as Logger, [
    'mock',
    { describe: async () => well, start: full },
  ]);
  const waits: number[] = [];
  for (let fall = 0; fall < 9; fall += 1) {
    assert.equal(await engines.start('mock', 't' as TaskId, task), 'unanswered');
    assert.equal(engines.problem('mock'), '1 containers run');
    let waited = 0;
    for (; engines.problem('mock') !== undefined; waited += 1_000) {
      clock.advance(1_000);
      await turns();
    }
    waits.push(waited);
  }
  assert.deepEqual(
    waits,
    [2, 4, 8, 16, 32, 60, 60, 60, 60].map((seconds) => seconds * 1_000),
  );
  assert.deepEqual(lines, [
    'engine cannot run tasks now; its jobs wait',
    'engine can run tasks again',
    'engine cannot run tasks now; its jobs wait; that happens again and again, and is not said any more',
  ]);
  clock.advance(60_000);
  await engines.start('mock', 't' as TaskId, task);
  assert.equal(lines.at(-1), 'engine cannot run tasks now; its jobs wait', 'it was well for a minute');
  engines.close();
});

test('an engine that could not start a task is asked as soon as one of its tasks has ended', async () => {
  const ends = Promise.withResolvers<void>();
  async function* one(): AsyncGenerator<EngineEvent> {
    await ends.promise;
    const [cause, statusReason] = ['exited', 'Essential container in task exited'] as const;
    yield { kind: 'ended', taskId: 'a' as TaskId, sequence: 1, at: 0, cause, statusReason, containers: [], notes: [] };
    await new Promise(() => {});
  }
  const start = () => Promise.reject(new EngineUnavailable('1 containers run'));
  const { engines } = enginesOf(['mock', { describe: async () => well, events: one, start }]);
  void engines.listen(new AbortController().signal, () => {});
  await engines.start('mock', 't' as TaskId, task);
  await turns();
  assert.equal(engines.problem('mock'), '1 containers run');
  ends.resolve();
  await turns();
  assert.equal(engines.problem('mock'), undefined);
  engines.close();
});

test('an engine that was being asked when its server let go of it is asked no more, whatever it answers', async () => {
  const answer = Promise.withResolvers<EngineDescription>();
  const { engines, clock } = enginesOf(['mock', { describe: () => answer.promise }]);
  const described = engines.describeAll();
  engines.close();
  answer.reject(new EngineUnavailable('gone'));
  await described;
  assert.equal(clock.pending, 0);
});
