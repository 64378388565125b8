import type { GetJobUsageOutput } from '../../../../src/services/batch/batchyard/job-usage.ts';

/** What a job's containers used together at a time. */
export interface Sample {
  readonly at: number;
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** How many were busy since the sample before. */
  readonly vcpus?: number;
}

type Containers = NonNullable<GetJobUsageOutput['running']>['containers'];

const kept = 120;

/** Undefined where nobody measures. */
export function sampleOf(containers: Containers): Sample | undefined {
  if (containers.length === 0) return undefined;
  const sum = (of: 'memoryBytes' | 'cpuSeconds') => containers.reduce((all, each) => all + (each[of] ?? 0), 0);
  return {
    at: Math.max(...containers.map(({ at }) => at)),
    memoryBytes: sum('memoryBytes'),
    cpuSeconds: sum('cpuSeconds'),
  };
}

/** With one more, and how busy it was since the last; one of the same time is the same. */
export function withSample(before: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = before.at(-1);
  if (!last) return [sample];
  const seconds = (sample.at - last.at) / 1000;
  if (seconds <= 0) return before;
  const vcpus = Math.max(0, (sample.cpuSeconds - last.cpuSeconds) / seconds);
  return [...before, { ...sample, vcpus }].slice(-kept);
}
