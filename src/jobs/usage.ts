import type { Milliseconds } from '../core/ids.ts';
import type { AttemptRecord } from '../core/job.ts';
import type { UsageRecord } from '../core/usage.ts';
import { type JobEntry, nodeRequest } from './entry.ts';

const hour: Milliseconds = 3_600_000;

/**
 * What one attempt took that has ended, of the job itself, a child or, with its index, a node. One that never started took
 * no time.
 */
export function usageOf(
  job: JobEntry,
  { startedAt, stoppedAt, containers }: AttemptRecord,
  node: number | undefined,
): UsageRecord {
  const { scope, jobQueueArn, jobDefinitionArn, shareIdentifier, user } = job;
  const resources = job.kind === 'multiNode' && node !== undefined ? nodeRequest(job, node) : job.resources;
  // A wall clock that was set back makes no time negative.
  const seconds = startedAt === undefined ? 0 : Math.max(0, stoppedAt - startedAt) / 1_000;
  const sum = (of: 'cpuSeconds' | 'peakMemoryBytes') =>
    containers.reduce((total, container) => total + (container[of] ?? 0), 0);
  return {
    account: scope.account,
    region: scope.region,
    hour: Math.floor(stoppedAt / hour) * hour,
    ...{ jobQueueArn, jobDefinitionArn },
    ...(shareIdentifier === undefined ? {} : { shareIdentifier }),
    ...(user === undefined ? {} : { principal: user }),
    attempts: 1,
    seconds,
    vcpuSeconds: seconds * resources.vcpus,
    memoryMiBSeconds: seconds * resources.memoryMiB,
    gpuSeconds: seconds * resources.gpus,
    cpuSeconds: sum('cpuSeconds'),
    // Containers of one attempt run beside each other.
    peakMemoryBytes: sum('peakMemoryBytes'),
  };
}
