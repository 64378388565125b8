import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Store } from '../contract.ts';
import { jobId, note, seededRandom, virginia } from '../suite/samples.ts';
import { inTemporaryDirectory, withStore } from './test-directory.ts';

/** How many acknowledgements each process lives to see. */
const lives = [1, 17, 60, 133, 250, 2];

test('after kill -9 every acknowledged commit is there, and each commit whole or not at all', () =>
  inTemporaryDirectory(async (directory) => {
    for (const acknowledgements of lives) {
      const acknowledged = await killAfter(directory, acknowledgements);
      await withStore({ directory, random: seededRandom() }, (store) => checkRounds(store, acknowledged));
    }
  }));

/** Runs the committer until it has printed so many rounds, and kills it. Answers the highest printed. */
async function killAfter(directory: string, acknowledgements: number): Promise<number> {
  const program = fileURLToPath(new URL('./crash-committer.ts', import.meta.url));
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let seen = 0;
  let highest = 0;
  for await (const line of createInterface(child.stdout)) {
    seen += 1;
    highest = Math.max(highest, Number(line));
    if (seen === acknowledgements) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  assert.equal(signal, 'SIGKILL');
  return highest;
}

async function checkRounds(store: Store, acknowledged: number): Promise<void> {
  const { lastFact, records } = await store.load();
  assert.ok(lastFact >= acknowledged, `acknowledged ${acknowledged}, found ${lastFact}`);
  const facts = await store.reads.facts({ from: 0, limit: lastFact + 100 });
  const rounds = Array.from({ length: lastFact }, (_, at) => at + 1);
  assert.deepEqual(
    facts.map(({ sequence }) => sequence),
    rounds,
  );
  const jobs = rounds.flatMap((round) => [0, 1, 2].map((at) => jobId(round * 3 + at)));
  const next = [3, 4, 5].map((at) => jobId(lastFact * 3 + at));
  const found = await store.reads.jobs(virginia, [...jobs, ...next]);
  assert.deepEqual(
    found.map(({ record }) => record.jobId),
    jobs,
  );
  assert.deepEqual(records, [note('last', lastFact)]);
}
