import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { InstallationId } from '../../../core/ids.ts';
import { makeWayForDirectory } from '../../../core/set-aside.ts';
import { newId } from '../../conformance.ts';
import type { EngineEvent } from '../../contract.ts';
import { enterEpoch, highestEpoch } from '../../epoch-file.ts';
import { asSeenByRunner, processLayout, runnerLayout } from '../layout.ts';
import { type EndedEvent, TaskFiles, type TaskRecord } from '../task/task-files.ts';
import { encodeMessage, MessageDecoder, type RunnerMessage } from './protocol.ts';
import { takeLock } from './runner-lock.ts';

async function withDirectory(body: (root: string) => void | Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'batchyard-files-'));
  try {
    await body(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function unexpected(words: string): never {
  throw new Error(words);
}

function record(taskId: TaskRecord['taskId']): TaskRecord {
  return {
    formatVersion: 1,
    taskId,
    label: 'x',
    bootId: 'b',
    at: 5,
    notes: [],
    instanceId: 'i-1',
    cgroups: {},
    containers: [],
  };
}

function end(taskId: TaskRecord['taskId']): EndedEvent {
  return { kind: 'ended', taskId, sequence: 2, at: 9, cause: 'exited', statusReason: 'r', containers: [], notes: [] };
}

test('a task’s files say how far it has come', async () => {
  await withDirectory(async (root) => {
    const files = new TaskFiles(root);
    const taskId = newId();
    assert.equal(files.read(taskId), undefined);
    assert.equal(files.claim(taskId), true);
    assert.equal(files.claim(taskId), false);
    assert.deepEqual(files.read(taskId), { state: 'claimed' });
    files.record(record(taskId));
    assert.equal(files.read(taskId)?.state, 'claimed');
    files.go(taskId);
    assert.deepEqual(files.read(taskId), { state: 'running', record: record(taskId) });
    files.endAfterGo(end(taskId));
    assert.deepEqual(files.read(taskId), { state: 'ended', record: record(taskId), end: end(taskId) });
    await files.remove(taskId);
    assert.deepEqual([files.read(taskId), files.list()], [undefined, []]);
  });
});

test('a torn record does not count, nor does a torn end', async () => {
  await withDirectory((root) => {
    const files = new TaskFiles(root);
    const [first, second] = [newId(), newId()];
    files.claim(first);
    writeFileSync(join(root, first, 'record.json'), JSON.stringify(record(first)).slice(0, -9));
    assert.deepEqual(files.read(first), { state: 'claimed' });
    files.claim(second);
    files.record(record(second));
    files.go(second);
    appendFileSync(join(root, second, 'go'), `\n${JSON.stringify(end(second)).slice(0, 20)}`);
    assert.equal(files.read(second)?.state, 'running');
  });
});

for (const [what, content] of [
  ['empty', ''],
  ['null', 'null'],
  ['cut', JSON.stringify(record(newId())).slice(0, 30)],
  ['of a later format', JSON.stringify({ ...record(newId()), formatVersion: 2 })],
] as const) {
  test(`a task whose go is ${what} may have run; one whose end is so has ended: neither is as if it had never been`, async () => {
    await withDirectory((root) => {
      const files = new TaskFiles(join(root, 'tasks'));
      const [first, second] = [newId(), newId()];
      for (const [taskId, file] of [
        [first, 'go'],
        [second, 'exit.json'],
      ] as const) {
        files.claim(taskId);
        const path = join(root, 'tasks', taskId, file);
        writeFileSync(path, content);
        assert.deepEqual(files.read(taskId), { state: 'damaged', file: path });
        assert.equal(readFileSync(files.setAside(taskId, path), 'utf8'), content);
        assert.deepEqual(files.read(taskId), { state: 'claimed' });
      }
    });
  });

  test(`an epoch file that is ${what} is set aside and said, and the epoch of the store counts`, async () => {
    await withDirectory((root) => {
      const path = join(root, 'epoch.json');
      writeFileSync(path, content);
      assert.equal(highestEpoch(path), -1);
      const said: string[] = [];
      enterEpoch(path, { installationId: 'i' as InstallationId, epoch: 7 }, (words) => void said.push(words));
      assert.equal(highestEpoch(path), 7);
      assert.match(said.join(), /was damaged; it is now .*epoch\.json\.damaged-1/);
      assert.equal(readFileSync(`${path}.damaged-1`, 'utf8'), content);
    });
  });
}

test('a lock file of garbage is nobody’s lock: it is set aside, and the lock is taken', async () => {
  await withDirectory((root) => {
    const path = join(root, 'lock');
    writeFileSync(path, 'garbage, and longer than a header of SQLite '.repeat(9));
    const said: string[] = [];
    const lock = takeLock(path, (words) => void said.push(words));
    assert.ok(lock);
    assert.equal(takeLock(path, unexpected), undefined);
    lock.release();
    assert.match(said.join(), /lock\.damaged-1/);
  });
});

test('what lies where the journal of a lock must be is set aside, and the lock is taken', async () => {
  await withDirectory(async (root) => {
    const path = join(root, 'lock');
    mkdirSync(`${path}-journal`);
    const said: string[] = [];
    const lock = takeLock(path, (words) => void said.push(words));
    assert.ok(lock);
    assert.match(said.join(), /lock-journal\.damaged-1/);
    lock.release();
  });
});

test('what lies where a directory must be is set aside', async () => {
  await withDirectory((root) => {
    const path = join(root, 'runners');
    writeFileSync(path, 'a file');
    const said: string[] = [];
    makeWayForDirectory(path, (words) => void said.push(words));
    assert.equal(readFileSync(`${path}.damaged-1`, 'utf8'), 'a file');
    makeWayForDirectory(path, unexpected);
    mkdirSync(path);
    makeWayForDirectory(path, unexpected);
    assert.equal(said.length, 1);
  });
});

test('an id that is a path is never used as one', async () => {
  await withDirectory((root) => {
    const files = new TaskFiles(root);
    for (const id of ['..', '../x', 'a/b', ''])
      assert.throws(() => files.claim(id as TaskRecord['taskId']), RangeError);
  });
});

test('one lock has one holder, and another when that lets go', async () => {
  await withDirectory((root) => {
    const path = join(root, 'lock');
    const first = takeLock(path, unexpected);
    assert.ok(first);
    assert.equal(takeLock(path, unexpected), undefined);
    first.release();
    const second = takeLock(path, unexpected);
    assert.ok(second);
    second.release();
  });
});

test('a lock is held to the end of the process though nobody keeps what holds it', async () => {
  await withDirectory(async (root) => {
    const path = join(root, 'lock');
    assert.ok(takeLock(path, unexpected));
    // What the turn of now has on its stack is not collected.
    await nextTurn();
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    collectGarbage();
    // What was collected is closed in a turn of its own.
    await nextTurn();
    assert.equal(takeLock(path, unexpected), undefined);
  });
});

test('a runner names all of a data directory by its way from the engine’s directory', () => {
  assert.equal(runnerLayout(processLayout('.'), '1.0.0').socket, 'runners/1.0.0/socket');
  assert.equal(asSeenByRunner('/srv/data', '/srv/data/logs'), '../logs');
  assert.equal(asSeenByRunner('/srv/data', '/srv/data/process/scratch/x'), 'scratch/x');
  for (const outside of ['/srv', '/srv/data-2/logs', '/var/tmp']) {
    assert.equal(asSeenByRunner('/srv/data', outside), outside);
  }
});

test('messages survive any cut of the stream', () => {
  const event: EngineEvent = { kind: 'running', taskId: newId(), sequence: 1, at: 1, notes: ['ä\n'] };
  const messages: RunnerMessage[] = [
    { kind: 'event', event },
    { kind: 'refused', reason: 'x' },
  ];
  const text = messages.map(encodeMessage).join('');
  for (let size = 1; size < text.length; size += 1) {
    const seen: RunnerMessage[] = [];
    const decoder = new MessageDecoder<RunnerMessage>((message) => seen.push(message));
    for (let start = 0; start < text.length; start += size) decoder.push(text.slice(start, start + size));
    assert.deepEqual(seen, messages);
  }
});
