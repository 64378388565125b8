import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CommitFailed } from '../../core/errors.ts';
import type { InstallationId } from '../../core/ids.ts';
import { append, insert, job, jobId, seededRandom, virginia } from '../suite/samples.ts';
import { openSqliteStore, type SqliteStoreOptions } from './store.ts';
import { inTemporaryDirectory, withStore } from './test-directory.ts';

const random = seededRandom();

/** What a directory's files were while its store was open: closing would move the log into the database. */
async function snapshotWith(directory: string, commits: number): Promise<string> {
  const copy = `${directory}/copy`;
  await withStore({ directory, random }, async (store) => {
    for (let number = 1; number <= commits; number += 1) await store.commit([append(number), insert(job(number))]);
    mkdirSync(copy);
    for (const name of ['store.sqlite', 'store.sqlite-wal', 'store.witness']) {
      copyFileSync(join(directory, name), join(copy, name));
    }
  });
  return copy;
}

/** Opens and leads as a server does; answers what it learns. */
async function opened(directory: string, options: Partial<SqliteStoreOptions> = {}) {
  const notes: string[] = [];
  const store = await openSqliteStore({ directory, random, ...options, onNote: (words) => void notes.push(words) });
  try {
    const { installationId, reads } = store;
    const jobs = await reads.jobs(virginia, [1, 2, 3, 4, 5].map(jobId));
    const lead = await store.takeLead().catch((error: CommitFailed) => error);
    const how = lead instanceof CommitFailed ? { loss: `${lead.reason}: ${lead.message}` } : { epoch: lead.epoch };
    return { installationId, jobs: jobs.length, notes, ...how };
  } finally {
    await store.close();
  }
}

/** That so many commits are missed. */
function loss(directory: string, witnessed: number, found: number | string): RegExp {
  return new RegExp(
    `^lost-commits: the database in ${directory} had ${witnessed} commits and now has ${found}: .* --accept-lost-commits$`,
  );
}

const wal = (directory: string) => join(directory, 'store.sqlite-wal');

for (const [how, damage] of [
  ['cut', (copy: string) => truncateSync(wal(copy), statSync(wal(copy)).size - 1)],
  ['emptied', (copy: string) => truncateSync(wal(copy), 0)],
  ['deleted', (copy: string) => rmSync(wal(copy))],
] as const) {
  test(`where the write-ahead log was ${how} nobody leads and nothing is written, until the loss is accepted`, () =>
    inTemporaryDirectory(async (directory) => {
      const copy = await snapshotWith(directory, 5);
      damage(copy);
      const first = await opened(copy);
      assert.match(first.loss ?? '', loss(copy, 6, '[0-5]'));
      assert.ok(first.jobs < 5);
      assert.deepEqual(await opened(copy), first, 'it stands until it is accepted');
      const accepted = await opened(copy, { acceptLostCommits: true });
      assert.deepEqual([accepted.loss, accepted.epoch], [undefined, 2]);
      assert.equal((await opened(copy)).epoch, 3);
    }));
}

test('the whole database is whole again once it is put back, whatever was opened meanwhile', () =>
  inTemporaryDirectory(async (directory) => {
    const at = (name: string) => join(directory, name);
    await opened(directory);
    copyFileSync(at('store.sqlite'), at('older'));
    await withStore({ directory, random }, (store) => store.commit([insert(job(1))]));
    renameSync(at('store.sqlite'), at('whole'));
    copyFileSync(at('older'), at('store.sqlite'));
    assert.match((await opened(directory)).loss ?? '', loss(directory, 3, 1));
    renameSync(at('whole'), at('store.sqlite'));
    const { loss: none, jobs, epoch } = await opened(directory);
    assert.deepEqual({ none, jobs, epoch }, { none: undefined, jobs: 1, epoch: 3 });
  }));

test('a database that is whole shows no loss, whether its server closed it or died', () =>
  inTemporaryDirectory(async (directory) => {
    const copy = await snapshotWith(directory, 5);
    for (const place of [directory, copy]) {
      const { epoch, jobs, notes } = await opened(place);
      assert.deepEqual({ epoch, jobs, notes }, { epoch: 2, jobs: 5, notes: [] });
    }
  }));

