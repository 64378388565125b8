import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ManualClock, SystemClock } from '../../core/clock.ts';
import { smallDisk } from '../../core/small-disk.fixture.ts';
import { PullFailed, PullStalled } from '../contract.ts';
import { directory, file, hardLink, layerFile, rawHeader, symlink, tar, temporary } from './layers.fixture.ts';
import { unpackLimits } from './limits.ts';
import type { LayerFile, UnpackProgress } from './request.ts';
import { contentsOf } from './tree.fixture.ts';
import { unpackImage } from './unpack-image.ts';

const clock = new SystemClock();
const isRoot = process.getuid?.() === 0;
const jobUser = { uid: 65_534, gid: 65_534 };

/** A layer that takes a minute, and little of the disk: one empty file, made anew 1,800,000 times. Its digest is of something else. */
function longLayer(directory: string): LayerFile {
  const again = gzipSync(Buffer.concat(Array<Buffer>(2_000).fill(rawHeader({ name: 'again', size: 0 }))));
  return layerFile(directory, Buffer.alloc(0), Buffer.concat(Array<Buffer>(900).fill(again)));
}

/** The process that unpacks a long layer for a process, as soon as it is at work. */
async function unpackerOf(parent: number, into: string): Promise<number> {
  for (;;) {
    const [found] = childrenOf(parent).filter((pid) => commandOf(pid).includes('unpacker.'));
    if (found !== undefined && existsSync(join(into, 'again'))) return found;
    await nextTurn();
  }
}

function childrenOf(parent: number): readonly number[] {
  const threads = readdirSync(`/proc/${parent}/task`);
  const lists = threads.map((thread) => readFileSync(`/proc/${parent}/task/${thread}/children`, 'utf8'));
  return lists.flatMap((list) =>
    list
      .split(' ')
      .filter((pid) => pid !== '')
      .map(Number),
  );
}

