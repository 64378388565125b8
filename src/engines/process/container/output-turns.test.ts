import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SystemClock } from '../../../core/clock.ts';
import { bytesBesideLine } from '../../output-limit.ts';
import { processLimits } from '../limits.ts';
import { DiskGuard } from './disk-guard.ts';
import { FifoPool, openForReading } from './fifo-pool.ts';
import { ContainerOutput } from './output.ts';
import { OutputTurns } from './output-turns.ts';

/** What a pipe holds, of line ends alone. */
const pipeBytes = 64 * 1024;
const oneRead = pipeBytes * (1 + bytesBesideLine);

/** Knows what outputs cost in each turn of the event loop. */
class CountingGuard extends DiskGuard {
  readonly costs: number[] = [0];

  nextTurn(): void {
    this.costs.push(0);
  }

  override wrote(bytes: number): void {
    this.costs.push((this.costs.pop() ?? 0) + bytes);
  }
}

/** So many outputs, each with a pipe full of line ends. */
function floodOf(t: TestContext, count: number) {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-turns-'));
  const clock = new SystemClock();
  const fifos = new FifoPool(join(directory, 'fifos'), 'mkfifo');
  const guard = new CountingGuard(directory, 0, clock);
  const turns = new OutputTurns();
  t.after(() => {
    clock.close();
    rmSync(directory, { recursive: true });
  });
  const outputs = Array.from({ length: count }, (_, index) => {
    const { read, write } = openForReading(fifos.take());
    writeSync(write, Buffer.alloc(pipeBytes, '\n'));
    closeSync(write);
    const sink = { stream: `s${index}`, maximumBytes: 1024 ** 3, rateBytesPerSecond: 1024 ** 3 };
    return new ContainerOutput(read, sink, directory, { clock, disk: guard, turns, onProblem: assert.fail });
  });
  return { guard, outputs };
}

async function untilDone(guard: CountingGuard, work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await nextTurn();
    guard.nextTurn();
  }
  await over;
}

const total = (costs: readonly number[]) => costs.reduce((sum, cost) => sum + cost, 0);

for (const [what, finish] of [
  ['run', (output: ContainerOutput) => output.ended],
  ['have ended', (output: ContainerOutput) => output.close()],
] as const)
  test(`jobs that ${what} and have written line ends alone do not keep everybody else waiting`, async (t) => {
    const { guard, outputs } = floodOf(t, 12);
    await untilDone(guard, Promise.all(outputs.map(finish)));
    assert.equal(total(guard.costs), outputs.length * oneRead, 'all was read');
    const most = Math.max(...guard.costs);
    // No read is broken off: the last one of a turn may be whole.
    assert.ok(most < 2 * (processLimits.outputPerTurn + oneRead), `${most} in one turn, of ${oneRead} a read`);
    await Promise.all(outputs.map((output) => output.close()));
  });

test('outputs have their turns in the order in which they wait', async () => {
  const turns = new OutputTurns();
  const taken: number[] = [];
  const members = Array.from({ length: 10 }, (_, index) => ({
    awaitTurn: () => {},
    takeTurn: () => taken.push(index),
  }));
  for (const member of members) turns.add(member);
  const [first, last] = [members[0], members.at(-1)];
  assert.ok(first && last);
  turns.spend(first, processLimits.outputPerTurn);
  turns.remove(last);
  while (taken.length < 9) await nextTurn();
  assert.deepEqual(taken, [1, 2, 3, 4, 5, 6, 7, 8, 0]);
});
