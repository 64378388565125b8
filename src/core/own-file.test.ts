import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readOwnFile } from './own-file.ts';

test('what is no file is said to be what it is, and is never waited for', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'own-file-'));
  const path = (name: string) => join(root, name);
  const socket = createServer().listen(path('socket'));
  await new Promise((resolve) => socket.once('listening', resolve));
  t.after(() => {
    socket.close();
    rmSync(root, { recursive: true });
  });
  writeFileSync(path('file'), 'text');
  mkdirSync(path('directory'));
  execFileSync('mkfifo', [path('pipe')]);
  symlinkSync('nowhere', path('dangling'));
  symlinkSync('loop', path('loop'));
  symlinkSync('file', path('link'));
  symlinkSync('/dev/zero', path('endless'));
  assert.deepEqual(readOwnFile(path('missing')), { kind: 'none' });
  for (const name of ['file', 'link'])
    assert.deepEqual(readOwnFile(path(name)), { kind: 'read', content: Buffer.from('text') });
  const what = (name: string) => {
    const found = readOwnFile(path(name));
    return found.kind === 'other' ? found.what : found.kind;
  };
  assert.deepEqual(['directory', 'pipe', 'endless', 'dangling', 'loop', 'socket'].map(what), [
    'a directory',
    'no file',
    'no file',
    'a link to nowhere',
    'a link that leads round in a circle',
    'a socket or device',
  ]);
});
