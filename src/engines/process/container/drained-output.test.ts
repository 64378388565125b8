import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { streamDirectory } from '../../log-root.ts';
import { readLines } from '../../segments.fixture.ts';
import { DiskGuard } from './disk-guard.ts';
import { FifoPool, openForReading } from './fifo-pool.ts';
import { ContainerOutput } from './output.ts';
import { OutputTurns } from './output-turns.ts';

/** A container's output, of a job that is this process; its clock stands still. */
function outputOf(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-output-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const fifo = new FifoPool(join(directory, 'fifos'), 'mkfifo').take();
  const { read, write } = openForReading(fifo);
  t.after(() => closeSync(write));
  const clock = new ManualClock();
  const disk = new DiskGuard(directory, 0, clock);
  const sink = { stream: 's', maximumBytes: 1024 ** 3, rateBytesPerSecond: 1024 ** 3 };
  const output = new ContainerOutput(read, sink, directory, {
    clock,
    disk,
    turns: new OutputTurns(),
    onProblem: assert.fail,
  });
  return { output, write, lines: () => readLines(streamDirectory(directory, 's')) };
}

test('what a job wrote last is read though the event loop had no turn for it within the time of draining', async (t) => {
  const { output, write, lines } = outputOf(t);
  writeSync(write, 'first\nlast\n');
  output.drain();
  await output.close();
  assert.deepEqual(await lines(), ['first', 'last']);
});
