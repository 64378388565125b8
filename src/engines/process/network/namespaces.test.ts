import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { HeldNamespaces } from './namespaces.ts';

test('who cannot take hold of both namespaces holds none', (t) => {
  const { openSync: open } = fs;
  const opened: number[] = [];
  t.mock.method(fs, 'openSync', (path: string, flags: string) => {
    if (path.endsWith('/ns/user')) throw Object.assign(new Error('EMFILE: none is left'), { code: 'EMFILE' });
    opened.push(open(path, flags));
    return opened.at(-1);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  assert.throws(() => new HeldNamespaces(process.pid, true), /EMFILE/);
  assert.equal(opened.length, 1);
  for (const descriptor of opened) assert.throws(() => fs.fstatSync(descriptor), { code: 'EBADF' });
});
