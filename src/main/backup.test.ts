import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  type NoParamCallback,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, type TestContext, test } from 'node:test';
import { BackupRefused, restoreBackup, writeBackup } from './backup.ts';
import { identify } from './data-identity.ts';

let parent = '';
const at = (...names: string[]) => join(parent, ...names);

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'batchyard-backup-'));
  mkdirSync(at('data', 'logs', 'a'), { recursive: true });
  mkdirSync(at('data', 'process', 'tasks'), { recursive: true });
  writeFileSync(at('data', 'logs', 'a', '1.log'), 'line');
  writeFileSync(at('data', 'root-credentials.json'), 'key', { mode: 0o600 });
});
afterEach(() => rmSync(parent, { recursive: true }));

const source = () => ({
  dataDirectory: at('data'),
  backUpDatabase: async (path: string) => writeFileSync(path, 'database'),
});

test('a backup holds database, key and logs, nothing of running tasks, and is for its owner alone', async () => {
  await writeBackup(source(), at('backup'));
  assert.equal(readFileSync(at('backup', 'store.sqlite'), 'utf8'), 'database');
  assert.equal(readFileSync(at('backup', 'logs', 'a', '1.log'), 'utf8'), 'line');
  assert.equal(statSync(at('backup', 'root-credentials.json')).mode & 0o777, 0o600);
  assert.equal(statSync(at('backup')).mode & 0o777, 0o700);
  assert.ok(!existsSync(at('backup', 'process')));
  assert.deepEqual(identify(at('backup'), ''), { kind: 'copied' }, 'a server that is started on the backup itself');
  await restoreBackup(at('backup'), at('restored'));
  assert.equal(readFileSync(at('restored', 'store.sqlite'), 'utf8'), 'database');
  assert.equal(readFileSync(at('restored', 'logs', 'a', '1.log'), 'utf8'), 'line');
  assert.deepEqual(identify(at('restored'), ''), { kind: 'copied' });
  assert.ok(!existsSync(at('restored', 'restoring')));
});

/** What is put on the medium from now on, by its name at that moment and in that order. */
function syncsOf(t: TestContext): readonly string[] {
  const { fsync } = fs;
  const synced: string[] = [];
  const { mock } = t.mock.method(fs, 'fsync', (fd: number, done: NoParamCallback) => {
    synced.push(relative(parent, readlinkSync(`/proc/self/fd/${fd}`)));
    fsync(fd, done);
  });
  syncBuiltinESMExports();
  t.after(() => {
    mock.restore();
    syncBuiltinESMExports();
  });
  return synced;
}

test('a backup is on the medium before it has its name, and a restored database comes after all else', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const synced = syncsOf(t);
  await writeBackup(source(), at('backup'));
  const files = ['store.sqlite', 'root-credentials.json', 'logs/a/1.log', 'logs/a', 'logs', ''];
  for (const name of files) assert.ok(synced.includes(join('backup.partial', name)), name);
  assert.equal(synced.at(-1), '');
  const before = synced.length;
  await restoreBackup(at('backup'), at('restored'));
  const restored = synced.slice(before);
  for (const name of files) assert.ok(restored.includes(join('restored', 'restoring', name)), name);
  assert.deepEqual(restored.slice(-2), ['restored', 'restored']);
});

test('a backup is whole though records of calls are packed while they are copied', async () => {
  mkdirSync(at('data', 'audit'));
  const numbers = Array.from({ length: 60 }, (_, number) => number);
  const path = (number: number, kind: string) => at('data', 'audit', `${number}.${kind}`);
  for (const number of numbers) writeFileSync(path(number, 'log'), 'records');
  const packing = (async () => {
    for (const number of numbers.toReversed()) {
      await writeFile(path(number, 'zst'), 'records');
      await rm(path(number, 'log'));
    }
  })();
  try {
    await writeBackup(source(), at('backup'));
  } finally {
    await packing;
  }
  await restoreBackup(at('backup'), at('restored'));
  const there = new Set(readdirSync(at('restored', 'audit')).map((name) => Number.parseInt(name, 10)));
  assert.deepEqual(
    numbers.filter((number) => !there.has(number)),
    [],
  );
});

test('a backup without the keys of its values, or with damaged ones, says so', async () => {
  assert.match((await writeBackup(source(), at('none'))).join(), /none has no value-keys\.json: values of secrets/);
  writeFileSync(at('data', 'value-keys.json'), '{"formatVersion": 1, "ke');
  assert.match(
    (await writeBackup(source(), at('torn'))).join(),
    /torn\/value-keys\.json is damaged \(it is not a JSON/,
  );
  const key = { id: '0123456789abcdef', createdAt: 0, key: Buffer.alloc(32).toString('base64') };
  writeFileSync(at('data', 'value-keys.json'), JSON.stringify({ formatVersion: 1, keys: [key] }));
  assert.deepEqual(await writeBackup(source(), at('whole')), []);
});

test('what a backup that was cut short has left is not in the next one', async () => {
  mkdirSync(at('backup.partial'));
  writeFileSync(at('backup.partial', 'half'), '');
  await writeBackup(source(), at('backup'));
  assert.ok(!existsSync(at('backup', 'half')) && !existsSync(at('backup.partial')));
});

test('a backup that fails leaves nothing, and one to a place that exists or lies in the data is refused', async () => {
  const failing = { ...source(), backUpDatabase: () => Promise.reject(new Error('no space')) };
  await assert.rejects(writeBackup(failing, at('backup')), /no space/);
  assert.ok(!existsSync(at('backup')) && !existsSync(at('backup.partial')));
  for (const inside of [at('data', 'backups', 'one'), at('data', '..backup')])
    await assert.rejects(writeBackup(source(), inside), BackupRefused);
  mkdirSync(at('backup'));
  await assert.rejects(writeBackup(source(), at('backup')), BackupRefused);
});

test('a restore is refused over what is there, or from what is no backup', async () => {
  await writeBackup(source(), at('backup'));
  await assert.rejects(restoreBackup(at('backup'), at('data')), /not empty/);
  await assert.rejects(restoreBackup(at('data'), at('new')), /no backup/);
  assert.ok(!existsSync(at('new')));
});

test('a restore that fails leaves no database that a server would start on', async () => {
  await writeBackup(source(), at('backup'));
  execFileSync('mkfifo', [at('backup', 'logs', 'pipe')]);
  mkdirSync(at('target'));
  await assert.rejects(restoreBackup(at('backup'), at('target')), /pipe/i);
  assert.deepEqual(readdirSync(at('target')), []);
});
