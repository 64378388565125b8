import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulationReport } from '../src/simulator/index.ts';
import { cpuBetween, cpuTimeOf } from './support/cpu.ts';
import type { Finding } from './support/figure.ts';

const jobs = 1_000_000;
const command = join(import.meta.dirname, '../bin/batchyard');

const environment = {
  formatVersion: 1,
  pools: [{ id: 'cluster', vcpus: 4_000, memoryMiB: 16_000_000 }],
  computeEnvironments: ['first', 'second'].map((computeEnvironmentName) => {
    return { computeEnvironmentName, computeResources: { type: 'EC2', maxvCpus: 2_000 } };
  }),
  jobQueues: ['high', 'low'].map((jobQueueName, index) => {
    const computeEnvironmentOrder = ['first', 'second'].map((computeEnvironment, order) => ({
      order,
      computeEnvironment,
    }));
    return { jobQueueName, priority: 10 - index, computeEnvironmentOrder };
  }),
};

/** Three in ten of high priority, some of which fail; `every`: seconds from one job to the next of a kind. */
function workload(every: number): string {
  const job = { memoryMiB: 2_048 };
  const high = { ...job, queue: 'high', vcpus: 1, runSeconds: { mean: 60 }, failureRate: 0.05, attempts: 3 };
  const low = { ...job, queue: 'low', vcpus: 2, runSeconds: { least: 30, most: 120 } };
  const lines = [
    { formatVersion: 1 },
    { ...high, count: 0.3 * jobs, every: every / 0.3 },
    { ...low, count: 0.7 * jobs, every: every / 0.7 },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What `batchyard simulate` takes for a million jobs: where all find room at once, and where hundreds of thousands wait. */
export async function simulatedMillion(): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-bench-'));
  try {
    writeFileSync(join(directory, 'environment.json'), JSON.stringify(environment));
    const free = await simulated(directory, workload(0.035));
    const full = await simulated(directory, workload(0.015));
    const aim = { atMost: 60 };
    return {
      kind: 'measured',
      figures: [
        { name: 'a million jobs, CPU of all threads', value: free.cpuSeconds, unit: 's', aim },
        { name: 'the same, saturated', value: full.cpuSeconds, unit: 's', aim },
        { name: 'time until the report', value: free.seconds, unit: 's' },
        { name: 'the same, saturated', value: full.seconds, unit: 's' },
      ],
      remarks: [free, full].map(
        ({ most, utilisation }) => `${most} waited at most, ${100 * utilisation} % of vCPUs used`,
      ),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function simulated(directory: string, lines: string) {
  writeFileSync(join(directory, 'workload.jsonl'), lines);
  const [before, begin] = [cpuTimeOf('self'), process.hrtime.bigint()];
  const words = ['simulate', 'workload.jsonl', '--environment', 'environment.json', '--json'];
  const child = spawn(command, words, { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
  const text = (await Array.fromAsync(child.stdout.setEncoding('utf8'))).join('');
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`batchyard simulate ended with ${child.exitCode}`);
  const { runs }: SimulationReport = JSON.parse(text);
  const [run] = runs;
  if (run?.jobs.submitted !== jobs || run.jobs.unfinished > 0) throw new Error('not all of the jobs were simulated');
  return {
    cpuSeconds: cpuBetween(before, cpuTimeOf('self')).children / 1e6,
    seconds: Number(process.hrtime.bigint() - begin) / 1e9,
    most: Math.max(...run.queues.map(({ mostWaiting }) => mostWaiting)),
    utilisation: run.pools[0]?.utilisation ?? 0,
  };
}
