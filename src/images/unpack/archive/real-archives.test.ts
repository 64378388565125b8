import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SystemClock } from '../../../core/clock.ts';
import { temporary } from '../layers.fixture.ts';
import { contentsOf } from '../tree.fixture.ts';
import { unpackImage } from '../unpack-image.ts';
import { readArchive } from './read-archive.ts';

const clock = new SystemClock();
const missing = ['skopeo', 'umoci'].find((program) => spawnSync(program, ['--version']).status !== 0);

test('umoci makes an image, skopeo writes it in every form, and all come to one tree', {
  skip: missing && `needs ${missing}`,
}, async (t) => {
  const place = temporary(t);
  const run = (command: string, ...words: readonly string[]) =>
    execFileSync(command, words, { cwd: place, stdio: 'pipe', env: { PATH: process.env.PATH, HOME: place } });
  const unpackAgain = ['unpack', ...(process.getuid?.() === 0 ? [] : ['--rootless']), '--image', 'layout:one'];
  run('umoci', 'init', '--layout', 'layout');
  run('umoci', 'new', '--image', 'layout:one');
  run('umoci', ...unpackAgain, 'first');
  mkdirSync(join(place, 'first/rootfs/d/e'), { recursive: true });
  writeFileSync(join(place, 'first/rootfs/d/gone'), 'x');
  writeFileSync(join(place, 'first/rootfs/d/e/f'), 'lower');
  symlinkSync('d/e', join(place, 'first/rootfs/l'));
  run('umoci', 'repack', '--image', 'layout:one', 'first');
  run('umoci', ...unpackAgain, 'second');
  run('rm', '-r', 'second/rootfs/d/gone', 'second/rootfs/d/e');
  writeFileSync(join(place, 'second/rootfs/d/e'), 'upper');
  run('umoci', 'repack', '--image', 'layout:one', 'second');
  run(
    'umoci',
    'config',
    '--image',
    'layout:one',
    '--config.entrypoint',
    '/bin/x',
    '--config.user',
    '1000',
    '--config.env',
    'A=b',
  );
  const skopeo = (to: string) => run('skopeo', '--insecure-policy', '--tmpdir', place, 'copy', 'oci:layout:one', to);
  skopeo('docker-archive:docker.tar:example/one:1');
  skopeo('oci-archive:oci.tar:example/one:1');
  skopeo('oci:copied:example/one:1');
  run('gzip', '-k', 'docker.tar');
  const found = [];
  for (const path of ['layout', 'docker.tar', 'docker.tar.gz', 'oci.tar', 'copied']) {
    const images = await readArchive({ path: join(place, path), scratch: temporary(t), clock });
    const [image] = images;
    assert.ok(image && images.length === 1, path);
    const into = join(temporary(t), 'tree');
    await unpackImage({ layers: image.layers, into, clock });
    const { entrypoint, user, environment } = image.configuration.config;
    const { d, 'd/e': e, 'd/gone': gone, l } = contentsOf(into);
    assert.deepEqual(
      { entrypoint, user, d, e, gone, l },
      { entrypoint: ['/bin/x'], user: '1000', d: '/', e: 'upper', gone: undefined, l: '-> d/e' },
      path,
    );
    assert.ok(environment.includes('A=b'), path);
    found.push({ path, names: image.names });
  }
  assert.deepEqual(found, [
    { path: 'layout', names: ['one'] },
    { path: 'docker.tar', names: ['docker.io/example/one:1'] },
    { path: 'docker.tar.gz', names: ['docker.io/example/one:1'] },
    { path: 'oci.tar', names: ['example/one:1'] },
    { path: 'copied', names: ['example/one:1'] },
  ]);
});
