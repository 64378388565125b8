import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTextUpTo } from './read-text.ts';

test('a file is read whole up to its limit and not beyond, and one that never ends is given up', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-text-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'file');
  const text = 'é'.repeat(100_000);
  writeFileSync(file, text);
  assert.equal(readTextUpTo(file, 200_000), text);
  assert.equal(readTextUpTo(file, 199_999), undefined);
  assert.equal(readTextUpTo('/dev/null', 0), '');
  assert.equal(readTextUpTo('/dev/zero', 1_000), undefined);
  assert.throws(() => readTextUpTo(directory, 1), { code: 'EISDIR' });
});
