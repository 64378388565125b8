import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SystemClock } from '../../core/clock.ts';
import { silentLogger } from '../../core/logger.ts';
import { compileOptions, startServer, thisMachine } from '../../main/index.ts';
import { runCommand } from '../invocation.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'batchyard-backup-'));
const clock = new SystemClock();
const options = { engine: 'mock', port: 0, data: join(directory, 'data') } as const;
const server = await startServer(compileOptions(options, { ...thisMachine(), directory }), {
  version: '0.0.0-test',
  logger: silentLogger,
  onFatal: (error) => assert.fail(String(error)),
});
after(async () => {
  await server.close();
  clock.close();
  rmSync(directory, { recursive: true });
});

const batchyard = (...words: string[]) => runCommand(words, { directory, clock });

test('a backup finds the running server by its data directory, and says how it is put back', async () => {
  const { exitCode, stderr } = await batchyard('backup', 'bk 1', '--data', 'data');
  assert.equal(exitCode, 0, stderr);
  const [from, into] = [join(directory, 'bk 1'), join(directory, 'data')];
  assert.equal(stderr, `${from} is a backup of ${into}. To put it back: batchyard restore '${from}' --data ${into}\n`);
});

test('a backup without the keys of its values says so, with a server and without one', async () => {
  rmSync(join(directory, 'data', 'value-keys.json'));
  const { exitCode, stderr } = await batchyard('backup', 'keyless', '--data', 'data');
  assert.equal(exitCode, 0, stderr);
  const warning = (name: string) => `Warning: ${join(directory, name)} has no value-keys.json: values of secrets`;
  assert.ok(stderr.startsWith(warning('keyless')), stderr);
  const again = await batchyard('backup', 'keyless too', '--data', 'keyless');
  assert.ok(again.stderr.startsWith(warning('keyless too')), again.stderr);
});

test('what a running server says against a backup is as plain as without it', async () => {
  mkdirSync(join(directory, 'there'));
  const { exitCode, stderr } = await batchyard('backup', 'there', '--data', 'data');
  assert.equal(exitCode, 1);
  assert.match(stderr, /^batchyard: \/.*\/there exists already: name a directory that does not\n$/);
  writeFileSync(join(directory, 'file'), '');
  const below = await batchyard('backup', 'file/below', '--data', 'data');
  assert.match(below.stderr, /^batchyard: .*\/file\/below\.partial lies below a file, or is one\n$/);
});

test('a directory without a database, and one that is none, are told apart', async () => {
  assert.match(
    (await batchyard('backup', 'x', '--data', 'there')).stderr,
    /there holds no database to back up: name the data directory of a server with --data\n$/,
  );
  const { exitCode, stderr } = await batchyard('backup', 'x', '--data', 'file');
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /^batchyard: the data directory .*\/file is a file, or lies below one: give another with --data/,
  );
});

test('restore says how to make room, of the directory that it was given', async () => {
  await batchyard('backup', 'bk', '--data', 'data');
  const ours = await batchyard('restore', 'bk', '--data', 'data');
  assert.match(ours.stderr, /data is not empty: move it away, or empty it with batchyard reset --data \/.*\/data\n$/);
  mkdirSync(join(directory, 'photos'));
  writeFileSync(join(directory, 'photos', 'one.jpg'), '');
  const foreign = await batchyard('restore', 'bk', '--data', 'photos');
  assert.match(foreign.stderr, /photos is not empty: move it away, or name another directory with --data\n$/);
});
