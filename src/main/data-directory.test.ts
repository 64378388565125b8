import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dataDirectoryRefusal, isInDataDirectory, makeDataDirectory, openDataDirectory } from './data-directory.ts';
import { OptionsError } from './options.ts';
import { readRootCredentials } from './root-credentials.ts';

const parent = mkdtempSync(join(tmpdir(), 'data-directory-'));
after(() => rmSync(parent, { recursive: true }));

const refused = (message: RegExp) => (error: unknown) => error instanceof OptionsError && message.test(error.message);

test('a data directory is made for its owner alone', () => {
  const path = join(parent, 'above', 'data');
  makeDataDirectory(path);
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test('a path that is a file, or lies below one, is refused with what to do', () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  assert.throws(() => makeDataDirectory(file), refused(/file is a file, or lies below one: give another with --data$/));
  assert.throws(() => makeDataDirectory(join(file, 'sub')), refused(/lies below one: give another with --data$/));
  assert.throws(() => readRootCredentials(file), refused(/lies below one: give another with --data$/));
});

const hasProc = { skip: process.platform !== 'linux' && 'needs /proc' };
test('where no directory can be made, the start ends and says so', hasProc, () => {
  assert.throws(() => makeDataDirectory('/proc/nope'), refused(/\/proc\/nope cannot be made there: give another/));
  assert.ok(!existsSync('/proc/nope'));
});

test('what this user may not do is said of the directory, and of its file', () => {
  const error = (path: string, code = 'EACCES') => Object.assign(new Error(code), { code, path });
  const words = (path: string, code?: string) => dataDirectoryRefusal('/srv/data', error(path, code))?.message;
  assert.match(
    words('/srv') ?? '',
    /^the data directory \/srv\/data cannot be made or used by this user \(uid \d+\): give/,
  );
  assert.match(words('/srv/data/identity.json') ?? '', /used \(its file \/srv\/data\/identity\.json\) by this user/);
  assert.match(words('/srv/data', 'EPERM') ?? '', /cannot be made or used by this user/);
  assert.match(words('/srv/data', 'EROFS') ?? '', /read-only/);
  assert.match(words('/srv/data/store.sqlite', 'ENOSPC') ?? '', /full: make room/);
});

test('an error of something else keeps its own words', () => {
  const error = (path: string, code: string) => Object.assign(new Error(code), { code, path });
  assert.equal(dataDirectoryRefusal('/srv/data', error('/srv/database', 'EACCES')), undefined);
  assert.equal(dataDirectoryRefusal('/srv/data', error('/srv/data/file', 'ENOENT')), undefined);
  assert.equal(dataDirectoryRefusal('/srv/data', error('/srv/data/file', 'EEXIST')), undefined);
  assert.equal(dataDirectoryRefusal('/srv/data', new Error('a bug')), undefined);
});

test('what is not there is told apart from what cannot be looked at', () => {
  writeFileSync(join(parent, 'something'), '');
  assert.deepEqual(
    ['.', 'something', 'nothing'].map((name) => isInDataDirectory(parent, name)),
    [true, true, false],
  );
  assert.throws(() => isInDataDirectory(join(parent, 'something'), 'below'), refused(/is a file, or lies below one/));
});

test('an ephemeral directory goes with its server, another one stays', () => {
  const given = { directory: join(parent, 'lasting'), moved: false, acceptLostCommits: false };
  const ephemeral = openDataDirectory({ ...given, ephemeral: true });
  writeFileSync(join(ephemeral.path, 'file'), '');
  ephemeral.dispose();
  assert.ok(!existsSync(ephemeral.path));
  const lasting = openDataDirectory({ ...given, ephemeral: false });
  lasting.dispose();
  assert.ok(existsSync(lasting.path));
});
