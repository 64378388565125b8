import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { AttemptRecord, JobStatus, Placement } from '../core/job.ts';
import type { ServiceJobStatus } from './service-jobs.ts';
import { fromVersionedText, toVersionedText } from './versioned-json.ts';

interface FactCommon extends Scope {
  readonly at: EpochMilliseconds;
}

/** Indexes of an array's children, first and last of each run, ascending. */
export type Runs = readonly (readonly [first: number, last: number])[];

/**
 * A job, or children of an array, changed status. Holds what changes, as it was then; what never changes is read from the
 * job. The first fact of a job has no `from` and says SUBMITTED: no event comes of it (spec 05 item 22).
 */
export interface JobFact extends FactCommon {
  readonly kind: 'job';
  /** Of an array's child: its parent's. */
  readonly jobId: JobId;
  readonly from?: JobStatus;
  readonly to: JobStatus;
  readonly reason?: string;
  /** Where the attempt runs that this change began. */
  readonly placement?: Placement;
  /** The attempt that this change ended. */
  readonly attempt?: AttemptRecord;
  /** How many attempts have ended, that one included; absent: none. */
  readonly attempts?: number;
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt?: EpochMilliseconds;
  /** One child, which has a row of its own. */
  readonly index?: number;
  /** One node of a multi-node job. */
  readonly node?: number;
  /** Children that changed by their bits alone: at most 500 runs. */
  readonly runs?: Runs;
}

/** The first job of a queue has begun to wait for something that only its owner can change. */
export interface JobQueueBlockedFact extends FactCommon {
  readonly kind: 'jobQueueBlocked';
  readonly jobQueueArn: string;
  readonly jobId: JobId;
  /** In AWS's words. */
  readonly reason: string;
}

/** A service job changed status. The first fact of one has no `from`: no event comes of it. */
export interface ServiceJobFact extends FactCommon {
  readonly kind: 'serviceJob';
  readonly jobId: JobId;
  readonly from?: ServiceJobStatus;
  readonly to: ServiceJobStatus;
  readonly reason?: string;
}

/** A service job has come to the front of its queue, or of its quota share, and cannot start. */
export interface ServiceJobQueueBlockedFact extends FactCommon {
  readonly kind: 'serviceJobQueueBlocked';
  readonly jobQueueArn: string;
  readonly quotaShareName?: string;
  readonly jobId: JobId;
  /** As its `statusReason` says it. */
  readonly reason: string;
}

/** A compute environment changed its status. */
export interface ComputeEnvironmentFact extends FactCommon {
  readonly kind: 'computeEnvironment';
  readonly computeEnvironmentArn: string;
  readonly from?: string;
  /** Absent: it was deleted. */
  readonly to?: string;
  readonly reason?: string;
}

/** A Standard execution of a state machine changed its status. */
export interface ExecutionFact extends FactCommon {
  readonly kind: 'execution';
  readonly executionArn: string;
  readonly from?: string;
  readonly to: string;
}

/** An event that somebody put on a bus, or that another bus handed on. */
export interface BusEventFact extends FactCommon {
  readonly kind: 'busEvent';
  readonly eventId: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  /** When it happened, as whoever put it says. */
  readonly time: EpochMilliseconds;
  readonly resources: readonly string[];
  /** JSON text of an object. */
  readonly detail: string;
  /** How many targets of rules have led to it, one after the other; absent: none. */
  readonly depth?: number;
  /** Of an event that comes from another bus, or from an archive: whose it is. */
  readonly origin?: Scope;
  /** It comes from an archive: the name of the replay, and the ARNs of the rules that get it; absent: all. */
  readonly replay?: { readonly name: string; readonly rules?: readonly string[] };
}

/** Whatever happened: a row of the append-only log, written in the transaction that made it. */
export type Fact =
  | JobFact
  | JobQueueBlockedFact
  | ServiceJobFact
  | ServiceJobQueueBlockedFact
  | ComputeEnvironmentFact
  | ExecutionFact
  | BusEventFact;

export type FactKind = Fact['kind'];

/** A fact and its place in the log. Sequences grow; some may be missing. */
export interface LoggedFact {
  readonly sequence: number;
  readonly fact: Fact;
}

/** How far a consumer has come: it has heard `sequence` whole or, with `part`, so many of its children. */
export interface FactCursor {
  readonly sequence: number;
  readonly part?: number;
}

/** A fact as drivers keep it: what most facts have in columns, the rest, if there is any, as versioned JSON. */
export interface FactRow extends Scope {
  readonly at: EpochMilliseconds;
  readonly kind: FactKind;
  /** The job, queue, environment or execution that it is about. */
  readonly subject: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly rest: string | null;
}

/** Where each kind of fact names what it is about, and the version of what is not in columns. */
const kinds = {
  job: { subject: 'jobId', version: 1 },
  jobQueueBlocked: { subject: 'jobQueueArn', version: 1 },
  serviceJob: { subject: 'jobId', version: 1 },
  serviceJobQueueBlocked: { subject: 'jobQueueArn', version: 1 },
  computeEnvironment: { subject: 'computeEnvironmentArn', version: 1 },
  execution: { subject: 'executionArn', version: 1 },
  busEvent: { subject: 'eventId', version: 1 },
} as const satisfies Record<FactKind, { readonly subject: string; readonly version: number }>;

/** Takes a fact apart, so that what the caller does with it later changes nothing. Throws on what JSON cannot hold. */
export function toFactRow(fact: Fact): FactRow {
  const { account, region, at, kind, from, to, ...members } = fact as Fact & { from?: string; to?: string };
  const { subject, version } = kinds[kind];
  const { [subject]: about, ...rest } = members as unknown as Readonly<Record<string, unknown>>;
  const isPlain = Object.keys(rest).length === 0;
  return {
    ...{ account, region, at, kind },
    subject: String(about),
    from: from ?? null,
    to: to ?? null,
    rest: isPlain ? null : toVersionedText(version, rest),
  };
}

/** Puts a fact together again. Throws on a version that this release does not know. */
export function fromFactRow({ account, region, at, kind, subject, from, to, rest }: FactRow): Fact {
  const known = kinds[kind];
  return {
    ...{ account, region, at, kind },
    [known.subject]: subject,
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(rest === null ? {} : readRest(kind, known.version, rest)),
  } as unknown as Fact;
}

function readRest(kind: FactKind, version: number, text: string): object {
  const found = fromVersionedText(text);
  if (found.version === version) return found.value as object;
  throw new Error(`a stored fact of kind ${kind} has version ${found.version}; this release reads ${version}`);
}
