import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import type { TaskId } from '../../../core/ids.ts';
import { silentLogger } from '../../../core/logger.ts';
import type { Engine, EngineDescription, EngineEvent, EngineKind } from '../../../engines/index.ts';
import { TaskEngines } from './task-engines.ts';

/** Engines of which each is what a test says it is. */
function enginesOf(...engines: readonly (readonly [EngineKind, Partial<Engine>])[]) {
  const clock = new ManualClock();
  return {
    clock,
    engines: new TaskEngines({
      engines: new Map(engines.map(([kind, engine]) => [kind, engine as Engine])),
      clock,
      logger: silentLogger,
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
