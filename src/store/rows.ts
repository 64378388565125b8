import type { Scope } from '../core/arn.ts';
import type { JobId } from '../core/ids.ts';
import { type JobStatus, jobStatuses, type NodeRange } from '../core/job.ts';
import type { JobKind, JobRecord, JobState } from '../core/job-record.ts';
import type { JobSpecification } from '../core/job-specification.ts';
import type { Tags } from './records.ts';
import { fromVersionedJson, toVersionedJson } from './versioned-json.ts';

/** A job as drivers keep it: what is searched or updated alone stands by itself, the rest is versioned JSON. */
export interface JobRow extends Scope, StateColumns {
  readonly number: number;
  readonly jobId: JobId;
  readonly kind: JobKind;
  readonly size: number | null;
  readonly jobName: string;
  readonly jobQueueArn: string;
  readonly jobDefinitionArn: string;
  readonly shareIdentifier: string | null;
  readonly schedulingPriority: number;
  readonly createdAt: number;
  readonly order: number;
  /** Who submitted it, and with which request. */
  readonly principal: string | null;
  readonly requestId: string | null;
  /** JSON of all else that never changes. */
  readonly detail: string;
  /** Null for none. */
  readonly tags: string | null;
}

/** What lists and sweeps need of a state without reading it, and the state. */
export interface StateColumns {
  readonly status: JobStatus;
  /** Null while the job is not terminal. */
  readonly stoppedAt: number | null;
  /** Null for that of a job that waits for the first time: its status says all. */
  readonly state: string | null;
}

/** What neither lists, nor sweeps, nor load look into. */
export type JobDetail = Pick<JobRecord, 'dependsOn' | 'retryStrategy' | 'timeoutSeconds' | 'resources'> & {
  /** Of the principal that submitted it. */
  readonly role?: string;
  readonly mainNode?: number;
  readonly ranges?: readonly NodeRange[];
};

export function toJobRow(record: JobRecord): JobRow {
  return {
    account: record.account,
    region: record.region,
    number: record.number,
    jobId: record.jobId,
    kind: record.kind,
    size: record.kind === 'single' ? null : record.size,
    jobName: record.jobName,
    jobQueueArn: record.jobQueueArn,
    jobDefinitionArn: record.jobDefinitionArn,
    shareIdentifier: record.shareIdentifier ?? null,
    schedulingPriority: record.schedulingPriority,
    createdAt: record.createdAt,
    order: record.order,
    principal: record.submittedBy?.principal ?? null,
    requestId: record.submittedBy?.requestId ?? null,
    detail: toVersionedJson(detailOf(record)),
    tags: tagsColumn(record.tags),
    ...stateColumns(record.state),
  };
}

/** What most jobs have: absent from their rows. */
const usual = { dependsOn: [], retryStrategy: { attempts: 1, evaluateOnExit: [] } } satisfies Partial<JobDetail>;

function detailOf(record: JobRecord): Partial<JobDetail> {
  const { dependsOn, retryStrategy, timeoutSeconds, resources, submittedBy } = record;
  const nodes = record.kind === 'multiNode' ? { mainNode: record.mainNode, ranges: record.ranges } : {};
  const isTriedOnce = retryStrategy.attempts === 1 && retryStrategy.evaluateOnExit.length === 0;
  return {
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(isTriedOnce ? {} : { retryStrategy }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    resources,
    ...(submittedBy?.role === undefined ? {} : { role: submittedBy.role }),
    ...nodes,
  };
}

export function tagsColumn(tags: Tags): string | null {
  for (const _key in tags) return toVersionedJson(tags);
  return null;
}

/** Makes the parts of a record that many jobs may have in common. */
export interface JobParts {
  detail(text: string): JobDetail;
  tags(text: string | null): Tags;
  /** The state of a job that waits for the first time. */
  fresh(kind: JobKind, status: JobStatus): JobState;
}

const ownParts: JobParts = {
  detail: (text) => ({ ...usual, ...fromVersionedJson<Pick<JobDetail, 'resources'>>(text) }),
  tags: (text) => (text === null ? {} : fromVersionedJson<Tags>(text)),
  fresh: (kind, status) => (kind === 'array' ? { status } : { status, attempts: [] }) as JobState,
};

/** Equal parts are one frozen object: a million waiting jobs hold few of them. */
export function sharedParts(): JobParts {
  return {
    detail: memo((text) => ownParts.detail(text)),
    tags: memo((text) => ownParts.tags(text)),
    fresh: (kind, status) => freshStates[kind][status],
  };
}

function memo<Text extends string | null, Value extends object>(make: (text: Text) => Value): (text: Text) => Value {
  const known = new Map<Text, Value>();
  return (text) => {
    const found = known.get(text);
    if (found) return found;
    const made = deepFreeze(make(text));
    known.set(text, made);
    return made;
  };
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}

type ByStatus = Readonly<Record<JobStatus, JobState>>;

function freshOf(kind: JobKind): ByStatus {
  const states = jobStatuses.map((status) => [status, deepFreeze(ownParts.fresh(kind, status))]);
  return Object.fromEntries(states) as ByStatus;
}

const freshStates: Readonly<Record<JobKind, ByStatus>> = {
  single: freshOf('single'),
  array: freshOf('array'),
  multiNode: freshOf('multiNode'),
};

export function fromJobRow(row: JobRow, parts: JobParts = ownParts): JobRecord {
  const { principal, requestId, state } = row;
  const { role, ...detail } = parts.detail(row.detail);
  const as = role === undefined ? {} : { role };
  const record = {
    account: row.account,
    region: row.region,
    number: row.number,
    jobId: row.jobId,
    kind: row.kind,
    ...(row.size === null ? {} : { size: row.size }),
    jobName: row.jobName,
    jobQueueArn: row.jobQueueArn,
    jobDefinitionArn: row.jobDefinitionArn,
    ...(row.shareIdentifier === null ? {} : { shareIdentifier: row.shareIdentifier }),
    schedulingPriority: row.schedulingPriority,
    createdAt: row.createdAt,
    order: row.order,
    ...(principal === null || requestId === null ? {} : { submittedBy: { principal, ...as, requestId } }),
    ...detail,
    tags: parts.tags(row.tags),
    state: state === null ? parts.fresh(row.kind, row.status) : fromVersionedJson<JobState>(state),
  };
  // What was written was one of the kinds; its columns do not say which.
  return record as JobRecord;
}

export function stateColumns(state: JobState): StateColumns {
  const { status } = state;
  const stoppedAt = status === 'SUCCEEDED' || status === 'FAILED' ? state.stoppedAt : null;
  return { status, stoppedAt, state: isFresh(state) ? null : toVersionedJson(state) };
}

function isFresh(state: JobState): boolean {
  for (const key in state) {
    if (key !== 'status' && (key !== 'attempts' || !('attempts' in state) || state.attempts.length > 0)) return false;
  }
  return state.status === 'PENDING' || state.status === 'RUNNABLE';
}

export function fromSpecification(text: string): JobSpecification {
  return fromVersionedJson<JobSpecification>(text);
}
