import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOf, hexOf } from '../digest.ts';
import { temporary } from './open-store.fixture.ts';
import { Trees } from './trees.ts';

test('a tree takes the place of what an earlier failure has left under its name', async (t) => {
  const directory = temporary(t);
  const [trees, drafts] = [join(directory, 'trees'), join(directory, 'tmp')];
  for (const path of [trees, drafts]) mkdirSync(path, { recursive: true });
  let names = 0;
  const all = new Trees(trees, drafts, () => `draft-${++names}`);
  const configuration = Buffer.from('{"rootfs":{"diff_ids":[]}}');
  const digest = digestOf(configuration);
  mkdirSync(join(trees, hexOf(digest), 'root'), { recursive: true });
  const draft = await all.draft();
  mkdirSync(draft.root);
  writeFileSync(join(draft.root, 'new'), 'new');
  const first = { name: 'a', digest, configDigest: digest, imported: false };
  const { root } = await all.take(draft, configuration, { bytes: 3, notes: [], blobs: [], first });
  assert.equal(readFileSync(join(root, 'new'), 'utf8'), 'new');
  assert.deepEqual(readdirSync(drafts), []);
});
