import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dockerArchive } from '../../core/container-image.fixture.ts';
import type { TaskId } from '../../core/ids.ts';
import { tarOf } from '../../core/tar.ts';
import { digestOf } from '../digest.ts';
import { openTestStore, temporary } from './open-store.fixture.ts';

function image(file: string) {
  const layers = [tarOf([{ path: file, content: file }])];
  const config = { os: 'linux', config: { Cmd: ['/x'] }, rootfs: { type: 'layers', diff_ids: layers.map(digestOf) } };
  return { config: Buffer.from(JSON.stringify(config)), layers };
}

test('an archive is imported under its names or the one that is given, and stays when room is made', async (t) => {
  const { store, directory, warnings } = await openTestStore(t, { capBytes: 0 });
  const path = `${temporary(t)}.tar`;
  writeFileSync(path, dockerArchive(image('a'), 'busybox:1', 'x.io/y:2'));
  const imported = await store.importArchive(path);
  const names = ['docker.io/library/busybox:1', 'x.io/y:2'];
  assert.deepEqual(
    imported.map(({ reference }) => reference),
    names,
  );
  await store.importArchive(path, 'other');
  writeFileSync(path, dockerArchive(image('b'), 'b:1'));
  const again = await store.pull({ image: `docker-archive:${path}` });
  assert.equal(store.find(again.reference)?.root, again.root);
  writeFileSync(path, dockerArchive(image('c')));
  await store.importArchive(path, 'c');
  rmSync(path);
  assert.deepEqual(
    store.list().map(({ reference }) => reference),
    ['docker.io/library/busybox:1', 'docker.io/library/c:latest', 'docker.io/library/other:latest', 'x.io/y:2'],
  );
  const { root, config } = await store.pull({ image: 'busybox:1' });
  assert.deepEqual([readFileSync(join(root, 'a'), 'utf8'), config.command], ['a', ['/x']]);
  assert.deepEqual([readdirSync(join(directory, 'tmp')), warnings], [[], []]);
  await store.prune();
  assert.deepEqual(store.list(), []);
});

test('an archive without a name in it needs one', async (t) => {
  const { store } = await openTestStore(t);
  const path = `${temporary(t)}.tar`;
  writeFileSync(path, dockerArchive(image('a')));
  await assert.rejects(store.importArchive(path), { name: 'PullFailed', message: /has no name: give it one$/ });
  assert.equal((await store.importArchive(path, 'a:1'))[0]?.reference, 'docker.io/library/a:1');
});

test('an archive that a definition names lies where those may, and one that is imported anywhere', async (t) => {
  const path = `${temporary(t)}.tar`;
  writeFileSync(path, dockerArchive(image('a'), 'busybox:1'));
  const { store } = await openTestStore(t, { archivesIn: [`${path}.d`] });
  await assert.rejects(store.pull({ image: `docker-archive:${path}` }), {
    name: 'PullFailed',
    message: / leads out of /,
  });
  assert.equal((await store.importArchive(path)).length, 1);
});

test('an image that a definition names by its archive is read when it is first needed, once for all', async (t) => {
  const { store } = await openTestStore(t);
  const path = `${temporary(t)}.tar`;
  const name = `docker-archive:${path}`;
  await assert.rejects(store.pull({ image: name }), { name: 'PullFailed' });
  writeFileSync(path, dockerArchive(image('a'), 'busybox:1'));
  const holder = 'task' as TaskId;
  const pulls = await Promise.all([store.pull({ image: name, holder }), store.pull({ image: name })]);
  assert.equal(pulls[0]?.root, pulls[1]?.root);
  assert.equal(pulls[0]?.reference, name);
  assert.equal(store.find('busybox:1'), undefined, 'only the name that was asked for');
  rmSync(path);
  assert.deepEqual(await store.pull({ image: name }), pulls[0]);
});
