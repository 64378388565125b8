import assert from 'node:assert/strict';
import { chmodSync, lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
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
import type { UnpackLimits } from './limits.ts';
import { Refused } from './refusal.ts';
import type { LayerFile } from './request.ts';
import { contentsOf, unpackHere } from './tree.fixture.ts';

/** A tree that is unpacked beside a directory that nothing may touch. */
interface World {
  /** Absolute path of that directory. */
  readonly outside: string;
  readonly tree: string;
  unpack(layers: readonly (readonly TestEntry[])[], limits?: Partial<UnpackLimits>): Promise<void>;
  unpackFiles(layers: readonly LayerFile[], limits?: Partial<UnpackLimits>): Promise<void>;
  /** What the tree holds but for mount points. */
  contents(): Readonly<Record<string, string>>;
  /** A file for a layer. */
  layer(content: Buffer, packed?: Buffer): LayerFile;
}

const untouched = { secret: 'keep', sub: '/', 'sub/deep': 'keep too' };

function hostile(name: string, work: (world: World) => Promise<void>): void {
  test(name, async (t) => {
    const world = makeWorld(t);
    await work(world);
    assert.deepEqual(contentsOf(world.outside), untouched, 'nothing outside has changed');
    assert.equal(statSync(world.outside).mode & 0o7777, 0o750, 'nor has its mode');
  });
}

function makeWorld(t: TestContext): World {
  const top = temporary(t);
  const place = join(top, 'place');
  const outside = join(place, 'outside');
  mkdirSync(join(outside, 'sub'), { recursive: true });
  writeFileSync(join(outside, 'secret'), 'keep');
  writeFileSync(join(outside, 'sub/deep'), 'keep too');
  chmodSync(outside, 0o750);
  const tree = join(place, 'tree');
  const unpackFiles = async (layers: readonly LayerFile[], limits: Partial<UnpackLimits> = {}) => {
    await unpackHere(layers, tree, { reserve: 0, ...limits });
  };
  const layer = (content: Buffer, packed?: Buffer) => layerFile(top, content, packed);
  return {
    outside,
    tree,
    layer,
    unpackFiles,
    unpack: async (layers, limits) => {
      const tars = await Promise.all(layers.map(tar));
      await unpackFiles(
        tars.map((content) => layer(content)),
        limits,
      );
    },
    contents: () => withoutMountPoints(contentsOf(tree)),
  };
}

const mountPoints = new Set([
  'proc',
  'dev',
  'sys',
  'run',
  'tmp',
  'var',
  'var/tmp',
  'etc',
  'etc/hosts',
  'etc/hostname',
  'etc/resolv.conf',
]);

function withoutMountPoints(contents: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(contents).filter(([path]) => !mountPoints.has(path)));
}

/** The directories on the way to an absolute path, as the tree holds them, with what stands at its end. */
function within(path: string, text: string): Readonly<Record<string, string>> {
  const parts = path.split('/').slice(1);
  const above = parts.slice(0, -1).map((_, index) => [parts.slice(0, index + 1).join('/'), '/'] as const);
  return withoutMountPoints({ ...Object.fromEntries(above), [parts.join('/')]: text });
}

const refused = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Refused, `refused, and not ${String(error)}`);
  assert.match(error.message, words);
  return true;
};

hostile('an absolute name lands inside the tree', async ({ outside, unpack, contents }) => {
  await unpack([[file(`${outside}/planted`, 'x')]]);
  assert.deepEqual(contents(), within(`${outside}/planted`, 'x'));
});

for (const name of ['../outside/planted', 'a/../../outside/planted', '..', 'a/..', './../outside/secret'])
  hostile(`the name ${name} is refused`, ({ unpack }) =>
    assert.rejects(unpack([[file(name, 'x')]]), refused(/leads out/)),
  );

hostile('what is written through an absolute link lands inside the tree', async ({ outside, unpack, contents }) => {
  await unpack([[symlink('out', outside), file('out/planted', 'x')]]);
  assert.deepEqual(contents(), { out: `-> ${outside}`, ...within(`${outside}/planted`, 'x') });
});

hostile('what is written through a relative link that climbs lands inside the tree', async ({ unpack, contents }) => {
  await unpack([[directory('a'), symlink('a/out', '../../../outside'), file('a/out/planted', 'x')]]);
  assert.deepEqual(contents(), { a: '/', 'a/out': '-> ../../../outside', outside: '/', 'outside/planted': 'x' });
});

hostile('a directory in a directory behind a link is made inside the tree', async ({ outside, unpack, contents }) => {
  await unpack([[symlink('out', outside), directory('out/sub', 0o700), file('out/sub/deep', 'x')]]);
  assert.equal(contents()[`${outside.slice(1)}/sub/deep`], 'x');
});

