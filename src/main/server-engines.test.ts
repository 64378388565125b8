import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { InstallationId } from '../core/ids.ts';
import { EngineUnavailable, MockWorld, openMockEngine } from '../engines/index.ts';
import { LateEngine } from './late-engine.ts';
import { openEngines } from './server-engines.ts';

const session = { installationId: 'i' as InstallationId, epoch: 1 };

/** An engine whose openings fail with these errors, one after the other, before one goes well. */
function failing(...errors: Error[]) {
  const capacity = { vcpus: 1, memoryMiB: 1_000, gpus: 0 };
  const world = new MockWorld({ clock: new ManualClock(), instanceId: 'i-1', capacity, script: () => ({}) });
  const opened: string[] = [];
  const engine = new LateEngine('mock', async () => {
    const error = errors.shift();
    opened.push(error ? 'failed' : 'opened');
    if (error) throw error;
    return openMockEngine({ session, logRoot: '/nowhere', world });
  });
  return { engine, opened };
}

const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

test('an engine is unavailable until it is opened, and then it is itself', async () => {
  const { engine } = failing();
  await assert.rejects(engine.describe(), EngineUnavailable);
  await assert.rejects(engine.recover(), EngineUnavailable);
  await openEngines(new Map([['mock', engine]]));
  assert.equal((await engine.describe()).kind, 'mock');
  await engine.close();
});

test('engines whose files find no room are opened later, those that are open no second time', async () => {
  const { engine, opened } = failing(noSpace(), new EngineUnavailable('it has no files', { cause: noSpace() }));
  const other = failing();
  const engines = new Map([
    ['mock', engine],
    ['process', other.engine],
  ] as const);
  const isFull = (error: unknown) => error instanceof CommitFailed && error.reason === 'disk-full';
  await assert.rejects(openEngines(engines), isFull);
  await assert.rejects(openEngines(engines), isFull);
  await openEngines(engines);
  assert.deepEqual([opened, other.opened], [['failed', 'failed', 'opened'], ['opened']]);
});

test('an engine that cannot be opened for anything else says so itself', async () => {
  const { engine } = failing(new EngineUnavailable('epoch 1 is older than 2'));
  await assert.rejects(openEngines(new Map([['mock', engine]])), EngineUnavailable);
});