test('a database that vanished is a loss too: the new one keeps installation and epoch, which runners know', () =>
  inTemporaryDirectory(async (directory) => {
    const before = await opened(directory);
    for (const name of ['store.sqlite', 'store.sqlite-wal']) rmSync(join(directory, name), { force: true });
    assert.match((await opened(directory)).loss ?? '', loss(directory, 1, 0));
    const after = await opened(directory, { acceptLostCommits: true });
    assert.deepEqual([after.installationId, after.epoch], [before.installationId, 2]);
  }));

test('an epoch is never given twice, even when the commit that began it is lost', () =>
  inTemporaryDirectory(async (directory) => {
    await opened(directory);
    const old = readFileSync(join(directory, 'store.sqlite'));
    const { epoch: lost } = await opened(directory);
    writeFileSync(join(directory, 'store.sqlite'), old);
    assert.deepEqual([lost, (await opened(directory, { acceptLostCommits: true })).epoch], [2, 3]);
  }));

for (const [how, content] of [
  ['empty', ''],
  ['cut', 'BYWT'],
  ['garbage', 'x'.repeat(128)],
] as const) {
  test(`a witness that is ${how} is set aside and said, and all goes on`, () =>
    inTemporaryDirectory(async (directory) => {
      await opened(directory);
      writeFileSync(join(directory, 'store.witness'), content);
      const { notes, epoch } = await opened(directory);
      assert.equal(epoch, 2);
      assert.match(notes.join(), /store\.witness was damaged and is now .*store\.witness\.damaged-1/);
      assert.ok(existsSync(join(directory, 'store.witness.damaged-1')));
      assert.deepEqual((await opened(directory)).notes, []);
    }));
}

test('one slot of the witness torn by a crash leaves the other: nothing is lost, nothing is said', () =>
  inTemporaryDirectory(async (directory) => {
    await withStore({ directory, random }, (store) => store.commit([append(1)]));
    for (const slot of [0, 1]) {
      const path = join(directory, 'store.witness');
      const bytes = readFileSync(path);
      bytes.fill(0, slot * 64 + 20, slot * 64 + 64);
      writeFileSync(path, bytes);
      const { notes, epoch } = await opened(directory);
      assert.deepEqual({ notes, epoch }, { notes: [], epoch: slot + 2 });
    }
  }));

test('what lies in the place of the witness is set aside and said, and costs no commit', () =>
  inTemporaryDirectory(async (directory) => {
    await withStore({ directory, random }, async () => undefined);
    rmSync(join(directory, 'store.witness'));
    symlinkSync('elsewhere/not/there', join(directory, 'store.witness'));
    const notes: string[] = [];
    await withStore({ directory, random, onNote: (words) => void notes.push(words) }, async (store) => {
      await store.commit([insert(job(1))]);
      assert.equal((await store.reads.jobs(virginia, [jobId(1)])).length, 1);
    });
    assert.match(notes.join(), /store\.witness was damaged and is now .*store\.witness\.damaged-1/);
    const { notes: after } = await opened(directory);
    assert.deepEqual(after, [], 'the next start has one');
  }));

test('a copy gets an installation id of its own with its lead, and is no loss', () =>
  inTemporaryDirectory(async (directory) => {
    const before = await opened(directory);
    const mine = 'f'.repeat(32) as InstallationId;
    const asCopy = { directory, random, origin: 'copied', installationId: mine } as const;
    const reader = await openSqliteStore(asCopy);
    assert.deepEqual([reader.installationId, reader.copied], [mine, true]);
    await reader.close();
    assert.equal((await opened(directory)).installationId, before.installationId, 'it never led');
    const copy = await opened(directory, asCopy);
    assert.deepEqual([copy.installationId, copy.loss], [mine, undefined]);
    assert.equal((await opened(directory)).installationId, mine);
  }));
