import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskId } from '../../../core/ids.ts';
import type { ContainerUsage } from '../../../engines/index.ts';
import type { Ledger } from '../../../store/index.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';
import type { MeasuredTask } from '../yard/index.ts';
import { environment } from '../yard/resources.fixture.ts';
import { ContainerInsights } from './container-insights.ts';

const mebi = 2 ** 20;
const start = 1_000_000_000;

function insightsOf(environments: readonly ComputeEnvironmentRecord[], tasks: () => readonly MeasuredTask[]) {
  const asked: ReadonlySet<string>[] = [];
  const insights = new ContainerInsights({
    ledger: { each: () => environments } as unknown as Ledger,
    usage: {
      running: async (arns) => {
        asked.push(arns);
        return tasks();
      },
    },
    instances: () => undefined,
  });
  /** By metric, or family and metric. */
  const look = async () =>
    Object.fromEntries(
      (await insights.look()).map(({ family, metric, value }) => [family ? `${family} ${metric}` : metric, value]),
    );
  return { look, asked };
}

const watched = { ...environment, ecsSettings: { containerInsights: 'ENABLED' } };

function task(
  name: string,
  usage: Partial<ContainerUsage> | undefined,
  more: Partial<MeasuredTask> = {},
): MeasuredTask {
  return {
    taskId: name as TaskId,
    computeEnvironmentArn: watched.arn,
    jobDefinitionArn: `arn:aws:batch:us-east-1:123456789012:job-definition/${name}:3`,
    request: { vcpus: 2, memoryMiB: 512, gpus: 0 },
    startedAt: start,
    containers: usage ? [{ name: 'default', at: start, ...usage }] : [],
    ...more,
  };
}

test('an environment that does not have it on is not looked at', async () => {
  const off = { ...environment, ecsSettings: { containerInsights: 'DISABLED' } };
  const { look, asked } = insightsOf([environment, off], () => []);
  assert.deepEqual([await look(), asked], [{}, []]);
});

test('what jobs use is added up for their cluster and for each definition, as it was since the look before', async () => {
  let tasks = [task('a', { cpuSeconds: 5, memoryBytes: 100 * mebi }), task('b', undefined)];
  const { look } = insightsOf([watched], () => tasks);
  await look();
  const storage = { readBytes: 4_096, writtenBytes: 0 };
  const network = { id: 'n', receivedBytes: 600, sentBytes: 60 };
  const fresh = { at: start + 60_000, cpuSeconds: 30, memoryBytes: 20 * mebi, storage, network };
  tasks = [
    task('a', { at: start + 60_000, cpuSeconds: 35, memoryBytes: 200 * mebi }),
    task('c', undefined, {
      containers: [
        { name: 'one', ...fresh },
        { name: 'beside', ...fresh },
      ],
    }),
  ];
  assert.deepEqual(await look(), {
    JobCount: 2,
    MemoryReserved: 1_024,
    MemoryUtilized: 240,
    CpuReserved: 4_096,
    // 30 of 60 seconds each of three containers.
    CpuUtilized: 1_536,
    // Both containers have one network.
    NetworkRxBytes: 10,
    NetworkTxBytes: 1,
    StorageReadBytes: 8_192,
    StorageWriteBytes: 0,
    'a JobCount': 1,
    'a MemoryReserved': 512,
    'a MemoryUtilized': 200,
    'a CpuReserved': 2_048,
    'a CpuUtilized': 512,
    'c JobCount': 1,
    'c MemoryReserved': 512,
    'c MemoryUtilized': 40,
    'c CpuReserved': 2_048,
    'c CpuUtilized': 1_024,
    'c NetworkRxBytes': 10,
    'c NetworkTxBytes': 1,
    'c StorageReadBytes': 8_192,
    'c StorageWriteBytes': 0,
  });
});

test('what is not known is absent: of a job that nobody measures, and of the time before the first look at an old one', async () => {
  const old = task('old', { at: start + 3_600_000, cpuSeconds: 3_000 });
  const { look } = insightsOf([watched], () => [task('dark', undefined), old]);
  const found = await look();
  assert.deepEqual([found.JobCount, found.CpuUtilized, found.MemoryUtilized], [2, undefined, undefined]);
});

test('an environment in which nothing runs has no jobs, and says no more', async () => {
  assert.deepEqual(await insightsOf([watched], () => []).look(), { JobCount: 0 });
});
