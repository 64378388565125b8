import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { jsonWorkload, parseEnvironment, type SimulatedPlacement, Simulation } from '../../src/simulator/index.ts';
import { recordedEnvironment, recordRun } from './recorded-run.ts';

/** Simulates a workload of these lines where the recorded server ran. */
function simulate(lines: readonly string[]): readonly SimulatedPlacement[] {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-replay-'));
  try {
    const file = join(directory, 'workload.jsonl');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const placements: SimulatedPlacement[] = [];
    const environment = parseEnvironment(JSON.stringify(recordedEnvironment), 'recorded');
    const onPlaced = (placement: SimulatedPlacement) => placements.push(placement);
    const simulation = new Simulation({ environment, workload: jsonWorkload(file), seed: 1, onPlaced });
    for (const _ of simulation.run());
    assert.equal(simulation.unfinished, 0);
    return placements;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

for (const seed of [3, 4, 5, 13]) {
  test(`what a server placed, the simulator places: the same, there, then and in that order (seed ${seed})`, async () => {
    const { lines, placements } = await recordRun(seed, 70);
    const attempts = new Set(placements.map(({ attempt }) => attempt));
    const pools = new Set(placements.map(({ pool }) => pool));
    // Else there is little that could differ.
    assert.ok(placements.length > 60 && attempts.size > 1 && pools.size === 2, `${placements.length} placements`);
    assert.deepEqual(simulate(lines), placements);
  });
}
