import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import { streamDirectory } from '../../log-root.ts';
import { readLines } from '../../segments.fixture.ts';
import { DiskGuard } from './disk-guard.ts';
import { FifoPool, openForReading } from './fifo-pool.ts';
import { ContainerOutput } from './output.ts';
import { OutputTurns } from './output-turns.ts';

/** The output of a job that does not wait; its clock stands still, and a tenth of a second's worth is little. */
function outputOf(t: TestContext, bufferBytes: number) {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-output-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const fifo = new FifoPool(join(directory, 'fifos'), 'mkfifo').take();
  const { read, write: descriptor } = openForReading(fifo);
  t.after(() => closeSync(descriptor));
  const clock = new ManualClock();
  const disk = new DiskGuard(directory, 0, clock);
  const sink = { stream: 's', maximumBytes: 1024 ** 3, rateBytesPerSecond: 10_000, bufferBytes };
  const shared = { clock, disk, turns: new OutputTurns(), onProblem: assert.fail };
  const output = new ContainerOutput(read, sink, directory, shared);
  /** Writes as a job does; what it writes is read meanwhile. */
  const write = async (lines: readonly string[]) => {
    for (let at = 0; at < lines.length; at += 100) {
      writeSync(
        descriptor,
        lines
          .slice(at, at + 100)
          .map((line) => `${line}\n`)
          .join(''),
      );
      await nextTurn();
      await nextTurn();
    }
  };
  return { output, write, clock, lines: () => readLines(streamDirectory(directory, 's')) };
}

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `line ${String(from + index).padStart(8, '0')}`);

test('a job goes on while its lines cannot be written: those that the buffer has no room for are lost, and counted', async (t) => {
  const { output, write, lines } = outputOf(t, 20_000);
  const all = numbered(20_000);
  await write(all);
  await output.close();
  const written = await lines();
  const kept = written.filter((line) => line.startsWith('line'));
  const lost = written.flatMap(
    (line) => /^\[batchyard\] (\d+) lines \((\d+) bytes\) of output are lost here/.exec(line)?.[1] ?? [],
  );
  assert.equal(kept.length + lost.reduce((sum, count) => sum + Number(count), 0), all.length);
  assert.ok(lost.length > 0 && kept.length < all.length / 2, `${kept.length} kept`);
  assert.deepEqual(kept, kept.toSorted(), 'in their order');
});

test('what the buffer has room for is written as time goes by, and nothing is lost', async (t) => {
  const { output, write, clock, lines } = outputOf(t, 1_000_000);
  const all = numbered(5_000);
  await write(all);
  for (let second = 0; second < 30; second += 1) {
    clock.advance(1_000);
    await nextTurn();
  }
  await output.close();
  assert.deepEqual(await lines(), all);
});
