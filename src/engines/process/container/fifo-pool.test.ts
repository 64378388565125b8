import assert from 'node:assert/strict';
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Shortage } from '../errors.ts';
import { FifoPool } from './fifo-pool.ts';

function directoryOf(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'fifos-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return join(root, 'fifos');
}

test('named pipes that a cleaner took away, or that something else lies in the place of, are made anew', (t) => {
  const directory = directoryOf(t);
  const pool = new FifoPool(directory, 'mkfifo');
  const first = pool.take();
  rmSync(directory, { recursive: true });
  const second = pool.take();
  assert.ok(lstatSync(second.path).isFIFO());
  pool.discard(first);
  pool.giveBack(second);
  rmSync(second.path);
  writeFileSync(second.path, '');
  assert.ok(lstatSync(pool.take().path).isFIFO());
});

test('where none can be made that is a shortage, and no fault of the task', (t) => {
  assert.throws(() => new FifoPool(directoryOf(t), 'false').take(), Shortage);
  const directory = directoryOf(t);
  const pool = new FifoPool(directory, 'mkfifo');
  rmSync(directory, { recursive: true });
  writeFileSync(directory, '');
  assert.throws(() => pool.take(), Shortage);
});
