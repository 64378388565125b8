import assert from 'node:assert/strict';
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  directory,
  file,
  hardLink,
  layerFile,
  rawHeader,
  symlink,
  type TestEntry,
  tar,
  temporary,
} from './layers.fixture.ts';
import { Refused } from './refusal.ts';
import type { UnpackedTree } from './request.ts';
import { contentsOf, unpackHere } from './tree.fixture.ts';

async function unpacked(t: TestContext, layers: readonly (readonly TestEntry[])[]) {
  const top = temporary(t);
  const tree = join(top, 'tree');
  const tars = await Promise.all(layers.map(tar));
  const result: UnpackedTree = await unpackHere(
    tars.map((content) => layerFile(top, content)),
    tree,
  );
  return { tree, result, contents: contentsOf(tree) };
}

test('layers lie over each other: the later file counts, a whiteout takes what is below', async (t) => {
  const { contents } = await unpacked(t, [
    [
      directory('a'),
      file('a/kept', '1'),
      file('a/changed', '1'),
      file('a/gone', '1'),
      directory('b'),
      file('b/in', '1'),
    ],
    [file('a/changed', '2'), file('a/.wh.gone'), file('.wh.b')],
  ]);
  assert.equal(contents['a/kept'], '1');
  assert.equal(contents['a/changed'], '2');
  assert.ok(!('a/gone' in contents) && !('b' in contents));
});

for (const [order, first, last] of [
  ['before', [file('d/.wh..wh..opq')], []],
  ['after', [], [file('d/.wh..wh..opq')]],
] as const)
  test(`an opaque mark ${order} what its own layer brings leaves that alone`, async (t) => {
    const { contents } = await unpacked(t, [
      [directory('d'), file('d/lower'), directory('d/sub'), file('d/sub/lower')],
      [...first, directory('d/sub'), file('d/sub/upper'), file('d/upper'), ...last],
    ]);
    const inside = Object.keys(contents).filter((path) => path.startsWith('d/'));
    assert.deepEqual(inside, ['d/sub', 'd/sub/upper', 'd/upper']);
  });

for (const whiteout of ['lib/.wh.x', 'usr/lib/.wh.x'])
  test(`the mark ${whiteout} leaves what the same layer brought by another name of the same place`, async (t) => {
    const { contents } = await unpacked(t, [
      [directory('usr'), directory('usr/lib'), symlink('lib', 'usr/lib'), file('usr/lib/x', 'lower')],
      [file('lib/x', 'upper'), file(whiteout)],
    ]);
    assert.equal(contents['usr/lib/x'], 'upper');
  });

test('a mark through a link takes what lies where the link leads', async (t) => {
  const { contents } = await unpacked(t, [
    [directory('usr'), directory('usr/lib'), symlink('lib', 'usr/lib'), file('usr/lib/x', 'lower')],
    [file('lib/.wh.x')],
  ]);
  assert.ok(!('usr/lib/x' in contents));
});

test('what is brought, gone and brought again in one layer is a file of that layer', async (t) => {
  const { contents } = await unpacked(t, [
    [file('a', '1')],
    [directory('a'), file('a/b', '2'), file('a', '3'), file('.wh.a')],
  ]);
  assert.equal(contents.a, '3');
});

test('a hard link has the file of its target, of a lower layer too', async (t) => {
  const { tree } = await unpacked(t, [
    [file('a', 'x')],
    [file('b', 'y'), hardLink('c', 'b'), hardLink('d', '/a'), hardLink('a', 'a')],
  ]);
  const inode = (name: string) => lstatSync(join(tree, name)).ino;
  assert.equal(inode('b'), inode('c'));
  assert.equal(inode('a'), inode('d'));
});

test('a hard link in the place of another entry is of its layer, which marks leave alone', async (t) => {
  const { contents } = await unpacked(t, [[file('a', 'x')], [file('b', 'y'), hardLink('b', 'a'), file('.wh.b')]]);
  assert.equal(contents.b, 'x');
});

test('a written file does not change what another name of the old one holds', async (t) => {
  const { contents } = await unpacked(t, [[file('a', 'old'), hardLink('b', 'a')], [file('a', 'new')]]);
  assert.deepEqual([contents.a, contents.b], ['new', 'old']);
});

test('times are those of the image, of directories too, whatever was made in them later', async (t) => {
  const { tree } = await unpacked(t, [[directory('d')], [file('d/f', 'x', { mtime: new Date(1_500_000_000_000) })]]);
  assert.equal(statSync(join(tree, 'd/f')).mtimeMs, 1_500_000_000_000);
  assert.equal(statSync(join(tree, 'd')).mtimeMs, 1_600_000_000_000);
});

test('names that are not UTF-8 keep their bytes, and one that was extended its characters', async (t) => {
  const top = temporary(t);
  const latin = rawHeader({ name: 'caf\u{e9}', size: 0 });
  const extended = await tar([
    file('caf\u{e9}-\u{151}', 'x'),
    symlink('\u{151}', 'caf\u{e9}'),
    hardLink('hard-\u{151}', 'caf\u{e9}-\u{151}'),
  ]);
  await unpackHere([layerFile(top, Buffer.concat([latin, extended]))], join(top, 'tree'));
  const names = readdirSync(join(top, 'tree'), 'latin1');
  const utf8 = (text: string) => Buffer.from(text).toString('latin1');
  for (const name of ['caf\u{e9}', utf8('caf\u{e9}-\u{151}'), utf8('\u{151}'), utf8('hard-\u{151}')])
    assert.ok(names.includes(name), name);
});

