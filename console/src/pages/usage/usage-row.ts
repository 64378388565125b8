import { gpuSeconds, memoryMiBSeconds, vcpuSeconds } from '../../../../src/cli/history/usage.ts';
import type { UsageGroup, UsageKind } from '../../../../src/services/batch/index.ts';

/** A line of the table. Hours and parts are rounded; absent ones are not known. */
export interface UsageRow {
  readonly id: string;
  /** Absent: jobs that have none of what it goes by. */
  readonly name?: string;
  readonly queue?: string;
  readonly vcpuHours: number;
  /** Of all vCPU hours, 0 to 1. */
  readonly part: number;
  readonly memoryHours: number;
  readonly gpuHours: number;
  /** CPU that was used, of what had been asked for, of attempts that have ended: 0 to 1 and more. */
  readonly cpuUsed?: number;
  readonly peakMiB?: number;
  readonly attempts: number;
  readonly running: number;
}

export function usageRows(by: UsageKind, groups: readonly UsageGroup[]): readonly UsageRow[] {
  const all = groups.reduce((sum, group) => sum + vcpuSeconds(group), 0);
  return groups.map((group) => rowOf(by, group, all));
}

function rowOf(by: UsageKind, group: UsageGroup, all: number): UsageRow {
  const { jobQueueArn, shareIdentifier, principal, jobDefinitionArn, ended, running } = group;
  const names = {
    queue: nameOf(jobQueueArn),
    share: shareIdentifier,
    user: principal?.split(':').at(-1),
    definition: nameOf(jobDefinitionArn),
  };
  const name = names[by];
  const queue = by === 'share' ? nameOf(jobQueueArn) : undefined;
  return {
    id: JSON.stringify([jobQueueArn, shareIdentifier, principal, jobDefinitionArn]),
    ...(name !== undefined && { name }),
    ...(queue !== undefined && { queue }),
    vcpuHours: hours(vcpuSeconds(group)),
    part: all === 0 ? 0 : vcpuSeconds(group) / all,
    memoryHours: hours(memoryMiBSeconds(group) / 1024),
    gpuHours: hours(gpuSeconds(group)),
    ...(ended.vcpuSeconds > 0 && ended.cpuSeconds > 0 && { cpuUsed: ended.cpuSeconds / ended.vcpuSeconds }),
    ...(ended.peakMemoryBytes > 0 && { peakMiB: Math.round(ended.peakMemoryBytes / 2 ** 20) }),
    attempts: ended.attempts,
    running: running.attempts,
  };
}

function nameOf(arn: string | undefined): string | undefined {
  return arn?.slice(arn.indexOf('/') + 1);
}

function hours(seconds: number): number {
  return Math.round(seconds / 3.6) / 1000;
}
