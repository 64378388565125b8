import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseEnvironment, type SimulatedEnvironment } from './environment.ts';
import { jsonWorkload } from './json-workload.ts';
import { type RunReport, reportOf } from './report.ts';
import { type SimulatedPlacement, Simulation } from './simulation.ts';

/** A file that is there as long as the test. */
export function temporaryFile(test: TestContext, name: string, text: string | Buffer): string {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-simulator-'));
  test.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** A workload of these jobs, behind its first line. */
export function workloadFile(test: TestContext, ...jobs: readonly object[]): string {
  const lines = [{ formatVersion: 1 }, ...jobs].map((line) => `${JSON.stringify(line)}\n`);
  return temporaryFile(test, 'workload.jsonl', lines.join(''));
}

/** An environment with one pool of so many vCPUs, and queues by name and priority that use all of it. */
export function environmentOf(
  vcpus: number,
  queues: Readonly<Record<string, number>> = { main: 1 },
): SimulatedEnvironment {
  return parseEnvironment(
    JSON.stringify({
      formatVersion: 1,
      pools: [{ id: 'host', vcpus, memoryMiB: 1_000_000 }],
      computeEnvironments: [{ computeEnvironmentName: 'main', computeResources: { type: 'EC2', maxvCpus: vcpus } }],
      jobQueues: Object.entries(queues).map(([jobQueueName, priority]) => {
        return { jobQueueName, priority, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'main' }] };
      }),
    }),
    `${vcpus} vCPUs`,
  );
}

/** What came of it. */
export interface Simulated {
  readonly report: RunReport;
  readonly placements: readonly SimulatedPlacement[];
}

/** Simulates a workload file of JSON lines to its end. */
export function simulateFile(path: string, environment: SimulatedEnvironment, seed = 1): Simulated {
  const placements: SimulatedPlacement[] = [];
  const onPlaced = (placement: SimulatedPlacement) => placements.push(placement);
  const simulation = new Simulation({ environment, workload: jsonWorkload(path), seed, onPlaced });
  for (const _ of simulation.run());
  return { report: reportOf(simulation, environment), placements };
}
