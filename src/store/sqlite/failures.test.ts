import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { CommitFailed } from '../../core/errors.ts';
import type { Store } from '../contract.ts';
import { append, insert, job, jobId, seededRandom, specification, virginia } from '../suite/samples.ts';
import { inTemporaryDirectory, withStore } from './test-directory.ts';

const random = seededRandom();

function failedBy(reason: CommitFailed['reason']) {
  return (error: unknown) => error instanceof CommitFailed && error.reason === reason;
}

test('on a full disk commits fail whole, reads go on, and when there is room again commits do too', () =>
  inTemporaryDirectory(async (directory) => {
    await withStore({ directory, random, maximumBytes: 512 * 1024 }, async (store) => {
      const filling = await fill(store);
      assert.ok(failedBy('disk-full')(filling.error), String(filling.error));
      assert.match(String(filling.error), new RegExp(directory));

      const ids = Array.from({ length: filling.committed + 2 }, (_, at) => jobId(at));
      assert.equal((await store.reads.jobs(virginia, ids)).length, filling.committed);
      await assert.rejects(store.commit([append(1)]), failedBy('disk-full'));

      store.resume();
      await store.commit(ids.slice(0, 20).map((id) => ({ kind: 'job.delete', scope: virginia, jobId: id }) as const));
      await store.commit([insert(job(0))]);
    });
  }));

for (const file of ['store.sqlite', 'store.sqlite-wal']) {
  test(`once ${file} has lost its name nothing is taken in that would be gone with the server, in words, and reads go on`, () =>
    inTemporaryDirectory(async (directory) => {
      await withStore({ directory, random }, async (store) => {
        await store.commit([insert(job(1))]);
        if (file === 'store.sqlite') writeFileSync(join(directory, 'new'), '');
        if (file === 'store.sqlite') renameSync(join(directory, 'new'), join(directory, file));
        else rmSync(join(directory, file));
        const commit = store.commit([insert(job(2))]);
        await assert.rejects(commit, failedBy('not-leading'));
        await assert.rejects(commit, new RegExp(`${directory}/${file} was removed, or another file put in its place`));
        store.resume();
        await assert.rejects(store.commit([insert(job(2))]), failedBy('not-leading'));
        await assert.rejects(store.takeLead(), failedBy('not-leading'));
        assert.equal((await store.reads.jobs(virginia, [jobId(1), jobId(2)])).length, 1);
      });
    }));
}

test('an error in the middle of a commit undoes what the commit did before it', () =>
  inTemporaryDirectory(async (directory) => {
    await create(directory);
    raw(directory, `CREATE TRIGGER fault BEFORE INSERT ON cursor BEGIN SELECT raise(ABORT, 'a fault'); END`);
    await withStore({ directory, random }, async (store) => {
      const commit = store.commit([
        insert(job(1)),
        { kind: 'cursor.put', consumer: 'events', cursor: { sequence: 1 } },
      ]);
      await assert.rejects(commit, failedBy('failed'));
      await assert.rejects(commit, /a fault/);
      assert.deepEqual(await store.reads.jobs(virginia, [jobId(1)]), []);
    });
  }));

test('JSON of a format that this release does not know is refused, not guessed at', () =>
  inTemporaryDirectory(async (directory) => {
    await withStore({ directory, random }, (store) => store.commit([insert(job(1))]));
    raw(directory, `UPDATE job SET state = '{"formatVersion":2,"value":{}}'`);
    await withStore({ directory, random }, (store) =>
      assert.rejects(store.reads.jobs(virginia, [jobId(1)]), /format version 2/),
    );
  }));

for (const [what, damage] of Object.entries({
  'is cut': 'substr(state, 1, length(state) - 5)',
  'has another begin': `'x' || substr(state, 2)`,
  'has a character that JSON has not': `substr(state, 1, 40) || char(7) || substr(state, 42)`,
})) {
  test(`a row whose JSON ${what} is refused in the words of a damaged database, and nothing of it is repeated`, () =>
    inTemporaryDirectory(async (directory) => {
      await withStore({ directory, random }, (store) => store.commit([insert(job(1))]));
      raw(directory, `UPDATE job SET state = ${damage}`);
      await withStore({ directory, random }, async (store) => {
        const words = new RegExp(`${directory}/store.sqlite is damaged \\(a row holds [^")]*\\).*batchyard restore`);
        await assert.rejects(store.reads.jobs(virginia, [jobId(1)]), words);
      });
    }));
}

/** So many that what is read at the opening stands before the middle. */
const jobs = 600;

/** A database with jobs in which pages from one on are flipped, but for every page's header. */
async function flipped(directory: string, from: (pages: number) => number): Promise<string> {
  await withStore({ directory, random }, async (store) => {
    for (let number = 1; number <= jobs; number += 1) await store.commit([insert(job(number))]);
  });
  const file = join(directory, 'store.sqlite');
  const bytes = readFileSync(file);
  for (let at = from(bytes.length / 4096) * 4096; at < bytes.length; at += 4096) bytes.fill(0xa5, at, at + 512);
  writeFileSync(file, bytes);
  return file;
}

test('a database whose first pages are flipped is refused in words that name it and the backup', () =>
  inTemporaryDirectory(async (directory) => {
    const file = await flipped(directory, () => 3);
    const words = new RegExp(`${file} is damaged .*batchyard restore`);
    await assert.rejects(
      withStore({ directory, random }, async () => {}),
      words,
    );
  }));

test('flipped pages that only come up later end in the same words, with what a quick check finds, whatever is asked', () =>
  inTemporaryDirectory(async (directory) => {
    const file = await flipped(directory, (pages) => Math.floor(pages / 2));
    const words = new RegExp(`${file} is damaged .*batchyard restore`);
    const notes: string[] = [];
    await withStore({ directory, random, onNote: (note) => void notes.push(note) }, async (store) => {
      const first = Array.from({ length: jobs }, (_, at) => jobId(at + 1));
      await assert.rejects(store.reads.jobs(virginia, first), words);
      assert.match(notes.join(), /is damaged .*quick check/);
      const commits = async () => {
        for (let number = jobs + 1; number <= jobs + 200; number += 1) await store.commit([insert(job(number))]);
      };
      await assert.rejects(commits(), (error) => failedBy('damaged')(error) && words.test(String(error)));
    });
  }));

async function create(directory: string): Promise<void> {
  await withStore({ directory, random }, async () => undefined);
}

/** Inserts one job of 8 KiB after another until that fails. */
async function fill(store: Store): Promise<{ committed: number; error: unknown }> {
  for (let number = 0; ; number += 1) {
    const large = { ...specification(number), parameters: { pad: 'x'.repeat(8_192) } };
    try {
      await store.commit([{ kind: 'job.insert', record: job(number), specification: large }]);
    } catch (error) {
      return { committed: number, error };
    }
  }
}

function raw(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'store.sqlite'));
  database.exec(sql);
  database.close();
}
