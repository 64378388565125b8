import { z } from 'zod';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Operation } from '../../../core/operation.ts';
import type { EngineKind, EngineStatus } from '../../../engines/index.ts';
import { batchyardOperation } from '../operation.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  jobDefinitionRecords,
  jobQueueRecords,
} from '../records.ts';
import type { BatchRuntime } from '../runtime.ts';

export interface DescribeInstallationOutput {
  readonly version: string;
  readonly installationId: string;
  readonly defaultEngine: EngineKind;
  /** What each engine is and can do here and now, the isolation it reaches included. */
  readonly engines: readonly EngineStatus[];
  readonly region: string;
  /** What becomes of launched instances by themselves: how long they boot, and whether Spot takes them back. */
  readonly instances: { readonly bootDelay: Milliseconds; readonly interruptions: boolean };
  readonly jobQueues: readonly QueueSummary[];
  readonly computeEnvironments: readonly EnvironmentSummary[];
  readonly counts: {
    readonly computeEnvironments: number;
    readonly jobQueues: number;
    readonly jobDefinitions: number;
    /** SUBMITTED, PENDING or RUNNABLE. */
    readonly waitingJobs: number;
    /** Not yet ended. */
    readonly activeJobs: number;
    readonly finishedJobs: number;
  };
}

/** What DescribeComputeEnvironments does not say. */
export interface EnvironmentSummary {
  readonly name: string;
  readonly engine: EngineKind;
  /** Where its jobs run, as far as its engine has said so. */
  readonly pool?: string;
  /** Whether it has instances of its own, which it launches. */
  readonly launches: boolean;
}

export interface QueueSummary {
  readonly name: string;
  readonly state: string;
  readonly status: string;
  readonly priority: number;
  /** Jobs that have not ended. */
  readonly activeJobs: number;
}

/** Facts of the installation and of the caller's region. */
export function describeInstallation(
  runtime: BatchRuntime,
): Operation<Record<string, never>, DescribeInstallationOutput> {
  const { ledger, store, yard, engines, installation } = runtime;
  const { bootDelay = 0, interruptionSeed } = installation.instanceTiming;
  return batchyardOperation(runtime, {
    schema: z.object({}),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:DescribeInstallation', resource: '*' }],
    handler: async (_input, context) => {
      const jobQueues = ledger.list(jobQueueRecords, context).map(({ name, arn, state, status, priority }) => {
        return { name, state, status, priority, activeJobs: yard.activeCount(arn) };
      });
      const statuses = await installation.describeEngines();
      const computeEnvironments = ledger
        .list(computeEnvironmentRecords, context)
        .map((record) => environmentSummary(record, statuses));
      const counts = {
        computeEnvironments: ledger.count(computeEnvironmentRecords, context),
        jobQueues: jobQueues.length,
        jobDefinitions: ledger.count(jobDefinitionRecords, context),
        waitingJobs: yard.waitingCount(context),
        activeJobs: jobQueues.reduce((sum, { activeJobs }) => sum + activeJobs, 0),
      };
      return {
        version: installation.version,
        installationId: store.installationId,
        defaultEngine: engines.default,
        engines: statuses,
        region: context.region,
        instances: { bootDelay, interruptions: interruptionSeed !== undefined },
        jobQueues,
        computeEnvironments,
        counts: { ...counts, finishedJobs: await store.reads.countFinishedJobs() },
      };
    },
  });
}

function environmentSummary(
  { name, engine, pool: named, fleet }: ComputeEnvironmentRecord,
  statuses: readonly EngineStatus[],
): EnvironmentSummary {
  const status = statuses.find(({ kind }) => kind === engine);
  const pool = named ?? (status && 'pools' in status ? status.pools[0]?.id : undefined);
  return { name, engine, ...(pool !== undefined && { pool }), launches: fleet === true };
}
