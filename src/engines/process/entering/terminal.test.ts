import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { TerminalResizer } from './terminal.ts';

test('a terminal that is gone before its name is read has no size any more, and the server goes on', async () => {
  const name = new PassThrough();
  const failed: unknown[] = [];
  const note = (error: unknown) => failed.push(error);
  process.once('uncaughtException', note);
  const resizer = new TerminalResizer(name, { sh: '/bin/sh', mkfifo: 'mkfifo' });
  name.end('/dev/pts/4000000000\n');
  await once(name, 'end');
  resizer.resize({ columns: 80, rows: 24 });
  resizer.close();
  process.off('uncaughtException', note);
  assert.deepEqual(failed, []);
});
