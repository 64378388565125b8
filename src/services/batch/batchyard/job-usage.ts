import { z } from 'zod';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { AttemptRecord, ResourceRequest } from '../../../core/job.ts';
import type { Operation } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import type { ContainerUsage } from '../../../engines/index.ts';
import { isJobId, jobArn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { readJobs, type ShownJob } from '../shown-jobs.ts';
import { attemptsOf } from '../views/attempts.ts';

/** What an attempt used that has ended, all containers together; what its engine did not tell is absent. */
export interface AttemptUsage {
  /** From 1. */
  readonly attempt: number;
  /** From start to stop; 0 if it never started. */
  readonly seconds: number;
  readonly cpuSeconds?: number;
  /** How many vCPUs were busy on average. */
  readonly meanVcpus?: number;
  readonly peakMemoryBytes?: number;
}

export interface GetJobUsageOutput {
  /** Of an array what each child asks, of a multi-node job what all nodes do. */
  readonly asked: Pick<ResourceRequest, 'vcpus' | 'memoryMiB' | 'gpus'>;
  readonly attempts: readonly AttemptUsage[];
  /** The attempt that runs, if its engine tells what it uses. */
  readonly running?: {
    readonly attempt: number;
    readonly startedAt: EpochMilliseconds;
    readonly containers: readonly ContainerUsage[];
  };
  /** What would have been enough, with a quarter more than was used; absent where little less was asked. */
  readonly advice?: { readonly vcpus?: number; readonly memoryMiB?: number };
}

const mebi = 2 ** 20;

/** What the attempts of a job used, and the one that runs uses now, beside what was asked. */
export function getJobUsage(runtime: BatchRuntime): Operation<{ readonly jobId: string }, GetJobUsageOutput> {
  const { store, yard } = runtime;
  return batchyardOperation<{ readonly jobId: string }, GetJobUsageOutput>(runtime, {
    schema: z.object({ jobId: z.string() }),
    readOnly: true,
    audit: 'management',
    access: ({ jobId }, context) => [
      { action: 'batchyard:GetJobUsage', resource: jobArn(context, textOf(jobId) ?? '*') },
    ],
    handler: async ({ jobId }, context) => {
      const [job] = isJobId(jobId) ? await readJobs(store.reads, context, [jobId]) : [];
      if (!job) return refuse(`Job ${jobId} not found.`);
      const { state } = job;
      const asked = askedOf(job);
      const attempts = attemptsOf(state).map(usageOf);
      const advice = state.status === 'SUCCEEDED' ? adviceOn(asked, attempts.at(-1)) : undefined;
      const common = { asked, attempts, ...(advice && { advice }) };
      if (state.status !== 'RUNNING' || !('placement' in state)) return common;
      const containers = await yard.usage.of(state.placement.taskId);
      return { ...common, running: { attempt: attempts.length + 1, startedAt: state.startedAt, containers } };
    },
  });
}

function askedOf({ record, part }: ShownJob): GetJobUsageOutput['asked'] {
  const range =
    part?.kind === 'node' && record.kind === 'multiNode'
      ? record.ranges.find(({ first, last }) => first <= part.index && part.index <= last)
      : undefined;
  const { vcpus, memoryMiB, gpus } = range?.resources ?? record.resources;
  return { vcpus, memoryMiB, gpus };
}

function usageOf({ startedAt, stoppedAt, containers }: AttemptRecord, index: number): AttemptUsage {
  const seconds = startedAt === undefined ? 0 : Math.max(0, stoppedAt - startedAt) / 1_000;
  const cpuSeconds = sumOf(containers.map((each) => each.cpuSeconds));
  const peakMemoryBytes = sumOf(containers.map((each) => each.peakMemoryBytes));
  return {
    attempt: index + 1,
    seconds,
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(cpuSeconds === undefined || seconds === 0 ? {} : { meanVcpus: cpuSeconds / seconds }),
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
  };
}

/** Of what is known; undefined where nothing is. */
function sumOf(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0);
}

/** What ran for a shorter time says little. */
const leastSeconds = 10;
/** Less than this part of what was asked is worth saying. */
const muchLess = 0.7;

function adviceOn(asked: GetJobUsageOutput['asked'], last: AttemptUsage | undefined): GetJobUsageOutput['advice'] {
  if (!last || last.seconds < leastSeconds) return undefined;
  const vcpus = last.meanVcpus === undefined ? asked.vcpus : Math.max(0.25, Math.ceil(last.meanVcpus * 1.25 * 4) / 4);
  const memoryMiB =
    last.peakMemoryBytes === undefined
      ? asked.memoryMiB
      : Math.max(64, Math.ceil(((last.peakMemoryBytes / mebi) * 1.25) / 64) * 64);
  const advice = {
    ...(vcpus < asked.vcpus * muchLess && { vcpus }),
    ...(memoryMiB < asked.memoryMiB * muchLess && { memoryMiB }),
  };
  return Object.keys(advice).length > 0 ? advice : undefined;
}
