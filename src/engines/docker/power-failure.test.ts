import assert from 'node:assert/strict';
import fs, { readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, mock, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bootId } from '../../core/boot-id.ts';
import type { TaskId } from '../../core/ids.ts';
import type { TaskSpec } from '../contract.ts';
import { crash, task } from './testing/fake-server.ts';
import { FakeStage } from './testing/fake-stage.ts';

const limit = { timeout: 120_000 };
const stage = FakeStage.ofEachTest();
const { open, starts } = stage;
afterEach(() => {
  mock.restoreAll();
  syncBuiltinESMExports();
});

function be(product: 'docker' | 'podman'): void {
  const content = { Version: '1.40', Components: [{ Name: 'Podman Engine', Version: '4.3.1' }] };
  stage.daemon.instead = (words) =>
    words === 'GET /version' && product === 'podman' ? { status: 200, content } : undefined;
}

const pathOf = (taskId: TaskId) => join(stage.daemon.directory, `data/docker/tasks/${taskId}.jsonl`);

/** Enough of them for what would be done next. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
}

/** A task of which its server, and with it everything, dies while its container is started. */
async function dieInStart(): Promise<TaskSpec> {
  const first = await open();
  const spec = task();
  stage.daemon.hanging = /\/start$/;
  await first.engine.start(spec);
  await stage.daemon.called(/\/start$/);
  await crash(first);
  stage.daemon.hanging = undefined;
  return spec;
}

/** What is found of a task's file: of another boot, and of its lines only those that were synced. */
function findAgain(taskId: TaskId, { boot, isWhole }: { readonly boot: string; readonly isWhole: boolean }): void {
  const path = pathOf(taskId);
  const lines = readFileSync(path, 'utf8').split('\n');
  const synced = lines.slice(0, lines.findIndex((line) => line.includes('"foreseen"')) + 1);
  const found = `${(isWhole ? lines : synced).join('\n')}\n`;
  writeFileSync(path, found.replaceAll(bootId(), boot));
}

for (const product of ['docker', 'podman'] as const)
  for (const isWhole of [true, false])
    test(
      `a container of ${product} that was about to start when the machine failed may have run, ${isWhole ? 'as' : 'though not'} its file says: its task is lost, and starts no more`,
      limit,
      async () => {
        be(product);
        const { taskId } = await dieInStart();
        findAgain(taskId, { boot: 'another', isWhole });
        const { log } = await open(2);
        assert.deepEqual([(await log.ended(taskId)).cause, starts(), stage.daemon.containers.size], ['lost', 1, 0]);
      },
    );

test(
  'where only the server died before it asked for the start, nothing has run, and the task is free',
  limit,
  async () => {
    const spec = await dieInStart();
    findAgain(spec.taskId, { boot: bootId(), isWhole: false });
    const { engine, log } = await open(2);
    assert.deepEqual([await engine.recover(), stage.daemon.containers.size], [[], 0]);
    assert.equal(await engine.start(spec), 'accepted');
    await log.running(spec.taskId);
  },
);

test('a server that lets go while the disk takes that down begins nothing any more', limit, async () => {
  const first = await open();
  const go = Promise.withResolvers<void>();
  holdSyncs(go.promise);
  const spec = task();
  await first.engine.start(spec);
  for (const asked of [/\/create$/, /\/wait$/]) await stage.daemon.called(asked);
  await turns();
  first.log.close();
  const closed = first.engine.close();
  go.resolve();
  await closed;
  await turns();
  assert.doesNotMatch(readFileSync(pathOf(spec.taskId), 'utf8'), /"began"/);
  const { engine, log } = await open(2);
  assert.deepEqual([await engine.recover(), stage.daemon.containers.size], [[], 0]);
  assert.equal(await engine.start(spec), 'accepted');
  await log.running(spec.taskId);
  assert.equal(starts(), 1);
});

/** Lets syncs of files wait for `go`, and tells how many there were. */
function holdSyncs(go: Promise<void>): () => number {
  const real = fs.fdatasync;
  const { mock: calls } = mock.method(fs, 'fdatasync', (file: number, done: (error: Error | null) => void) => {
    void go.then(() => real(file, done));
  });
  syncBuiltinESMExports();
  return () => calls.callCount();
}

test(
  'a container is made while the disk takes down that it may be started, and started after that',
  limit,
  async () => {
    const { engine, log } = await open();
    const go = Promise.withResolvers<void>();
    const syncs = holdSyncs(go.promise);
    const spec = task();
    await engine.start(spec);
    for (const asked of [/\/create$/, /\/wait$/]) await stage.daemon.called(asked);
    while (syncs() < 1) await nextTurn();
    await turns();
    assert.deepEqual([syncs(), starts()], [1, 0]);
    go.resolve();
    await log.running(spec.taskId);
    stage.daemon.exit(stage.daemon.only(), 0);
    await log.ended(spec.taskId);
    await engine.release(spec.taskId);
    assert.equal(syncs(), 1, 'nobody waits for the disk but the start');
  },
);
