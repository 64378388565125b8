import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { InstallationId } from '../../core/ids.ts';
import { append, insert, job, jobId, seededRandom, virginia } from '../suite/samples.ts';
import type { SqliteStoreOptions } from './store.ts';
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

/** Opens as a server does; answers what it learns. */
async function opened(directory: string, options: Partial<SqliteStoreOptions> = {}) {
  const notes: string[] = [];
  const onNote = (words: string) => void notes.push(words);
  return withStore({ directory, random, ...options, onNote }, async ({ lostCommits, installationId, epoch, reads }) => {
    const jobs = await reads.jobs(virginia, [1, 2, 3, 4, 5].map(jobId));
    return { lostCommits, installationId, epoch, jobs: jobs.length, notes };
  });
}

const wal = (directory: string) => join(directory, 'store.sqlite-wal');

for (const [how, damage] of [
  ['cut', (copy: string) => truncateSync(wal(copy), statSync(wal(copy)).size - 1)],
  ['emptied', (copy: string) => truncateSync(wal(copy), 0)],
  ['deleted', (copy: string) => rmSync(wal(copy))],
] as const) {
  test(`a write-ahead log that was ${how} is noticed at the next opening, until the loss is accepted`, () =>
    inTemporaryDirectory(async (directory) => {
      const copy = await snapshotWith(directory, 5);
      damage(copy);
      const first = await opened(copy);
      assert.ok(first.lostCommits, 'the loss is noticed');
      assert.equal(first.lostCommits.witnessed, 6);
      assert.ok(first.lostCommits.found < 6);
      assert.ok(first.jobs < 5);
      const second = await opened(copy);
      assert.deepEqual(second.lostCommits, first.lostCommits, 'it stands until it is accepted');
      assert.equal((await opened(copy, { acceptLostCommits: true })).lostCommits, undefined);
      assert.equal((await opened(copy)).lostCommits, undefined);
    }));
}

test('a database that is whole shows no loss, whether its server closed it or died', () =>
  inTemporaryDirectory(async (directory) => {
    const copy = await snapshotWith(directory, 5);
    for (const place of [directory, copy]) {
      const { lostCommits, jobs, notes } = await opened(place);
      assert.deepEqual({ lostCommits, jobs, notes }, { lostCommits: undefined, jobs: 5, notes: [] });
    }
  }));

test('a database that vanished is a loss too: the new one keeps installation and epoch, which runners know', () =>
  inTemporaryDirectory(async (directory) => {
    const before = await withStore({ directory, random }, async ({ installationId, epoch }) => ({
      installationId,
      epoch,
    }));
    for (const name of ['store.sqlite', 'store.sqlite-wal']) rmSync(join(directory, name), { force: true });
    const after = await opened(directory);
    assert.deepEqual(after.lostCommits, { witnessed: 1, found: 0 });
    assert.equal(after.installationId, before.installationId);
    assert.equal(after.epoch, before.epoch + 1);
  }));

test('an epoch is never given twice, even when the commit that began it is lost', () =>
  inTemporaryDirectory(async (directory) => {
    await withStore({ directory, random }, async () => undefined);
    const old = readFileSync(join(directory, 'store.sqlite'));
    const lost = await withStore({ directory, random }, async ({ epoch }) => epoch);
    writeFileSync(join(directory, 'store.sqlite'), old);
    assert.ok((await opened(directory)).epoch > lost);
  }));

for (const [how, content] of [
  ['empty', ''],
  ['cut', 'BYWT'],
  ['garbage', 'x'.repeat(128)],
] as const) {
  test(`a witness that is ${how} is set aside and said, and all goes on`, () =>
    inTemporaryDirectory(async (directory) => {
      await withStore({ directory, random }, async () => undefined);
      writeFileSync(join(directory, 'store.witness'), content);
      const { notes, lostCommits } = await opened(directory);
      assert.equal(lostCommits, undefined);
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
      const { notes, lostCommits } = await opened(directory);
      assert.deepEqual({ notes, lostCommits }, { notes: [], lostCommits: undefined });
    }
  }));

test('a witness that cannot be written costs the notice of losses, never a commit', () =>
  inTemporaryDirectory(async (directory) => {
    await withStore({ directory, random }, async () => undefined);
    rmSync(join(directory, 'store.witness'));
    symlinkSync('elsewhere/not/there', join(directory, 'store.witness'));
    const notes: string[] = [];
    await withStore({ directory, random, onNote: (words) => void notes.push(words) }, async (store) => {
      await store.commit([insert(job(1))]);
      assert.equal((await store.reads.jobs(virginia, [jobId(1)])).length, 1);
    });
    assert.match(notes.join(), /cannot be written, so lost commits will not be noticed/);
  }));

test('a copy gets an installation id of its own, and is no loss', () =>
  inTemporaryDirectory(async (directory) => {
    const before = await opened(directory);
    const mine = 'f'.repeat(32) as InstallationId;
    const copy = await opened(directory, { origin: 'copied', installationId: mine });
    assert.deepEqual([copy.installationId, copy.lostCommits], [mine, undefined]);
    assert.notEqual(copy.installationId, before.installationId);
    assert.equal((await opened(directory)).installationId, mine);
  }));
