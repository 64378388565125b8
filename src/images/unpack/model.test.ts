import assert from 'node:assert/strict';
import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { directory, file, hardLink, layerFile, symlink, type TestEntry, tar, temporary } from './layers.fixture.ts';
import { type NaiveEntry, NaiveTree, NotAllowed } from './naive-tree.fixture.ts';
import { Refused } from './refusal.ts';
import { contentsOf, unpackHere } from './tree.fixture.ts';

const part = fc.constantFrom('a', 'b', 'c');
const path = fc.array(part, { minLength: 1, maxLength: 3 });
const target = fc
  .tuple(
    fc.constantFrom('', '/', '../', './', '../../'),
    fc.array(fc.constantFrom('a', 'b', 'c', '..'), { minLength: 1, maxLength: 3 }),
  )
  .map(([start, parts]) => start + parts.join('/'));

const entry: fc.Arbitrary<NaiveEntry> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('file' as const), path, text: fc.stringMatching(/^[a-z]{0,3}$/) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('directory' as const), path }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('symlink' as const), path, target }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hard link' as const), path, target: path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('whiteout' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('opaque' as const), path: fc.array(part, { maxLength: 2 }) }) },
);
const image = fc.array(fc.array(entry, { maxLength: 12 }), { minLength: 1, maxLength: 4 });

const inTar: { readonly [Kind in NaiveEntry['kind']]: (entry: NaiveEntry & { readonly kind: Kind }) => TestEntry } = {
  file: ({ path, text }) => file(path.join('/'), text),
  directory: ({ path }) => directory(path.join('/')),
  symlink: ({ path, target }) => symlink(path.join('/'), target),
  'hard link': ({ path, target }) => hardLink(path.join('/'), target.join('/')),
  whiteout: ({ path }) => file([...path.slice(0, -1), `.wh.${path.at(-1)}`].join('/')),
  opaque: ({ path }) => file([...path, '.wh..wh..opq'].join('/')),
};

function toTar(entry: NaiveEntry): TestEntry {
  return (inTar[entry.kind] as (entry: NaiveEntry) => TestEntry)(entry);
}

type Layers = readonly (readonly NaiveEntry[])[];

/** What layers come to. Throws `NotAllowed`. */
function played(layers: Layers): NaiveTree {
  const naive = new NaiveTree();
  for (const layer of layers) {
    naive.nextLayer();
    for (const each of layer) naive.add(each);
  }
  return naive;
}

/** As many of the entries as images may hold, and these with the first that they may not, in its place. */
function sorted(layers: Layers): { readonly allowed: Layers; readonly refused: Layers | undefined } {
  let allowed: Layers = [];
  let refused: Layers | undefined;
  for (const layer of layers) {
    const lower = allowed;
    let kept: readonly NaiveEntry[] = [];
    for (const each of layer) {
      try {
        played([...lower, [...kept, each]]);
        kept = [...kept, each];
      } catch (error) {
        assert.ok(error instanceof NotAllowed, String(error));
        refused ??= [...lower, [...kept, each]];
      }
    }
    allowed = [...lower, kept];
  }
  return { allowed, refused };
}

test('random layers come to what a naive file system in memory makes of them', async (t) => {
  const top = temporary(t);
  const tree = join(top, 'tree');
  const unpack = async (layers: Layers) => {
    rmSync(tree, { recursive: true, force: true });
    const tars = await Promise.all(layers.map((layer) => tar(layer.map(toTar))));
    await unpackHere(
      tars.map((content) => layerFile(top, content)),
      tree,
    );
  };
  await fc.assert(
    fc.asyncProperty(image, async (layers) => {
      const { allowed, refused } = sorted(layers);
      const naive = played(allowed);
      await unpack(allowed);
      assert.deepEqual(withoutMountPoints(contentsOf(tree)), naive.contents());
      for (const names of naive.shared())
        assert.equal(new Set(names.map((name) => lstatSync(join(tree, name)).ino)).size, 1);
      if (refused) await assert.rejects(unpack(refused), Refused);
    }),
    { numRuns: 200 },
  );
});

function withoutMountPoints(contents: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(contents).filter(([path]) => /^[abc](\/|$)/.test(path)));
}
