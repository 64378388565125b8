import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { removeScratch } from './scratch.ts';

function scratchOf(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'scratch-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'home'));
  mkdirSync(join(root, 'tmp'));
  return root;
}

/** Directories one in the other, `levels` of them, made from the inside out since no path leads to the last. */
function makeDeep(root: string, levels: number): void {
  const [made, around] = [join(root, 'made'), join(root, 'around')];
  mkdirSync(made);
  for (let level = 0; level < levels; level += 1) {
    mkdirSync(around);
    renameSync(made, join(around, 'a-directory-of-some-length'));
    renameSync(around, made);
  }
  renameSync(made, join(root, 'home', 'top'));
}

test('directories that lie deeper than any path leads are removed, closed ones among them', async (t) => {
  const root = scratchOf(t);
  makeDeep(root, 500);
  writeFileSync(join(root, 'home/top/file'), '');
  chmodSync(join(root, 'home/top/a-directory-of-some-length'), 0);
  await removeScratch(root);
  assert.equal(existsSync(root), false);
});

test('closed directories whose names are no text are removed', async (t) => {
  const root = scratchOf(t);
  const name = Buffer.concat([Buffer.from(join(root, 'home/')), Buffer.of(0xff, 0xfe)]);
  mkdirSync(name);
  writeFileSync(Buffer.concat([name, Buffer.from('/file')]), '');
  chmodSync(name, 0);
  await removeScratch(root);
  assert.equal(existsSync(root), false);
});