test('devices, fifos and rights of files are left out and counted', async (t) => {
  const { contents, result } = await unpacked(t, [
    [file('pipe', 'lower'), file('su', '', { mode: 0o4755 })],
    [
      { name: 'null', type: 'character-device', mode: 0o666, devmajor: 1, devminor: 3 },
      { name: 'zero', type: 'character-device', mode: 0o666, devmajor: 1, devminor: 5 },
      { name: 'disk', type: 'block-device', mode: 0o660 },
      { name: 'pipe', type: 'fifo', mode: 0o644 },
      file('ping', '', { pax: { 'SCHILY.xattr.security.capability': 'x' } }),
    ],
  ]);
  assert.ok(!['null', 'zero', 'disk', 'pipe'].some((name) => name in contents));
  assert.deepEqual(result.notes, [
    '1 file or directory without its set-user-id or set-group-id',
    '2 character devices left out',
    '1 block device left out',
    '1 fifo left out',
    '1 file without its capabilities',
  ]);
});

test('what must be there to be mounted over is made', async (t) => {
  const { tree, contents } = await unpacked(t, [[file('bin/true')]]);
  for (const name of ['proc', 'dev', 'sys', 'run', 'tmp', 'var/tmp']) assert.equal(contents[name], '/', name);
  for (const name of ['etc/hosts', 'etc/hostname', 'etc/resolv.conf']) assert.equal(contents[name], '', name);
  assert.equal(lstatSync(join(tree, 'tmp')).mode & 0o7777, 0o1777);
});

test('mount points are made where links of the image lead, inside its tree', async (t) => {
  const { contents } = await unpacked(t, [
    [
      directory('etc'),
      file('etc/hosts', 'kept'),
      symlink('etc/resolv.conf', '../run/systemd/resolve/stub'),
      symlink('tmp', '/private/tmp'),
    ],
  ]);
  assert.equal(contents['etc/hosts'], 'kept');
  assert.equal(contents['run/systemd/resolve/stub'], '');
  assert.equal(contents['private/tmp'], '/');
});

test('a place where nothing can be mounted is noted', async (t) => {
  const { result } = await unpacked(t, [[file('proc', 'x')]]);
  assert.deepEqual(result.notes, [
    'nothing can be mounted at /proc: "proc" is a file, and something is to lie below it',
  ]);
});

test('a directory that a link leads to keeps the link; one that is a directory in a later layer replaces it', async (t) => {
  const { contents } = await unpacked(t, [
    [directory('usr'), directory('usr/lib'), symlink('lib', 'usr/lib')],
    [file('lib/through', 'x')],
    [directory('lib'), file('lib/own', 'y')],
  ]);
  assert.deepEqual([contents['usr/lib/through'], contents['lib/own'], contents['lib/through']], ['x', 'y', undefined]);
});

for (const [name, pack] of [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)
  test(`a layer that is packed by ${name} is unpacked, whatever its type says`, async (t) => {
    const top = temporary(t);
    const content = await tar([file('a', 'x'.repeat(300_000))]);
    await unpackHere([layerFile(top, content, pack(content))], join(top, 'tree'));
    assert.equal(contentsOf(join(top, 'tree')).a?.length, 300_000);
  });

for (const [name, magic] of [
  ['bzip2', 'BZh9'],
  ['xz', '\u{fd}7zXZ\0'],
] as const)
  test(`${name} is refused by its name`, async (t) => {
    const top = temporary(t);
    const layer = layerFile(top, Buffer.alloc(0), Buffer.from(`${magic}          `, 'latin1'));
    await assert.rejects(unpackHere([layer], join(top, 'tree')), new RegExp(`packed by ${name}, not by gzip or zstd`));
  });

test('what is no layer of files is refused by its type', async (t) => {
  const top = temporary(t);
  const layer = {
    ...layerFile(top, await tar([file('a')])),
    mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  };
  await assert.rejects(unpackHere([layer], join(top, 'tree')), Refused);
});

test('more than 400 directories are reached with a bounded number of open files', async (t) => {
  const names = Array.from({ length: 1_000 }, (_, index) => `d${index}`);
  let most = 0;
  const top = temporary(t);
  const content = await tar([
    ...names.map((name) => directory(name)),
    ...names.map((name) => file(`${name}/in`, name)),
  ]);
  const { entries } = await unpackHere([layerFile(top, content)], join(top, 'tree'), {}, () => {
    most = Math.max(most, readdirSync('/proc/self/fd').length);
  });
  assert.equal(entries, 2_000 + 11);
  assert.ok(most > 200 && most < 500, `${most} open`);
});

test('what a tree takes of the disk counts what has two names once', async (t) => {
  const one = await unpacked(t, [[file('a', 'x'.repeat(1_000_000))]]);
  const two = await unpacked(t, [[file('a', 'x'.repeat(1_000_000)), hardLink('b', 'a')]]);
  assert.ok(one.result.bytes >= 1_000_000);
  assert.equal(two.result.bytes, one.result.bytes);
  assert.equal(two.result.entries, one.result.entries + 1);
});