hostile(
  'a file takes the place of a link to a file, and is not written through it',
  async ({ outside, unpack, contents }) => {
    await unpack([[symlink('link', `${outside}/secret`), file('link', 'mine')]]);
    assert.deepEqual(contents(), { link: 'mine' });
  },
);

hostile('a file takes the place of a link of a lower layer', async ({ outside, unpack, contents }) => {
  await unpack([[symlink('link', `${outside}/secret`)], [file('link', 'mine')]]);
  assert.deepEqual(contents(), { link: 'mine' });
});

hostile(
  'a directory takes the place of a link to one, and what follows lands in it',
  async ({ outside, unpack, contents }) => {
    await unpack([[symlink('out', outside), directory('out'), file('out/planted', 'x')]]);
    assert.deepEqual(contents(), { out: '/', 'out/planted': 'x' });
  },
);

hostile(
  'a link that takes the place of a directory leads inside the tree from then on',
  async ({ outside, unpack, contents }) => {
    await unpack([[directory('out'), file('out/a', 'a'), symlink('out', outside), file('out/planted', 'x')]]);
    assert.deepEqual(contents(), { out: `-> ${outside}`, ...within(`${outside}/planted`, 'x') });
  },
);

hostile(
  'a second layer that writes through a link of the first lands inside the tree',
  async ({ outside, unpack, contents }) => {
    await unpack([[symlink('out', outside)], [file('out/secret', 'x')]]);
    assert.deepEqual(contents(), { out: `-> ${outside}`, ...within(`${outside}/secret`, 'x') });
  },
);

hostile('a hard link to an absolute name outside is refused', ({ outside, unpack }) =>
  assert.rejects(unpack([[hardLink('h', `${outside}/secret`), file('h', 'x')]]), refused(/not there/)),
);

hostile('a hard link with .. is refused', ({ unpack }) =>
  assert.rejects(unpack([[hardLink('h', '../outside/secret')]]), refused(/leads out/)),
);

hostile('a hard link through a symbolic link that leads outside is refused', ({ outside, unpack }) =>
  assert.rejects(unpack([[symlink('out', outside), hardLink('h', 'out/secret')]]), refused(/not there/)),
);

hostile('a hard link to a symbolic link, then written, is a file of its own', async ({ outside, unpack, contents }) => {
  await unpack([[symlink('s', `${outside}/secret`), hardLink('h', 's'), file('h', 'mine')]]);
  assert.deepEqual(contents(), { s: `-> ${outside}/secret`, h: 'mine' });
});

hostile(
  'a hard link to a symbolic link is another name of the link, not of what it leads to',
  async ({ outside, unpack, contents }) => {
    await unpack([[symlink('s', `${outside}/secret`), hardLink('h', 's')]]);
    assert.equal(contents().h, `-> ${outside}/secret`);
  },
);

hostile('a hard link to a directory is refused', ({ unpack }) =>
  assert.rejects(unpack([[directory('d'), hardLink('h', 'd')]]), refused(/to a directory/)),
);

hostile('a whiteout through a link removes nothing outside', async ({ outside, unpack, contents }) => {
  await unpack([[symlink('out', outside)], [file('out/.wh.secret'), file('out/.wh.sub')]]);
  assert.deepEqual(contents(), { out: `-> ${outside}` });
});

hostile('an opaque mark through a link empties nothing outside', async ({ outside, unpack, contents }) => {
  await unpack([[symlink('out', outside)], [file('out/.wh..wh..opq')]]);
  assert.deepEqual(contents(), { out: `-> ${outside}` });
});

hostile('a whiteout of a link removes the link, not what it leads to', async ({ outside, unpack, contents }) => {
  await unpack([[symlink('out', outside)], [file('.wh.out')]]);
  assert.deepEqual(contents(), {});
});

hostile('what is removed with a directory ends at its links', async ({ outside, unpack, contents }) => {
  await unpack([[directory('d'), symlink('d/out', outside)], [file('.wh.d')], [file('x')]]);
  assert.deepEqual(contents(), { x: '' });
});

for (const name of ['.wh...', '.wh..', '.wh.'])
  hostile(`the mark ${name} is refused`, ({ unpack }) =>
    assert.rejects(unpack([[file('a')], [file(name)]]), refused(/whiteout of no name/)),
  );

hostile('of one name 2,000 times the last counts', async ({ unpack, contents }) => {
  await unpack([Array.from({ length: 2_000 }, (_, index) => file('again', String(index)))]);
  assert.deepEqual(contents(), { again: '1999' });
});

