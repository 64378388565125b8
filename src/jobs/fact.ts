import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { AttemptRecord, JobStatus, Placement } from '../core/job.ts';
import type { Run } from './runs.ts';

/** Whom a fact is about, if not the job itself. */
export type FactPart =
  | { readonly kind: 'child'; readonly index: number }
  | { readonly kind: 'node'; readonly index: number }
  /** Children that moved together, by bits alone. */
  | { readonly kind: 'children'; readonly runs: readonly Run[] };

/** A job, a child or a node has changed its status: what changed, as it was then. */
export interface StatusChange {
  readonly kind: 'job';
  readonly scope: Scope;
  readonly jobId: JobId;
  readonly number: number;
  readonly part?: FactPart;
  /** Absent for the fact that a job was submitted. */
  readonly from?: JobStatus;
  readonly to: JobStatus;
  readonly at: EpochMilliseconds;
  readonly reason?: string;
  /** The attempt that this ended. */
  readonly attempt?: AttemptRecord;
  /** Where the attempt runs that this began. */
  readonly placement?: Placement;
  /** How many attempts have ended, that one included; absent: none. */
  readonly attempts?: number;
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt?: EpochMilliseconds;
}

/** What a fact tells of the attempts and times of a life, as they were then. */
export function livedSoFar(life: LivedState): Pick<StatusChange, 'attempts' | 'startedAt' | 'stoppedAt'> {
  const { attempts, startedAt, stoppedAt } = life;
  return {
    ...(attempts.length > 0 && { attempts: attempts.length }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
  };
}

interface LivedState {
  readonly attempts: readonly AttemptRecord[];
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt?: EpochMilliseconds;
}
