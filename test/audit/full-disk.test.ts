import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Archive } from '../../src/audit/archive.ts';
import type { CloudTrailRecord } from '../../src/audit/cloudtrail-record.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { fillDisk, smallDisk } from '../../src/core/small-disk.fixture.ts';
import { recordOfSketch, type Sketch } from './sketch.ts';

const region = 'us-east-1';
const everything = { region, category: 'Management', limit: 50 } as const;
const year = 365 * 86_400_000;
const sketch: Sketch = {
  ...{ id: 'e', name: 'SubmitJob', region, user: 'ada', time: 1_700_000_000, readOnly: false },
  ...{ category: 'Management', resources: [] },
};
const withId = (id: string) => recordOfSketch({ ...sketch, id });
/** More than what is given back, so that a part of it is written. */
const long = withId('x'.repeat(64 * 1024));
const noRoom = { code: 'ENOSPC' };

async function openOn(t: TestContext) {
  const disk = smallDisk(t, 4);
  if (disk === undefined) {
    t.skip('this user may not mount a small disk');
    return undefined;
  }
  const directory = join(disk, 'audit');
  const clock = new ManualClock();
  const limits = { age: year, bytes: 2 ** 40, segmentBytes: 2 ** 30 };
  return { disk, directory, clock, limits, archive: await Archive.open({ directory, clock, limits, note: () => {} }) };
}

async function idsIn(archive: Archive): Promise<readonly string[]> {
  const { records } = await archive.lookUp(everything);
  return records.map((text) => (JSON.parse(text) as CloudTrailRecord).eventID);
}

test('of records that the disk has no room for no part stays, and those before and after them are whole', async (t) => {
  const opened = await openOn(t);
  if (!opened) return;
  const { archive, disk, directory } = opened;
  archive.append([withId('before')]);
  const path = join(directory, '00000001.log');
  const { size } = statSync(path);
  const spare = join(disk, 'spare');
  writeFileSync(spare, Buffer.alloc(16 * 1024));
  const makeRoom = fillDisk(disk);
  rmSync(spare);
  assert.throws(() => archive.append([withId('too much'), long]), noRoom);
  assert.equal(statSync(path).size, size);
  archive.append([withId('short')]);
  makeRoom();
  archive.append([withId('after')]);
  assert.deepEqual(await idsIn(archive), ['after', 'short', 'before']);
  await archive.close();
});

test('a segment that the disk has no room for leaves no file, however often it is tried', async (t) => {
  const opened = await openOn(t);
  if (!opened) return;
  const { archive, disk, directory } = opened;
  const makeRoom = fillDisk(disk);
  for (let attempt = 0; attempt < 5; attempt += 1) assert.throws(() => archive.append([withId('none')]), noRoom);
  assert.deepEqual(readdirSync(directory), []);
  makeRoom();
  archive.append([withId('one')]);
  assert.deepEqual(await idsIn(archive), ['one']);
  await archive.close();
});

test('records whose time is over go though there is no room to pack others', async (t) => {
  const opened = await openOn(t);
  if (!opened) return;
  const { archive, disk, directory, clock, limits } = opened;
  archive.append([withId('old')]);
  await archive.close();
  const second = await Archive.open({ directory, clock, limits, note: () => {} });
  await second.tidy();
  second.append([withId('new')]);
  await second.close();
  assert.deepEqual(readdirSync(directory), ['00000001.idx', '00000001.zst', '00000002.log']);
  const third = await Archive.open({ directory, clock, limits, note: () => {} });
  clock.advance(sketch.time * 1000 + 2 * year);
  const makeRoom = fillDisk(disk);
  await assert.rejects(third.tidy(), noRoom);
  assert.deepEqual(readdirSync(directory), ['00000002.log']);
  makeRoom();
  await third.close();
});

test('a block is packed whole though the system takes a part of it at a time', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'audit-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const options = {
    directory,
    clock: new ManualClock(),
    limits: { age: 10 * year, bytes: 2 ** 40, segmentBytes: 2 ** 30 },
  };
  const notes: string[] = [];
  const note = (words: string) => void notes.push(words);
  const first = await Archive.open({ ...options, note });
  first.append([withId('one'), withId('two')]);
  await first.close();
  const second = await Archive.open({ ...options, note });
  await using any = await open(directory, 'r');
  const handle = Object.getPrototypeOf(any) as FileHandle;
  t.mock.method(handle, 'writev', function half(this: FileHandle, buffers: readonly Buffer[]) {
    const all = Buffer.concat(buffers);
    return this.write(all, 0, Math.ceil(all.length / 2));
  });
  await second.tidy();
  assert.deepEqual(await idsIn(second), ['two', 'one']);
  assert.deepEqual(notes, []);
  await second.close();
});
