import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { CommitFailed } from '../../core/errors.ts';
import type { InstallationId } from '../../core/ids.ts';
import { fillDisk, smallDisk } from '../../core/small-disk.fixture.ts';
import { StoreUnavailable } from '../open-error.ts';
import { insert, job, jobId, seededRandom, virginia } from '../suite/samples.ts';
import { migrations } from './migrations/index.ts';
import { openSqliteStore } from './store.ts';
import { inTemporaryDirectory, withStore } from './test-directory.ts';
import { WorkerLink } from './worker-link.ts';

const random = seededRandom();

function unavailable(reason: StoreUnavailable['reason'], directory: string) {
  return (error: unknown) =>
    error instanceof StoreUnavailable && error.reason === reason && error.message.includes(directory);
}

/** Opens in a process of its own; answers what it printed: `opened`, or the error's reason. */
function openElsewhere(directory: string): string {
  const program = `
    import { openSqliteStore } from ${JSON.stringify(import.meta.resolve('./store.ts'))};
    const random = { bytes: (count) => new Uint8Array(count) };
    try {
      const store = await openSqliteStore({ directory: ${JSON.stringify(directory)}, random });
      await store.close();
      console.log('opened');
    } catch (error) {
      console.log(error.reason);
    }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout.trim();
}

test('a second server on the same directory is refused with words, in this process or another', () =>
  inTemporaryDirectory(async (directory) => {
    await withStore({ directory, random }, async (store) => {
      await assert.rejects(openSqliteStore({ directory, random }), unavailable('in-use', directory));
      assert.equal(openElsewhere(directory), 'in-use');
      await store.commit([{ kind: 'cursor.put', consumer: 'still here', cursor: { sequence: 1 } }]);
    });
    assert.equal(openElsewhere(directory), 'opened');
  }));

test('of servers that start at once on a new directory exactly one opens it', () =>
  inTemporaryDirectory(async (directory) => {
    const starts = await Promise.allSettled([1, 2, 3, 4].map(() => openSqliteStore({ directory, random })));
    const opened = starts.filter((start) => start.status === 'fulfilled');
    const refused = starts.filter((start) => start.status === 'rejected');
    assert.equal(opened.length, 1);
    assert.ok(refused.every(({ reason }) => unavailable('in-use', directory)(reason)));
    for (const { value } of opened) await value.close();
  }));

test('a database of a newer release is refused with words, and left as it is', () =>
  inTemporaryDirectory(async (directory) => {
    await withStore({ directory, random }, async () => undefined);
    raw(directory, 'PRAGMA user_version = 9999');
    await assert.rejects(openSqliteStore({ directory, random }), unavailable('newer-schema', directory));
    raw(directory, `PRAGMA user_version = ${migrations.length}`);
    await withStore({ directory, random }, async (store) => assert.equal((await store.takeLead()).epoch, 2));
  }));

test('a file that is no database, or that of another program, is refused, and its tables are left as they are', () =>
  inTemporaryDirectory(async (directory) => {
    raw(directory, 'CREATE TABLE other (x)');
    await assert.rejects(openSqliteStore({ directory, random }), unavailable('failed', directory));
    raw(directory, 'INSERT INTO other VALUES (1)');
    writeFileSync(
      join(directory, 'store.sqlite'),
      'This is a note, much longer than a header, and no database at all.',
    );
    await assert.rejects(openSqliteStore({ directory, random }), unavailable('damaged', directory));
  }));

test('a full disk without a database is said with what to do about it, and the data opens once there is room', () =>
  inTemporaryDirectory(async (directory) => {
    const opening = openSqliteStore({ directory, random, maximumBytes: 8192 });
    await assert.rejects(opening, /no space is left on the disk of .*: make room and start again/);
    await withStore({ directory, random }, async (store) => assert.equal((await store.takeLead()).epoch, 1));
  }));

test('on a full disk a database is read, and its lead is refused until there is room', async (t) => {
  const directory = smallDisk(t, 4);
  if (directory === undefined) {
    t.skip('this user may not mount a small disk');
    return;
  }
  await withStore({ directory, random }, (store) => store.commit([insert(job(1))]));
  const makeRoom = fillDisk(directory);
  const store = await openSqliteStore({ directory, random });
  try {
    const isFull = (error: unknown) => error instanceof CommitFailed && error.reason === 'disk-full';
    await assert.rejects(store.takeLead(), isFull);
    assert.equal((await store.reads.jobs(virginia, [jobId(1)])).length, 1);
    await assert.rejects(store.takeLead(), isFull);
    makeRoom();
    assert.equal((await store.takeLead()).epoch, 2);
    await store.commit([insert(job(2))]);
    assert.equal((await store.reads.jobs(virginia, [jobId(1), jobId(2)])).length, 2);
  } finally {
    await store.close();
  }
});

for (const suffix of ['', '-wal', '-shm', '-journal']) {
  const others = {
    'a named pipe': (path: string) => assert.equal(spawnSync('mkfifo', [path]).status, 0),
    'a directory': (path: string) => mkdirSync(path),
    'a socket or device': (path: string) => symlinkSync('/dev/null', path),
    'a link to nowhere': (path: string) => symlinkSync('nowhere', path),
    'a link that leads round in a circle': (path: string) => symlinkSync(`store.sqlite${suffix}`, path),
  };
  for (const [what, make] of Object.entries(others)) {
    test(`${what} in the place of store.sqlite${suffix} is refused by its path, and the store opens without it`, () =>
      inTemporaryDirectory(async (directory) => {
        await withStore({ directory, random }, (store) => store.commit([insert(job(1))]));
        const path = join(directory, `store.sqlite${suffix}`);
        const aside = join(directory, 'aside');
        if (existsSync(path)) renameSync(path, aside);
        make(path);
        await assert.rejects(openSqliteStore({ directory, random }), (error) =>
          unavailable('failed', `${path} is ${what}, where the store has a file of its own`)(error),
        );
        rmSync(path, { recursive: true });
        if (existsSync(aside)) renameSync(aside, path);
        await withStore({ directory, random }, async (store) =>
          assert.equal((await store.reads.jobs(virginia, [jobId(1)])).length, 1),
        );
      }));
  }
}

test('a directory that cannot be made is named', () =>
  inTemporaryDirectory(async (directory) => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    await assert.rejects(openSqliteStore({ directory: join(file, 'data'), random }), unavailable('failed', file));
  }));

test('the data directory is made, and only its owner can read the database', () =>
  inTemporaryDirectory(async (directory) => {
    const data = join(directory, 'a', 'b');
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    await withStore({ directory: data, random }, async () => {
      assert.equal(modeOf(data), 0o700);
      assert.equal(modeOf(join(data, 'store.sqlite')), 0o600);
    });
  }));

test('in a directory that all may look into nobody else can read what is committed, of a restored database neither', () =>
  inTemporaryDirectory(async (directory) => {
    chmodSync(directory, 0o755);
    const files = ['store.sqlite', 'store.sqlite-wal', 'store.witness'];
    const assertPrivate = () => {
      for (const name of files) assert.equal(statSync(join(directory, name)).mode & 0o077, 0, name);
    };
    await withStore({ directory, random }, async () => assertPrivate());
    // As a copy may have come.
    chmodSync(join(directory, 'store.sqlite'), 0o644);
    await withStore({ directory, random }, async () => assertPrivate());
  }));

test('an installation id is taken for a new directory and never changed', () =>
  inTemporaryDirectory(async (directory) => {
    const mine = 'mine' as InstallationId;
    const idGiven = (installationId: InstallationId) =>
      withStore({ directory, random, installationId }, async (store) => store.installationId);
    assert.equal(await idGiven(mine), mine);
    assert.equal(await idGiven('other' as InstallationId), mine);
  }));

test('when the worker has ended, writes and reads are refused and close still resolves', () =>
  inTemporaryDirectory(async (directory) => {
    writeFileSync(join(directory, 'store.sqlite'), 'no database'.repeat(100));
    const link = new WorkerLink({ directory, newInstallationId: 'x' }, () => {});
    await assert.rejects(link.opened(), StoreUnavailable);
    await assert.rejects(link.write([]), CommitFailed);
    await assert.rejects(link.read('logBytes'), StoreUnavailable);
    await link.close();
  }));

test('importing the store loads no SQLite in the importing thread', () => {
  const program = `
    await import(${JSON.stringify(import.meta.resolve('../index.ts'))});
    console.log(process.moduleLoadList.filter((name) => name.includes('sqlite')).join());`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.deepEqual({ stdout: stdout.trim(), status }, { stdout: '', status: 0 });
});

function raw(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'store.sqlite'));
  database.exec(sql);
  database.close();
}
