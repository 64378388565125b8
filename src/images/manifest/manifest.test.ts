import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from './configuration.ts';
import { parseManifest } from './manifest.ts';
import { choosePlatform, platformOf } from './platform.ts';

const digest = (digit: string): `sha256:${string}` => `sha256:${digit.repeat(64)}`;
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('1'), size: 2 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd', digest: digest('2'), size: 3 };
const image = { schemaVersion: 2, config, layers: [layer] };
const read = (manifest: unknown) => parseManifest(Buffer.from(JSON.stringify(manifest)));

test('a manifest is what its shape says, whatever it calls itself', () => {
  assert.equal(read({ ...image, mediaType: 'application/vnd.oci.image.index.v1+json' }).kind, 'image');
  assert.equal(read({ schemaVersion: 2, manifests: [] }).kind, 'index');
});

function nested(depth: number): unknown {
  return depth === 0 ? {} : { in: nested(depth - 1) };
}

const refusals: readonly (readonly [string, unknown, RegExp])[] = [
  ['of schema 1', { schemaVersion: 1, fsLayers: [] }, /^its manifest is of schema 1, which is not supported: push it/],
  ['both an index and an image', { ...image, manifests: [] }, /^its manifest is an index and an image at once$/],
  ['of a chart', { ...image, config: { ...config, mediaType: 'application/vnd.cncf.helm' } }, /^it is no image: its/],
  ['with a layer elsewhere', { ...image, layers: [{ ...layer, urls: ['http://a'] }] }, /is foreign: it lies outside/],
  [
    'with a licensed layer',
    { ...image, layers: [{ ...layer, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' }] },
    /is foreign/,
  ],
  [
    'with a layer of another kind',
    { ...image, layers: [{ ...layer, mediaType: 'text/x' }] },
    /of type "text\/x", which/,
  ],
  ['without layers', { ...image, layers: [] }, /^its manifest is not valid: layers: it has no layers$/],
  ['with a digest that is a path', { ...image, config: { ...config, digest: 'sha256:../../x' } }, /not valid: config/],
  ['with a size below nothing', { ...image, layers: [{ ...layer, size: -1 }] }, /not valid: layers.0.size/],
  ['with a huge configuration', { ...image, config: { ...config, size: 2 ** 30 } }, /configuration is larger than/],
  [
    'of more layers than an image has',
    { ...image, layers: Array(1_001).fill({}) },
    /layers: a list of at most 1000 is/,
  ],
  [
    'for more platforms',
    { schemaVersion: 2, manifests: Array(1_001).fill({}) },
    /manifests: a list of at most 1000 is/,
  ],
  ['of far too many values', { ...image, urls: Array(30_000).fill(1) }, /not valid: it has more than 30000 values$/],
  ['that is far too deep', nested(65), /^its manifest is not valid: it is more than 64 deep$/],
  ['that is a list', [], /^its manifest is not valid: it is no JSON object$/],
];

for (const [what, manifest, message] of refusals)
  test(`a manifest ${what} is refused`, () => assert.throws(() => read(manifest), { name: 'PullFailed', message }));

const entry = (digit: string, os: string, architecture: string, variant?: string) => ({
  ...{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digest(digit), size: 1 },
  platform: { os, architecture, ...(variant !== undefined && { variant }) },
});

test('of an index the image for this machine is taken, its best variant, and never a statement about an image', () => {
  const statement = {
    ...entry('0', 'linux', 'amd64'),
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  };
  const entries = [
    statement,
    entry('1', 'windows', 'amd64'),
    entry('2', 'linux', 'amd64', 'v3'),
    entry('3', 'linux', 'amd64'),
    entry('4', 'linux', 'arm', 'v6'),
    entry('5', 'linux', 'arm', 'v7'),
    entry('6', 'linux', 'arm64', 'v8'),
  ];
  const chosen = (arch: string) => choosePlatform(entries, platformOf(arch)).digest;
  assert.deepEqual([chosen('x64'), chosen('arm'), chosen('arm64')], [digest('3'), digest('5'), digest('6')]);
  const message = 'no matching manifest for linux/riscv64 in the manifest list entries';
  assert.throws(() => chosen('riscv64'), { name: 'PullFailed', message });
  assert.throws(() => choosePlatform([statement], platformOf('x64')), { name: 'PullFailed' });
});

test('a configuration says how its image is run; what it leaves out is absent', () => {
  const bare = { rootfs: { diff_ids: [digest('1')] } };
  const parse = (value: object) => parseConfiguration(Buffer.from(JSON.stringify(value)));
  assert.deepEqual(parse({ ...bare, config: null }).config, {
    ...{ entrypoint: [], command: [], environment: [], labels: {} },
  });
  const config = {
    ...{ Entrypoint: ['/e'], Cmd: null, Env: ['A=b=c', 'nothing'], User: 'app:app', WorkingDir: '/w' },
    ...{ Labels: { a: 'b' }, Volumes: { '/v': {} } },
  };
  assert.deepEqual(parse({ ...bare, os: 'linux', config }).config, {
    ...{ entrypoint: ['/e'], command: [], environment: ['A=b=c'], user: 'app:app', workingDirectory: '/w' },
    ...{ labels: { a: 'b' } },
  });
  assert.throws(() => parse({ ...bare, os: 'windows' }), /image operating system "windows" cannot be used/);
  assert.throws(() => parse({}), /its configuration is not valid/);
});
