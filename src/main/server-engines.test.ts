import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** An engine whose opening a test ends, that tells how often it was opened and closed. */
function slow() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const capacity = { vcpus: 1, memoryMiB: 1_000, gpus: 0 };
  const world = new MockWorld({ clock: new ManualClock(), instanceId: 'i-1', capacity, script: () => ({}) });
  const seen = { opened: 0, closed: 0 };
  const engine = new LateEngine('mock', async () => {
    seen.opened += 1;
    await promise;
    const mock = openMockEngine({ session, logRoot: '/nowhere', world });
    const close = async () => {
      seen.closed += 1;
      await mock.close();
    };
    return new Proxy(mock, { get: (it, name) => (name === 'close' ? close : Reflect.get(it, name, it)) });
  });
  return { engine, seen, resolve, reject };
}

test('an engine that two ask for at once is opened once', async () => {
  const { engine, seen, resolve } = slow();
  const both = [engine.open(), engine.open()];
  resolve();
  await Promise.all(both);
  await engine.close();
  assert.deepEqual(seen, { opened: 1, closed: 1 });
});

test('an engine that is closed while it is being opened is closed once it is, and opened no more', async () => {
  const { engine, seen, resolve } = slow();
  const opening = engine.open();
  const closing = engine.close();
  resolve();
  await Promise.all([opening, closing]);
  assert.deepEqual(seen, { opened: 1, closed: 1 });
  await assert.rejects(engine.open(), EngineUnavailable);
  assert.deepEqual(seen, { opened: 1, closed: 1 });
});

test('an engine whose opening fails while it is closed leaves the failure to whoever opened it', async () => {
  const { engine, seen, reject } = slow();
  const opening = assert.rejects(engine.open(), /ENOSPC/);
  const closing = engine.close();
  reject(noSpace());
  await Promise.all([opening, closing]);
  assert.deepEqual(seen, { opened: 1, closed: 0 });
});

test('where one engine fails the others have been opened when that is told, and what is no want of room is told first', async () => {
  const { engine: full } = failing(noSpace());
  const { engine: broken } = failing(new EngineUnavailable('epoch 1 is older than 2'));
  const { engine, resolve } = slow();
  let isOver = false;
  const engines = new Map([
    ['docker', full],
    ['process', broken],
    ['mock', engine],
  ] as const);
  const opening = assert.rejects(openEngines(engines), /epoch 1 is older/).then(() => {
    isOver = true;
  });
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  assert.equal(isOver, false);
  resolve();
  await opening;
  await engine.close();
});
