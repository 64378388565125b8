import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Shortage } from '../errors.ts';
import { FifoPool } from './fifo-pool.ts';

test('where no named pipe can be made the host is short of something, and nothing is wrong with the task', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-fifos-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const pool = new FifoPool(join(directory, 'fifos'), 'mkfifo');
  rmSync(join(directory, 'fifos'), { recursive: true });
  assert.throws(
    () => pool.take(),
    (error) => error instanceof Shortage && /No such file or directory/.test(error.message),
  );
});
