import assert from 'node:assert/strict';
import fs, { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { appendLine, type Lasting, lastLineOf } from './appended-line.ts';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'appended-line-'));
  path = join(directory, 'file');
});
afterEach(() => {
  mock.restoreAll();
  syncBuiltinESMExports();
  rmSync(directory, { recursive: true });
});

const lastLine = () => lastLineOf(readFileSync(path));

function mockSync(sync: (file: number, done: (error: Error | null) => void) => void): void {
  mock.method(fs, 'fdatasync', sync);
  syncBuiltinESMExports();
}

/** What is synced while a line is appended. */
async function syncsOf(lasting: Lasting): Promise<readonly string[]> {
  const synced: string[] = [];
  const { fdatasync, fsync } = fs;
  const noting = (real: typeof fsync) => (file: number, done: (error: Error | null) => void) => {
    synced.push(fs.fstatSync(file).isDirectory() ? 'directory' : 'file');
    real(file, done);
  };
  mock.method(fs, 'fsync', noting(fsync));
  mockSync(noting(fdatasync));
  await appendLine(path, lasting, lasting);
  mock.restoreAll();
  syncBuiltinESMExports();
  return synced.sort();
}

test('the last line that was appended counts, and the file is private', async () => {
  assert.equal(lastLineOf(Buffer.alloc(0)), '');
  await appendLine(path, 'one', 'new');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(lastLine(), 'one');
  await appendLine(path, 'zwei: ü', 'machine');
  assert.equal(lastLine(), 'zwei: ü');
});

test('a line is as lasting as it was to be', async () => {
  assert.deepEqual(await syncsOf('process'), []);
  assert.deepEqual(await syncsOf('new'), ['directory', 'file']);
  assert.deepEqual(await syncsOf('machine'), ['file']);
  assert.equal(lastLine(), 'machine');
});

test('a line that the disk does not take does not count', async () => {
  await appendLine(path, 'one', 'new');
  for (const lasting of ['machine', 'new'] as const) {
    mockSync((_file, done) => done(new Error('EIO')));
    await assert.rejects(appendLine(path, 'two', lasting), /EIO/);
    mock.restoreAll();
    syncBuiltinESMExports();
    assert.equal(lastLine(), 'one');
  }
});

test('a line without its end does not count, nor does it become a part of the next', async () => {
  for (let cut = 0; cut < 'second'.length; cut += 1) {
    writeFileSync(path, '');
    await appendLine(path, 'first', 'process');
    appendFileSync(path, `\n${'second'.slice(0, cut)}`);
    assert.equal(lastLine(), 'first', `cut after ${cut}`);
    await appendLine(path, 'third', 'process');
    assert.equal(lastLine(), 'third', `cut after ${cut}`);
  }
});

test('a disk that is full in the midst of a line leaves the one before', async () => {
  await appendLine(path, 'first', 'process');
  const before = readFileSync(path);
  const { writeSync } = fs;
  let room = 4;
  mock.method(fs, 'writeSync', (file: number, bytes: Buffer, offset: number) => {
    if (room === 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    const written = writeSync(file, bytes, offset, room);
    room -= written;
    return written;
  });
  syncBuiltinESMExports();
  await assert.rejects(appendLine(path, 'second', 'process'), { code: 'ENOSPC' });
  assert.equal(room, 0);
  assert.deepEqual(readFileSync(path), before);
});