hostile('a name of 10 KB is refused', ({ unpack }) =>
  assert.rejects(unpack([[file(Array(100).fill('x'.repeat(100)).join('/'))]]), refused(/a name of 10099 bytes/)),
);

hostile('a part of a name of 300 bytes is refused', ({ unpack }) =>
  assert.rejects(unpack([[file('x'.repeat(300))]]), refused(/part of a name of 300 bytes/)),
);

hostile('a name that is 3,000 directories deep is refused', ({ unpack }) =>
  assert.rejects(unpack([[file('d/'.repeat(3_000))]], { nameBytes: 10_000 }), refused(/3000 directories deep/)),
);

hostile('links do not make a tree deeper than names may', ({ unpack }) => {
  const half = Array(150).fill('d').join('/');
  return assert.rejects(unpack([[directory(half), symlink('l', half), file(`l/${half}/x`)]]), refused(/more than 200/));
});

hostile('modes: none that raise rights, and the owner keeps his', async ({ unpackFiles, layer, tree }) => {
  const headers = [
    { name: 'none', mode: 0, size: 0 },
    { name: 'all', mode: 0o7777, size: 0 },
    { name: 'shut', type: '5', mode: 0, size: 0 },
    { name: 'shut/in', mode: 0o640, size: 0 },
    { name: 'open', type: '5', mode: 0o7777, size: 0 },
  ];
  await unpackFiles([layer(Buffer.concat(headers.map(rawHeader)))]);
  const mode = (name: string) => (lstatSync(join(tree, name)).mode & 0o7777).toString(8);
  assert.deepEqual(['none', 'all', 'shut', 'shut/in', 'open'].map(mode), ['400', '777', '700', '640', '1777']);
});

hostile('a file over a directory, and a directory over a file', async ({ unpack, contents }) => {
  await unpack([
    [directory('d'), file('d/in', 'x'), file('d', 'file now'), file('f', 'x'), directory('f'), file('f/in', 'y')],
    [directory('d'), file('d/other', 'z'), file('f', 'file again')],
  ]);
  assert.deepEqual(contents(), { d: '/', 'd/other': 'z', f: 'file again' });
});

hostile('what lies below a file is refused', ({ unpack }) =>
  assert.rejects(unpack([[file('f'), file('f/below')]]), refused(/"f" is a file/)),
);

hostile('a newline and -rf are names as any other', async ({ unpack, contents }) => {
  await unpack([[file('a\nb', '1'), file('-rf', '2'), file('*', '3')]]);
  assert.deepEqual(contents(), { 'a\nb': '1', '-rf': '2', '*': '3' });
});

hostile('a link to itself, as etc to /etc, leads nowhere', ({ unpack }) =>
  // Of a name that no machine has: an extractor that followed it would find nothing to overwrite.
  assert.rejects(
    unpack([[symlink('no-such', '/no-such'), file('no-such/passwd', 'x')]]),
    refused(/too many symbolic links/),
  ),
);

hostile('an image whose etc leads to itself has no mount points there', async ({ unpack, tree }) => {
  await unpack([[symlink('etc', '/etc')]]);
  assert.equal(contentsOf(tree).etc, '-> /etc');
});

hostile('8 GiB of zeros in 8 MB end at the limit', async ({ unpackFiles, layer, tree }) => {
  const size = 8 * 1024 ** 3;
  const zeros = gzipSync(Buffer.alloc(64 * 1024 ** 2));
  const packed = Buffer.concat([gzipSync(rawHeader({ name: 'zeros', size })), ...Array<Buffer>(128).fill(zeros)]);
  assert.ok(packed.length < 10_000_000);
  await assert.rejects(
    unpackFiles([layer(Buffer.alloc(0), packed)], { bytes: 100_000_000 }),
    refused(/more than 100000000 bytes/),
  );
  assert.ok(statSync(join(tree, 'zeros')).size <= 100_000_000);
});

hostile('bytes that no file gets count too', async ({ unpackFiles, layer }) => {
  const packed = Buffer.concat([
    gzipSync(rawHeader({ name: 'pipe', type: '6', size: 64 * 1024 ** 2 })),
    gzipSync(Buffer.alloc(64 * 1024 ** 2)),
  ]);
  await assert.rejects(
    unpackFiles([layer(Buffer.alloc(0), packed)], { bytes: 1_000_000 }),
    refused(/more than 1000000 bytes/),
  );
});

