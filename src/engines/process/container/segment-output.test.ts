import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { listSegments, SegmentIndexes, SegmentReader, SegmentWriter } from '../../../segments/index.ts';
import { processLimits } from '../limits.ts';
import { type LineWriter, SegmentOutput } from './segment-output.ts';

/** A directory of segments on a disk that is full, or broken, when the test says so. */
function benchOf(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-output-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const clock = new ManualClock(1000);
  const disk: { error: string | undefined; readonly shortages: unknown[] } = { error: undefined, shortages: [] };
  const check = () => {
    if (disk.error !== undefined) throw Object.assign(new Error(`${disk.error}: write`), { code: disk.error });
  };
  const open = (): LineWriter => {
    check();
    const writer = SegmentWriter.open(directory);
    return {
      append: (at, bytes) => {
        check();
        writer.append(at, bytes);
      },
      flush: () => {
        check();
        writer.flush();
      },
      close: () => writer.close(),
      get bytesBuffered() {
        return writer.bytesBuffered;
      },
    };
  };
  const output = new SegmentOutput({ open, clock, onShortage: () => disk.shortages.push(disk.error) });
  const lines = async () => {
    const reader = new SegmentReader(new SegmentIndexes(), directory, {
      files: await listSegments(directory),
      direction: 'forward',
      position: { segment: 0, offset: 0 },
    });
    const found: string[] = [];
    while ((await reader.fill()) !== 'end')
      for (let next = reader.take(); next; next = reader.take()) found.push(Buffer.from(next.payload).toString());
    return found;
  };
  return { clock, disk, output, lines };
}

const numbered = Array.from({ length: 60 }, (_, number) => `line ${number}`);

for (const error of ['ENOSPC', 'EDQUOT', 'EMFILE']) {
  test(`lines that come while the host is short (${error}) are written when it is not, in order, and close waits for them`, async (t) => {
    const { clock, disk, output, lines } = benchOf(t);
    const buffer = Buffer.alloc(64);
    for (const [number, line] of numbered.entries()) {
      if (number === 20) disk.error = error;
      // The reader's buffer is used again for each line.
      output.append(buffer.subarray(0, buffer.write(line)));
      output.flush();
    }
    assert.ok(output.heldBytes > 0 && disk.shortages.length > 0);
    let closed = false;
    const closing = output.close().then(() => {
      closed = true;
    });
    for (let tries = 0; tries < 5; tries += 1) {
      await new Promise(setImmediate);
      clock.advance(processLimits.diskCheckMs);
    }
    await new Promise(setImmediate);
    assert.equal(closed, false);
    disk.error = undefined;
    clock.advance(processLimits.diskCheckMs);
    await closing;
    assert.deepEqual(await lines(), numbered);
    assert.equal(output.problem, undefined);
  });
}

test('a disk that is full before the first line costs none either', async (t) => {
  const { clock, disk, output, lines } = benchOf(t);
  disk.error = 'ENOSPC';
  output.append(Buffer.from('first'));
  const closing = output.close();
  disk.error = undefined;
  clock.advance(processLimits.diskCheckMs);
  await closing;
  assert.deepEqual(await lines(), ['first']);
});

test('output that cannot be written for another reason is given up, once, in words, and close does not wait', async (t) => {
  const { disk, output } = benchOf(t);
  disk.error = 'EIO';
  output.append(Buffer.from('first'));
  output.append(Buffer.from('second'));
  await output.close();
  assert.equal(output.problem, 'output could not be written: EIO: write');
  assert.deepEqual(disk.shortages, []);
});

test('giving up ends the wait, and the first reason stands', async (t) => {
  const { disk, output } = benchOf(t);
  disk.error = 'ENOSPC';
  output.append(Buffer.from('line'));
  const closing = output.close();
  await new Promise(setImmediate);
  output.giveUp('stopped');
  output.giveUp('again');
  await closing;
  assert.equal(output.problem, 'stopped');
  assert.equal(output.heldBytes, 0);
});
