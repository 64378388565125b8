import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { jsonWorkload, parseEnvironment, type SimulatedPlacement, Simulation } from '../../src/simulator/index.ts';
import { fleets, type Ground, hosts, recordRun } from './recorded-run.ts';

/** Simulates a workload of these lines where the recorded server ran. */
function simulate(ground: Ground, lines: readonly string[]): readonly SimulatedPlacement[] {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-replay-'));
  try {
    const file = join(directory, 'workload.jsonl');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const placements: SimulatedPlacement[] = [];
    const environment = parseEnvironment(JSON.stringify(ground.environment), 'recorded');
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
    const { lines, placements } = await recordRun(hosts, seed, 70);
    const attempts = new Set(placements.map(({ attempt }) => attempt));
    const pools = new Set(placements.map(({ pool }) => pool));
    // Else there is little that could differ.
    assert.ok(placements.length > 60 && attempts.size > 1 && pools.size === 2, `${placements.length} placements`);
    assert.deepEqual(simulate(hosts, lines), placements);
  });
}

for (const seed of [1, 2, 6, 7]) {
  test(`the same on instances that are launched, boot and end, and on registered ones (seed ${seed})`, async () => {
    const { lines, placements } = await recordRun(fleets, seed, 70);
    const instances = new Set(placements.map(({ instance }) => instance));
    const pools = new Set(placements.map(({ pool }) => pool));
    assert.ok(instances.size > 4 && pools.size === 2, `${instances.size} instances`);
    assert.deepEqual(simulate(fleets, lines), placements);
  });
}
