import { z } from 'zod';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Operation } from '../../../core/operation.ts';
import { batchyardOperation } from '../operation.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  type JobQueueRecord,
  jobQueueRecords,
} from '../records.ts';
import { withTrueSize } from '../resources/fleet.ts';
import type { BatchRuntime } from '../runtime.ts';
import type { QueueActivity, QueueState, RecentFailures } from '../yard/index.ts';

/** A queue now, and in the last hour. */
export interface OverviewQueue extends Pick<QueueState, 'jobs' | 'heldVcpus' | 'blocked'> {
  readonly name: string;
  readonly arn: string;
  readonly state: string;
  readonly isHeld: boolean;
  readonly lastHour: QueueActivity;
}

export interface OverviewEnvironment {
  readonly name: string;
  readonly arn: string;
  readonly state: string;
  readonly status: string;
  readonly statusReason: string;
  /** vCPUs; what an environment does not have is absent. */
  readonly minimum?: number;
  readonly desired?: number;
  readonly maximum?: number;
  /** What its jobs hold. */
  readonly used: number;
}

export interface GetOverviewOutput {
  /** Those with a head that waits first, then those with most jobs. */
  readonly queues: readonly OverviewQueue[];
  /** How many there are beside these. */
  readonly moreQueues: number;
  /** By name. */
  readonly environments: readonly OverviewEnvironment[];
  readonly moreEnvironments: number;
  /** Jobs and children of arrays that failed in the last hour, by how they did, the most frequent first. */
  readonly failures: readonly RecentFailures[];
  /** Those that failed in the last hour beside these. */
  readonly moreFailures: number;
  /** Since when the last hour is counted: this server was not there before. */
  readonly countedSince: EpochMilliseconds;
  readonly asOf: EpochMilliseconds;
}

/** What one answer shows of each kind, and how many queues and environments it looks at. */
const shown = { queues: 100, environments: 100, failures: 20 };
const looked = 1_000;

/** How all goes: what is counted as it happens and what heads wait for. Looks at no other job. */
export function getOverview(runtime: BatchRuntime): Operation<Record<string, never>, GetOverviewOutput> {
  const { ledger, yard, clock } = runtime;
  return batchyardOperation<Record<string, never>, GetOverviewOutput>(runtime, {
    schema: z.object({}),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:GetOverview', resource: '*' }],
    handler: (_, context) => {
      const records = ledger.list(jobQueueRecords, context);
      const queues = records.slice(0, looked).map((record) => overviewOf(runtime, record));
      const environments = ledger.list(computeEnvironmentRecords, context).toSorted(byName);
      const held = yard.heldVcpus();
      const { kinds, others } = yard.activity.failures(new Set(records.map(({ arn }) => arn)), shown.failures);
      const first = queues.sort(urgentFirst).slice(0, shown.queues);
      return {
        queues: first.map((queue) => ({ ...queue, lastHour: yard.activity.of(queue.arn) })),
        moreQueues: Math.max(0, records.length - shown.queues),
        environments: environments
          .slice(0, shown.environments)
          .map((record) => environmentOf(runtime, record, held.get(record.arn) ?? 0)),
        moreEnvironments: Math.max(0, environments.length - shown.environments),
        failures: kinds,
        moreFailures: others,
        countedSince: yard.activity.since,
        asOf: clock.now(),
      };
    },
  });
}

type Standing = Omit<OverviewQueue, 'lastHour'>;

/** Of a queue of service jobs the first that waits: the yard has none of them. */
function overviewOf({ yard, serviceHeads }: BatchRuntime, record: JobQueueRecord): Standing {
  const { name, arn, state, hold } = record;
  const { jobs, heldVcpus, blocked } = yard.queueState(arn);
  const [head] = record.serviceEnvironmentOrder ? serviceHeads.of(arn) : [];
  const waits = head ? { jobId: head.jobId, since: head.since, reason: head.waiting.text } : blocked;
  return { ...{ name, arn, state, jobs, heldVcpus }, isHeld: hold !== undefined, ...(waits && { blocked: waits }) };
}

function environmentOf(
  { ledger, yard }: BatchRuntime,
  record: ComputeEnvironmentRecord,
  used: number,
): OverviewEnvironment {
  const { name, arn, state, status, statusReason } = record;
  const { minvCpus, desiredvCpus, maxvCpus } = withTrueSize(record, { ledger, yard }).computeResources ?? {};
  return {
    ...{ name, arn, state, status, statusReason, used },
    ...(minvCpus === undefined ? {} : { minimum: minvCpus }),
    ...(desiredvCpus === undefined ? {} : { desired: desiredvCpus }),
    ...(maxvCpus === undefined ? {} : { maximum: maxvCpus }),
  };
}

function urgentFirst(a: Standing, b: Standing): number {
  const urgency = Number(b.blocked !== undefined) - Number(a.blocked !== undefined);
  return urgency || liveJobs(b) - liveJobs(a) || (a.name < b.name ? -1 : 1);
}

function liveJobs({ jobs }: Standing): number {
  return jobs.PENDING + jobs.RUNNABLE + jobs.STARTING + jobs.RUNNING;
}

function byName(a: ComputeEnvironmentRecord, b: ComputeEnvironmentRecord): number {
  return a.name < b.name ? -1 : 1;
}
