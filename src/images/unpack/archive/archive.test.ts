import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SystemClock } from '../../../core/clock.ts';
import { PullFailed } from '../../contract.ts';
import { digestOf } from '../../digest.ts';
import { directory, file, hardLink, symlink, type TestEntry, tar, temporary } from '../layers.fixture.ts';
import { contentsOf, unpackHere } from '../tree.fixture.ts';
import type { ArchivedImage, ArchiveRequest } from './archived-image.ts';
import { readArchive } from './read-archive.ts';

const clock = new SystemClock();

interface Made {
  readonly config: Buffer;
  /** Tars, the lowest first. */
  readonly layers: readonly Buffer[];
}

async function makeImage(entrypoint: string, ...layers: readonly (readonly TestEntry[])[]): Promise<Made> {
  const tars = await Promise.all(layers.map(tar));
  const rootfs = { type: 'layers', diff_ids: tars.map(digestOf) };
  return {
    config: json({ os: 'linux', architecture: 'amd64', config: { Entrypoint: [entrypoint] }, rootfs }),
    layers: tars,
  };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** A layout's files by their names; the images under names of their own. */
class Layout {
  readonly files = new Map<string, Buffer>([['oci-layout', json({ imageLayoutVersion: '1.0.0' })]]);
  readonly #entries: object[] = [];

  blob(content: Buffer, mediaType: string) {
    const digest = digestOf(content);
    this.files.set(`blobs/sha256/${digest.slice(7)}`, content);
    return { mediaType, digest, size: content.length };
  }

  manifest({ config, layers }: Made) {
    const content = {
      schemaVersion: 2,
      config: this.blob(config, 'application/vnd.oci.image.config.v1+json'),
      layers: layers.map((layer) => this.blob(gzipSync(layer), 'application/vnd.oci.image.layer.v1.tar+gzip')),
    };
    return this.blob(json(content), 'application/vnd.oci.image.manifest.v1+json');
  }

  index(entries: readonly object[]) {
    return this.blob(json({ schemaVersion: 2, manifests: entries }), 'application/vnd.oci.image.index.v1+json');
  }

  add(entry: object): this {
    this.#entries.push(entry);
    this.files.set('index.json', json({ schemaVersion: 2, manifests: this.#entries }));
    return this;
  }

  inDirectory(t: TestContext): string {
    const place = temporary(t);
    for (const [name, content] of this.files) {
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), content);
    }
    return place;
  }

  inTar(t: TestContext): Promise<string> {
    return archive(
      t,
      [...this.files].map(([name, content]) => file(`./${name}`, content)),
    );
  }
}

async function archive(
  t: TestContext,
  entries: readonly TestEntry[],
  pack = (content: Buffer) => content,
): Promise<string> {
  const path = join(temporary(t), 'archive.tar');
  writeFileSync(path, pack(await tar(entries)));
  return path;
}

const named = (name: string) => ({ annotations: { 'org.opencontainers.image.ref.name': name } });

async function read(
  t: TestContext,
  path: string,
  more: Partial<ArchiveRequest> = {},
): Promise<readonly ArchivedImage[]> {
  return readArchive({ path, scratch: temporary(t), architecture: 'x64', clock, ...more });
}

/** What the one image of an archive has in its tree, but for mount points. */
async function treeOf(t: TestContext, { layers }: ArchivedImage): Promise<Readonly<Record<string, string>>> {
  const into = join(temporary(t), 'tree');
  await unpackHere(layers, into);
  return Object.fromEntries(Object.entries(contentsOf(into)).filter(([path]) => /^[a-c](\/|$)/.test(path)));
}

function saved(made: Made, name: string, more: readonly TestEntry[] = []): readonly TestEntry[] {
  const layers = made.layers.map((_, index) => `layer${index}/layer.tar`);
  return [
    ...made.layers.map((layer, index) => file(`layer${index}/layer.tar`, layer)),
    file('config.json', made.config),
    ...more,
    file('manifest.json', json([{ Config: 'config.json', RepoTags: [name], Layers: layers }])),
  ];
}

for (const [name, pack] of [
  ['as it is', (content: Buffer) => content],
  ['packed', gzipSync],
] as const)
  test(`what docker save wrote, ${name}, has its images under their names`, async (t) => {
    const made = await makeImage('/a', [directory('a'), file('a/x', '1')], [file('a/x', '2')]);
    const images = await read(t, await archive(t, saved(made, 'a:1'), pack));
    const [image] = images;
    assert.ok(image && images.length === 1);
    assert.deepEqual(image.names, ['a:1']);
    assert.equal(image.configDigest, digestOf(made.config));
    assert.equal(image.digest, image.configDigest);
    assert.deepEqual(image.configContent, made.config);
    assert.deepEqual(image.configuration.config.entrypoint, ['/a']);
    assert.deepEqual(await treeOf(t, image), { a: '/', 'a/x': '2' });
  });

test('a layer that two images of an archive share may be a link to the other', async (t) => {
  const made = await makeImage('/a', [file('a', '1')], [file('b', '2')], [file('c', '3')]);
  const entries = [
    file('0.tar', made.layers[0]),
    symlink('one/layer.tar', '../0.tar'),
    file('1.tar', made.layers[1]),
    hardLink('two/layer.tar', '1.tar'),
    file('2.tar', made.layers[2]),
    symlink('three/deep/layer.tar', '../../2.tar'),
    file('c.json', made.config),
    file(
      'manifest.json',
      json([{ Config: 'c.json', Layers: ['one/layer.tar', 'two/layer.tar', 'three/deep/layer.tar'] }]),
    ),
  ];
  const [image] = await read(t, await archive(t, entries));
  assert.ok(image);
  assert.deepEqual(image.names, []);
  assert.deepEqual(await treeOf(t, image), { a: '1', b: '2', c: '3' });
});

for (const form of ['inDirectory', 'inTar'] as const)
  test(`an OCI layout, ${form === 'inTar' ? 'in a tar' : 'a directory'}, has its images under their names`, async (t) => {
    const layout = new Layout();
    const manifest = layout.manifest(await makeImage('/a', [file('a', '1')]));
    layout.add({ ...manifest, ...named('one:1') });
    layout.add({
      ...layout.manifest(await makeImage('/b', [file('b', '2')])),
      annotations: { 'io.containerd.image.name': 'docker.io/library/two:2', ...named('2').annotations },
    });
    const images = await read(t, await layout[form](t));
    assert.deepEqual(
      images.map(({ names }) => names),
      [['one:1'], ['docker.io/library/two:2']],
    );
    assert.equal(images[0]?.digest, manifest.digest);
    const trees = [];
    for (const image of images) trees.push(await treeOf(t, image));
    assert.deepEqual(trees, [{ a: '1' }, { b: '2' }]);
  });

test('of an index the image for this machine is taken, and the name stands for the index', async (t) => {
  const layout = new Layout();
  const platform = (architecture: string) => ({ platform: { os: 'linux', architecture } });
  const arm = { ...layout.manifest(await makeImage('/arm', [file('a', 'arm')])), ...platform('arm64') };
  const intel = { ...layout.manifest(await makeImage('/intel', [file('a', 'intel')])), ...platform('amd64') };
  const index = layout.index([arm, intel]);
  layout.add({ ...index, ...named('both') });
  layout.add({ ...arm, ...named('flat') }).add({ ...intel, ...named('flat') });
  const path = layout.inDirectory(t);
  const images = await read(t, path);
  assert.deepEqual(
    images.map(({ names, digest }) => [names, digest]),
    [
      [['both'], index.digest],
      [['flat'], intel.digest],
    ],
  );
  for (const { configuration } of images) assert.deepEqual(configuration.config.entrypoint, ['/intel']);
  const [onArm] = await read(t, path, { architecture: 'arm64' });
  assert.deepEqual(onArm?.configuration.config.entrypoint, ['/arm']);
  await assert.rejects(
    read(t, path, { architecture: 'riscv64' }),
    /no matching manifest for linux\/riscv64 in the manifest list entries/,
  );
});

test('what is no archive of images is told of', async (t) => {
  await assert.rejects(
    read(t, await archive(t, [file('README')])),
    new PullFailed('neither manifest.json nor oci-layout is in it: it is no archive of images'),
  );
  await assert.rejects(read(t, temporary(t)), /index.json is missing: it is no OCI layout/);
  await assert.rejects(read(t, '/nowhere/at/all.tar'), new PullFailed('/nowhere/at/all.tar does not exist'));
  const text = join(temporary(t), 'text');
  writeFileSync(text, 'root:x:0:0:root:/root:/bin/sh\n'.repeat(100));
  await assert.rejects(read(t, text), (error) => error instanceof PullFailed && !error.message.includes('root'));
});

test('an archive that is no file is refused, and not waited for', async (t) => {
  const place = temporary(t);
  execFileSync('mkfifo', [join(place, 'fifo'), join(place, 'index.json')]);
  await assert.rejects(read(t, join(place, 'fifo')), new PullFailed('neither a file nor a directory'));
  await assert.rejects(read(t, place), new PullFailed('"index.json" is no file'));
});

test('hostile names in a tar come nowhere near the file system', async (t) => {
  const place = temporary(t);
  const scratch = join(place, 'scratch');
  mkdirSync(scratch);
  const made = await makeImage('/a', [file('a', '1')]);
  const hostile = [
    file('../planted', 'x'),
    file(`${place}/planted`, 'x'),
    symlink('out', place),
    file('out/planted', 'x'),
    symlink('layer0', place),
    hardLink('hard', '../secret'),
    file('a/../../planted', 'x'),
  ];
  writeFileSync(join(place, 'secret'), 'keep');
  const [image] = await read(t, await archive(t, saved(made, 'a:1', hostile)), { scratch });
  assert.ok(image);
  assert.deepEqual(await treeOf(t, image), { a: '1' });
  assert.deepEqual(readdirSync(place).toSorted(), ['scratch', 'secret']);
  assert.ok(readdirSync(scratch).every((name) => /^\d+$/.test(name)));
});

const outside = '/etc/passwd';
for (const [what, manifest, entries] of [
  ['a layer', { Config: 'config.json', Layers: [outside] }, []],
  ['a layer behind a link', { Config: 'config.json', Layers: ['l'] }, [symlink('l', outside)]],
  [
    'a layer behind a link that climbs',
    { Config: 'config.json', Layers: ['d/l'] },
    [symlink('d/l', '../../../../../../../etc/passwd')],
  ],
  ['a layer behind links in a ring', { Config: 'config.json', Layers: ['l'] }, [symlink('l', 'm'), symlink('m', 'l')]],
  ['a configuration', { Config: `../../../../../../../..${outside}`, Layers: ['layer0/layer.tar'] }, []],
  ['a configuration behind a link', { Config: 'l', Layers: ['layer0/layer.tar'] }, [symlink('l', outside)]],
] as const)
  test(`${what} that is outside of the archive is not in it`, async (t) => {
    const made = await makeImage('/a', [file('a', '1')]);
    const path = await archive(t, [...saved(made, 'a:1'), ...entries, file('manifest.json', json([manifest]))]);
    await assert.rejects(read(t, path), (error) => error instanceof PullFailed && /is not in it$/.test(error.message));
  });

for (const [what, content] of [
  ['text', Buffer.from('root:x:0:0')],
  ['no list', json({ Config: 'a' })],
  ['an empty list', json([])],
  ['other types', json([{ Config: 1, Layers: 'x' }])],
  ['too long', Buffer.concat([json([{ Config: 'config.json', Layers: [] }]), Buffer.alloc(5_000_000, ' ')])],
] as const)
  test(`a manifest.json that is ${what} is refused, without a word of it`, async (t) => {
    const path = await archive(t, [file('manifest.json', content)]);
    await assert.rejects(read(t, path), (error) => error instanceof PullFailed && !/root|Config/.test(error.message));
  });

test('as many layers as the configuration says', async (t) => {
  const made = await makeImage('/a', [file('a', '1')], [file('b', '2')]);
  const path = await archive(t, saved({ ...made, layers: made.layers.slice(0, 1) }, 'a:1'));
  await assert.rejects(read(t, path), new PullFailed('it has 1 layers, and its configuration 2'));
});

test('a layout whose files are not what their digests say is refused', async (t) => {
  const made = await makeImage('/a', [file('a', '1')]);
  const layout = new Layout();
  const manifest = layout.manifest(made);
  layout.add(manifest);
  const config = `blobs/sha256/${digestOf(made.config).slice(7)}`;
  layout.files.set(config, Buffer.from(made.config.toString().replace('/a', '/b')));
  await assert.rejects(
    read(t, layout.inDirectory(t)),
    new PullFailed(`filesystem layer verification failed for digest ${digestOf(made.config)}`),
  );
  layout.files.delete(config);
  await assert.rejects(
    read(t, layout.inDirectory(t)),
    new PullFailed(`${digestOf(made.config)} is not in the archive`),
  );
});

test('a layer that is exchanged is found out when it is unpacked', async (t) => {
  const made = await makeImage('/a', [file('a', '1')]);
  const [image] = await read(t, await archive(t, saved({ ...made, layers: [await tar([file('a', 'other')])] }, 'a:1')));
  assert.ok(image);
  await assert.rejects(treeOf(t, image), /failed to register layer sha256:.*: its files have the digest/);
});

test('of a layout no file is read that a link leads to elsewhere', async (t) => {
  const layout = new Layout();
  const made = await makeImage('/a', [file('a', '1')]);
  const manifest = layout.manifest(made);
  layout.add({ ...manifest, ...named('x:1') });
  const isLayer = (name: string) => layout.files.get(name)?.readUInt16BE(0) === 0x1f8b;
  const names = [...layout.files.keys()].filter((name) => name !== 'oci-layout');
  assert.equal(names.length, 4);
  for (const name of names) {
    const place = layout.inDirectory(t);
    const elsewhere = join(temporary(t), 'file');
    renameSync(join(place, name), elsewhere);
    symlinkSync(elsewhere, join(place, name));
    const reading = read(t, place).then(async ([image]) => treeOf(t, image as ArchivedImage));
    await assert.rejects(reading, { name: isLayer(name) ? 'Refused' : 'PullFailed', message: / leads out of / });
  }
});

test('an archive lies where it may, whatever links lead to it', async (t) => {
  const layout = new Layout().add({ ...new Layout().index([]), ...named('x:1') });
  const [allowed, elsewhere] = [temporary(t), temporary(t)];
  for (const path of [layout.inDirectory(t), await layout.inTar(t)]) {
    const [inside, link] = [join(allowed, basename(path)), join(allowed, `link-${basename(path)}`)];
    cpSync(path, join(elsewhere, basename(path)), { recursive: true });
    symlinkSync(join(elsewhere, basename(path)), link);
    const message = / leads out of /;
    await assert.rejects(read(t, link, { within: [allowed] }), { name: 'PullFailed', message });
    cpSync(path, inside, { recursive: true });
    await assert.rejects(read(t, inside, { within: [allowed] }), {
      name: 'PullFailed',
      message: /is not in the archive$/,
    });
  }
});

test('indexes that lead to indexes for ever are refused', async (t) => {
  const layout = new Layout();
  const platform = { platform: { os: 'linux', architecture: 'amd64' } };
  let entry: object = { ...layout.manifest(await makeImage('/a', [file('a')])), ...platform };
  for (let depth = 0; depth < 6; depth += 1) entry = { ...layout.index([entry]), ...platform };
  await assert.rejects(read(t, layout.add(entry).inDirectory(t)), new PullFailed('its index leads to indexes alone'));
});

test('an archive may take only so much', async (t) => {
  const path = await archive(t, [file('zeros', Buffer.alloc(2_000_000))], gzipSync);
  await assert.rejects(read(t, path, { bytes: 1_000_000 }), new PullFailed('more than 1000000 bytes unpacked'));
});

for (const [what, make] of [
  ['files', (name: string) => symlink(name, 'x')],
  ['directories', (name: string) => directory(name)],
] as const)
  test(`more ${what} than archives of images have are refused`, async (t) => {
    const path = await archive(
      t,
      Array.from({ length: 20_001 }, (_, index) => make(`l${index}`)),
    );
    await assert.rejects(read(t, path), new PullFailed('more than 20000 files in it'));
  });

test('longer names than archives of images have are refused', async (t) => {
  const path = await archive(t, [symlink('a', Array(60).fill('x'.repeat(20)).join('/'))]);
  await assert.rejects(read(t, path), new PullFailed('"a": a name of 1260 bytes'));
});