function commandOf(pid: number): string {
  return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

function place(t: TestContext) {
  const top = temporary(t);
  return { top, into: join(top, 'tree') };
}

test('an image is unpacked by a process of its own, and belongs to whom it is to belong', {
  skip: !isRoot && 'needs root',
}, async (t) => {
  const { top, into } = place(t);
  chmodSync(top, 0o700); // the job's user could not come here by name
  const base = [directory('a'), file('a/f', 'x', { uid: 1000, gid: 1000 }), symlink('l', 'a/f'), hardLink('h', 'a/f')];
  const layers = [layerFile(top, await tar(base)), layerFile(top, await tar([file('a/.wh.f'), file('g')]))];
  const { entries } = await unpackImage({ layers, into, owner: jobUser, clock });
  const contents = contentsOf(into);
  assert.equal(entries, Object.keys(contents).length);
  assert.equal(contents.h, 'x');
  assert.ok(!('a/f' in contents));
  for (const path of ['', ...Object.keys(contents)]) {
    const { uid, gid } = lstatSync(join(into, path));
    assert.deepEqual({ uid, gid }, jobUser, path);
  }
  assert.equal(statSync(into).mode & 0o7777, 0o755);
});

test('what unpacks has no rights but the owner has, and no variables', { skip: !isRoot && 'needs root' }, async (t) => {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([4]); // which must not be inherited
  t.after(() => process.setgroups?.(groups));
  const { top, into } = place(t);
  const stop = new AbortController();
  const unpacking = unpackImage({ layers: [longLayer(top)], into, owner: jobUser, clock, signal: stop.signal });
  unpacking.catch(() => {});
  const pid = await unpackerOf(process.pid, into);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
  stop.abort(new Error('enough'));
  await assert.rejects(unpacking, /enough/);
  assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
  assert.match(status, /^Gid:\t65534\t65534\t65534\t65534$/m);
  assert.match(status, /^Groups:\t ?$/m);
  assert.match(status, /^CapEff:\t0+$/m);
  assert.equal(environment, '');
});

test('an image that is given up leaves nothing behind, and no process', async (t) => {
  const { top, into } = place(t);
  const stop = new AbortController();
  const unpacking = unpackImage({ layers: [longLayer(top)], into, clock, signal: stop.signal });
  unpacking.catch(() => {});
  const pid = await unpackerOf(process.pid, into);
  stop.abort(new Error('given up'));
  await assert.rejects(unpacking, /given up/);
  assert.ok(!isThere(pid));
  assert.ok(!existsSync(into));
});

test('a signal that was given before keeps anything from being made', async (t) => {
  const { top, into } = place(t);
  const layers = [{ ...layerFile(top, await tar([])), path: join(top, 'gone') }]; // which nobody misses
  const unpacking = unpackImage({ layers, into, clock, signal: AbortSignal.abort(new Error('early')) });
  await assert.rejects(unpacking, /early/);
  assert.ok(!existsSync(into));
});

test('what says nothing any more is killed, and leaves nothing behind', async (t) => {
  const { top, into } = place(t);
  const manual = new ManualClock();
  const unpacking = unpackImage({ layers: [longLayer(top)], into, clock: manual });
  unpacking.catch(() => {});
  const pid = await unpackerOf(process.pid, into);
  process.kill(pid, 'SIGSTOP');
  manual.advance(unpackLimits.silenceMs);
  await assert.rejects(unpacking, new PullFailed('unpacking said nothing for 60 s'));
  assert.ok(!isThere(pid));
  assert.ok(!existsSync(into));
  assert.equal(manual.pending, 0);
});

test('what says something now and then may take as long as it takes', async (t) => {
  const { top, into } = place(t);
  const manual = new ManualClock();
  const stop = new AbortController();
  let words = 0;
  const onProgress = (progress: UnpackProgress) => {
    assert.ok(progress.bytes <= progress.totalBytes && progress.totalBytes > 0);
    words += 1;
    manual.advance(unpackLimits.silenceMs * 0.9);
    if (words === 3) stop.abort(new Error('seen enough'));
  };
  const unpacking = unpackImage({ layers: [longLayer(top)], into, clock: manual, signal: stop.signal, onProgress });
  await assert.rejects(unpacking, /seen enough/);
  assert.equal(words, 3);
});

test('who listens to progress and throws ends the unpacking, and is told', async (t) => {
  const { top, into } = place(t);
  const onProgress = () => {
    throw new Error('no more of this');
  };
  await assert.rejects(unpackImage({ layers: [longLayer(top)], into, clock, onProgress }), /no more of this/);
  assert.ok(!existsSync(into));
});

test('a process that is killed by another is told of, and leaves nothing behind', async (t) => {
  const { top, into } = place(t);
  const unpacking = unpackImage({ layers: [longLayer(top)], into, clock });
  unpacking.catch(() => {});
  process.kill(await unpackerOf(process.pid, into), 'SIGKILL');
  await assert.rejects(unpacking, new PullFailed('unpacking ended with SIGKILL'));
  assert.ok(!existsSync(into));
});

test('when the server is killed what unpacks ends, and has touched nothing but its directory', async (t) => {
  const { top } = place(t);
  const store = join(top, 'store');
  mkdirSync(join(store, 'tmp/1'), { recursive: true });
  const into = join(store, 'tmp/1/root');
  const { path, diffId } = longLayer(top);
  const program = fileURLToPath(import.meta.resolve('./unpack-for-crash.fixture.ts'));
  const server = spawn(process.execPath, [program, path, diffId, into], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = server.stdout.toArray();
  const pid = await unpackerOf(server.pid ?? 0, into);
  server.kill('SIGKILL');
  await once(server, 'exit');
  while (isThere(pid)) await nextTurn();
  assert.deepEqual(await said, [], 'it had not done its work');
  assert.deepEqual(readdirSync(store), ['tmp']);
  assert.deepEqual(readdirSync(join(store, 'tmp')), ['1']);
});

test('a refused image leaves nothing behind', async (t) => {
  const { top, into } = place(t);
  const layers = [layerFile(top, await tar([file('a'), file('../b')]))];
  const words = `failed to register layer ${layers[0]?.diffId}: "../b": a name that leads out of where it is`;
  await assert.rejects(unpackImage({ layers, into, clock }), new PullFailed(words));
  assert.deepEqual(
    readdirSync(top).filter((name) => !name.startsWith('layer-')),
    [],
  );
});

test('a layer that is not there is told of', async (t) => {
  const { top, into } = place(t);
  const layers = [{ ...layerFile(top, await tar([])), path: join(top, 'gone') }];
  await assert.rejects(
    unpackImage({ layers, into, clock }),
    new PullFailed(`failed to unpack: ${join(top, 'gone')} does not exist`),
  );
});

test('a layer that is no file is refused, and not waited for', async (t) => {
  const { top, into } = place(t);
  const path = join(top, 'fifo');
  execFileSync('mkfifo', [path]);
  await assert.rejects(
    unpackImage({ layers: [{ ...layerFile(top, await tar([])), path }], into, clock }),
    /is no file/,
  );
});

test('nothing is unpacked over what is there', async (t) => {
  const { top, into } = place(t);
  mkdirSync(join(into, 'mine'), { recursive: true });
  await assert.rejects(unpackImage({ layers: [layerFile(top, await tar([file('a')]))], into, clock }), {
    code: 'EEXIST',
  });
  assert.deepEqual(contentsOf(into), { mine: '/' });
});

test('a full disk is no fault of the image, and what was written goes', async (t) => {
  const disk = smallDisk(t, 8);
  if (disk === undefined) return t.skip('this user may mount no disk');
  const { top } = place(t);
  const layer = layerFile(top, await tar([file('a', Buffer.alloc(20_000_000))]));
  for (const reserve of [-1e12, 0]) {
    const unpacking = unpackImage({ layers: [layer], into: join(disk, 'tree'), clock, limits: { reserve } });
    await assert.rejects(unpacking, (error) => error instanceof PullStalled && error.why === 'disk-full');
    assert.deepEqual(readdirSync(disk), []);
  }
});

for (const lack of ['descriptors', 'processes']) {
  test(`a machine that has no ${lack} left is no fault of the image`, async (t) => {
    const { top } = place(t);
    const layer = layerFile(top, await tar([file('a')]));
    chmodSync(top, 0o777);
    const script = fileURLToPath(import.meta.resolve('./unpack-when-short.fixture.ts'));
    const words = [script, lack, JSON.stringify(layer), join(top, lack)];
    const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    assert.match(
      stdout,
      /"name":"PullStalled","why":"host-short","message":"no process could be started: spawn /,
      stderr,
    );
  });
}

test('what the disk is to keep free is kept free', async (t) => {
  const disk = smallDisk(t, 8);
  if (disk === undefined) return t.skip('this user may mount no disk');
  const { top } = place(t);
  const layer = layerFile(top, await tar([file('a', Buffer.alloc(3_000_000))]));
  const unpack = (reserve: number) =>
    unpackImage({ layers: [layer], into: join(disk, 'tree'), clock, limits: { reserve } });
  await assert.rejects(unpack(6_000_000), /there is no room for the image's files: too little of the disk is free/);
  await unpack(1_000_000);
});

test('an unpacked tree is on the disk, not in memory alone', async (t) => {
  const { top, into } = place(t);
  const layer = layerFile(top, await tar([file('a', Buffer.alloc(5_000_000, 'x'))]));
  // Says of each piece whether it has a place on the disk yet. Not every file system tells.
  const pieces = (path: string) => spawnSync('filefrag', ['-v', path], { encoding: 'utf8' });
  if (pieces(layer.path).status !== 0) return t.skip('filefrag is missing, or this file system does not know');
  await unpackImage({ layers: [layer], into, clock });
  assert.doesNotMatch(pieces(join(into, 'a')).stdout, /delalloc/);
});

test('an image that fails is told of in its own words, though its paths are longer than any program can name', async (t) => {
  const { top, into } = place(t);
  const deep = Array.from({ length: 16 }, () => 'd'.repeat(254)).join('/');
  const layer = layerFile(top, await tar([file(`${deep}/f`)]));
  const wrong = { ...layer, diffId: `sha256:${'0'.repeat(64)}` } as const;
  await assert.rejects(unpackImage({ layers: [wrong], into, clock }), /its files have the digest/);
  assert.ok(!existsSync(into));
});