hostile('a size of 2^60 ends with the archive', ({ unpackFiles, layer }) =>
  assert.rejects(
    unpackFiles([layer(rawHeader({ name: 'huge', size: 2 ** 60 }))]),
    refused(/not a whole tar: Unexpected end/),
  ),
);

hostile('a negative size is refused', ({ unpackFiles, layer }) =>
  assert.rejects(unpackFiles([layer(rawHeader({ name: 'less', size: -512 }))]), refused(/not a whole tar/)),
);

hostile('more entries than the limit are refused', ({ unpack }) =>
  assert.rejects(
    unpack(
      [Array.from({ length: 600 }, (_, index) => file(`a${index}`)), Array.from({ length: 600 }, () => file('.wh.a1'))],
      { entries: 1_000 },
    ),
    refused(/more than 1000 entries/),
  ),
);

hostile('a directory that is emptied again and again ends at the limit', ({ unpack }) => {
  const files = Array.from({ length: 100 }, (_, index) => file(`d/${index}`));
  const marks = Array.from({ length: 100 }, () => file('d/.wh..wh..opq'));
  return assert.rejects(unpack([[...files, ...marks]], { looks: 5_000 }), refused(/more than 5000 looks/));
});

hostile('so does a whiteout of what its own layer has brought', ({ unpack }) => {
  const files = Array.from({ length: 100 }, (_, index) => file(`d/${index}`));
  const marks = Array.from({ length: 100 }, () => file('.wh.d'));
  return assert.rejects(unpack([[...files, ...marks]], { looks: 5_000 }), refused(/more than 5000 looks/));
});

hostile('so does a link that goes to and fro, however often it is gone through', ({ unpack }) => {
  const long = symlink('l', 'd/../'.repeat(500));
  const through = Array.from({ length: 20 }, (_, index) => file(`l/${index}`));
  return assert.rejects(
    unpack([[directory('d'), long, ...through]], { looks: 5_000 }),
    refused(/more than 5000 looks/),
  );
});

hostile('an image of many files in many layers stays below the limit', async ({ unpack, contents }) => {
  const layer = [file('lib/.wh..wh..opq'), ...Array.from({ length: 100 }, (_, index) => file(`lib/${index}`))];
  await unpack([[directory('usr/lib'), symlink('lib', 'usr/lib')], layer, layer, layer], { looks: 2_000 });
  assert.equal(Object.keys(contents()).length, 103);
});

hostile('a header of 300 MB is refused', ({ unpackFiles, layer }) => {
  const size = 300_000_000;
  return assert.rejects(unpackFiles([layer(rawHeader({ name: 'pax', type: 'x', size }))]), refused(/max size/));
});

hostile('a header of 2 MB is refused', ({ unpack }) =>
  assert.rejects(
    unpack([[file('a', '', { pax: { comment: 'x'.repeat(2_000_000) } })]]),
    refused(/a header of 20000.. bytes/),
  ),
);

hostile('a name with a zero byte is refused', ({ unpack }) =>
  assert.rejects(unpack([[file('a', '', { pax: { path: 'a\0b' } })]]), refused(/zero byte/)),
);

hostile('kinds that images do not hold are refused', async ({ unpackFiles, layer }) => {
  await assert.rejects(unpackFiles([layer(rawHeader({ name: 'sparse', type: 'S', size: 0 }))]), refused(/of a kind/));
});

hostile('a sparse file of GNU tar is refused, and not taken for what stands in its place', ({ unpack }) =>
  assert.rejects(
    unpack([[file('GNUSparseFile.0/a', 'x', { pax: { 'GNU.sparse.major': '1' } })]]),
    refused(/of a kind/),
  ),
);

hostile('the root is a directory', ({ unpack }) =>
  assert.rejects(unpack([[symlink('.', '/etc')]]), refused(/no directory, where the root is/)),
);

hostile('what is no tar is refused', ({ unpackFiles, layer }) =>
  assert.rejects(
    unpackFiles([layer(Buffer.alloc(2_048, 'root:x:0:0:'))]),
    refused(/not a whole tar: Invalid tar header/),
  ),
);

hostile('what is no whole gzip is refused', async ({ unpackFiles, layer }) => {
  const content = await tar([file('a', 'x'.repeat(100_000))]);
  const packed = gzipSync(content);
  await assert.rejects(
    unpackFiles([layer(content, packed.subarray(0, packed.length - 20))]),
    refused(/not a whole tar/),
  );
});

hostile('a layer that is not what the configuration says is refused', async ({ unpackFiles, layer }) => {
  const [one, other] = await Promise.all([tar([file('a')]), tar([file('b')])]);
  await assert.rejects(unpackFiles([layer(one, other)]), refused(/its files have the digest sha256:/));
});
