import { z } from 'zod';
import { nameOfArn } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { type AttemptRecord, type Caller, isTerminal, type TerminalStatus } from '../../../core/job.ts';
import type { Operation, RequestContext } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { decidingContainer } from '../../../lifecycle/index.ts';
import { isJobId, jobArn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { readJobs, type ShownJob, stopShown } from '../shown-jobs.ts';
import { attemptsOf } from '../views/attempts.ts';
import { reasonOf } from '../views/job.ts';

/** Who asked for something: the call is on record by the id of its request. */
export interface TimelineCaller {
  readonly principal: string;
  readonly requestId: string;
}

/** What happened to a job. */
export type TimelineEvent = { readonly at: EpochMilliseconds } & (
  | { readonly what: 'submitted'; readonly by?: TimelineCaller }
  /** A job that it waited for has ended. */
  | { readonly what: 'dependency-ended'; readonly jobId: string; readonly status: TerminalStatus }
  /** `attempt` counts from 1. Of attempts that have ended it is not kept when they were placed. */
  | {
      readonly what: 'placed';
      readonly attempt: number;
      readonly instance: string;
      readonly computeEnvironment: string;
    }
  | { readonly what: 'attempt-started'; readonly attempt: number; readonly instance?: string }
  | {
      readonly what: 'attempt-ended';
      readonly attempt: number;
      readonly exitCode?: number;
      readonly reason: string;
      /** What the engine says of the container. */
      readonly containerReason?: string;
    }
  /** Somebody wants it to end, or its time is over. */
  | {
      readonly what: 'stop-asked';
      readonly operation?: 'CancelJob' | 'TerminateJob';
      readonly by?: TimelineCaller;
      readonly reason: string;
    }
  | { readonly what: 'ended'; readonly status: TerminalStatus; readonly reason?: string }
);

export interface GetJobTimelineOutput {
  /** As they happened. */
  readonly events: readonly TimelineEvent[];
  readonly asOf: EpochMilliseconds;
}

/** What happened to a job, a child or a node, and who asked for it, as far as that is kept of it. */
export function getJobTimeline(runtime: BatchRuntime): Operation<{ readonly jobId: string }, GetJobTimelineOutput> {
  const { store, clock } = runtime;
  return batchyardOperation<{ readonly jobId: string }, GetJobTimelineOutput>(runtime, {
    schema: z.object({ jobId: z.string() }),
    readOnly: true,
    audit: 'management',
    access: ({ jobId }, context) => [
      { action: 'batchyard:GetJobTimeline', resource: jobArn(context, textOf(jobId) ?? '*') },
    ],
    handler: async ({ jobId }, context) => {
      const [job] = isJobId(jobId) ? await readJobs(store.reads, context, [jobId]) : [];
      if (!job) return refuse(`Job ${jobId} not found.`);
      const events = [
        submitted(job),
        ...(await dependenciesEnded(runtime, context, job)),
        ...attemptsOf(job.state).flatMap((attempt, index) => attemptEvents(attempt, index + 1)),
        ...currentAttempt(job),
        ...stopAsked(job),
        ...ended(job),
      ];
      return { events: events.sort((a, b) => a.at - b.at), asOf: clock.now() };
    },
  });
}

function submitted({ record }: ShownJob): TimelineEvent {
  return { what: 'submitted', at: record.createdAt, ...callerOf(record.submittedBy) };
}

/** At most twenty jobs may be named. A node waits for nothing of its own. */
async function dependenciesEnded(
  { store }: BatchRuntime,
  context: RequestContext,
  { record, part }: ShownJob,
): Promise<readonly TimelineEvent[]> {
  if (part?.kind === 'node') return [];
  const ids = record.dependsOn.flatMap((each) => ('on' in each ? [each.on] : []));
  const jobs = ids.length === 0 ? [] : await readJobs(store.reads, context, ids);
  return jobs.flatMap(({ id, state }) =>
    isTerminal(state.status) && 'stoppedAt' in state
      ? [{ what: 'dependency-ended', at: state.stoppedAt, jobId: id, status: state.status }]
      : [],
  );
}

function attemptEvents(attempt: AttemptRecord, number: number): readonly TimelineEvent[] {
  const { startedAt, stoppedAt, statusReason, containers, containerInstanceArn } = attempt;
  const { exitCode, reason } = decidingContainer(containers) ?? {};
  return [
    ...(startedAt === undefined
      ? []
      : [{ what: 'attempt-started', at: startedAt, attempt: number, ...instanceOf(containerInstanceArn) } as const]),
    {
      what: 'attempt-ended',
      at: stoppedAt,
      attempt: number,
      reason: statusReason,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { containerReason: reason }),
    },
  ];
}

/** A multi-node job's own are those of its main node, without the instance. */
function instanceOf(containerInstanceArn: string | undefined): { readonly instance?: string } {
  return containerInstanceArn ? { instance: nameOfArn(containerInstanceArn) } : {};
}

function currentAttempt({ state }: ShownJob): readonly TimelineEvent[] {
  const attempt = attemptsOf(state).length + 1;
  const began =
    state.status === 'RUNNING' && 'startedAt' in state
      ? [{ what: 'attempt-started', at: state.startedAt, attempt } as const]
      : [];
  if (!('placement' in state)) return began;
  const { placedAt, instance, computeEnvironmentArn } = state.placement;
  const computeEnvironment = nameOfArn(computeEnvironmentArn);
  return [{ what: 'placed', at: placedAt, attempt, instance, computeEnvironment }, ...began];
}

const stopOperations = { cancel: 'CancelJob', terminate: 'TerminateJob' } as const;

function stopAsked(job: ShownJob): readonly TimelineEvent[] {
  const stop = stopShown(job);
  if (!stop) return [];
  const { kind, at, reason, by } = stop;
  const operation = by && kind !== 'timeout' ? { operation: stopOperations[kind] } : {};
  return [{ what: 'stop-asked', at, reason, ...operation, ...callerOf(by) }];
}

function ended({ state }: ShownJob): readonly TimelineEvent[] {
  if (!isTerminal(state.status) || !('stoppedAt' in state)) return [];
  const reason = reasonOf(state);
  return [{ what: 'ended', at: state.stoppedAt, status: state.status, ...(reason === undefined ? {} : { reason }) }];
}

function callerOf(caller: Caller | undefined): { readonly by?: TimelineCaller } {
  return caller ? { by: { principal: caller.principal, requestId: caller.requestId } } : {};
}
