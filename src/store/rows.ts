import type { Scope } from '../core/arn.ts';
import type { JobId } from '../core/ids.ts';
import type { JobStatus, Leaf, NodeRange } from '../core/job.ts';
import type { JobKind, JobRecord, JobState, JobTraits, UnfinishedJob } from '../core/job-record.ts';
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

function toDetail(text: string): JobDetail {
  return { ...usual, ...fromVersionedJson<Pick<JobDetail, 'resources'>>(text) };
}

/** That of a job that waits for the first time. */
function freshState(kind: JobKind, status: JobStatus): JobState {
  return (kind === 'array' ? { status } : { status, attempts: [] }) as JobState;
}

export function fromJobRow(row: JobRow): JobRecord {
  const { principal, requestId, tags } = row;
  const { role, ...detail } = toDetail(row.detail);
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
    tags: tags === null ? {} : fromVersionedJson<Tags>(tags),
    state: row.state === null ? freshState(row.kind, row.status) : fromVersionedJson<JobState>(row.state),
  };
  // What was written was one of the kinds; its columns do not say which.
  return record as JobRecord;
}

/** Columns in which many jobs that have not ended are alike. */
export type AlikeColumns = Pick<
  JobRow,
  | 'account'
  | 'region'
  | 'kind'
  | 'size'
  | 'jobQueueArn'
  | 'jobDefinitionArn'
  | 'shareIdentifier'
  | 'schedulingPriority'
  | 'principal'
  | 'detail'
  | 'status'
>;

/** What each of them has of its own. */
export type OwnColumns = Pick<JobRow, 'jobId' | 'number' | 'createdAt' | 'order' | 'state'>;

/** Makes jobs of those rows that are alike: what they have in common is made once. */
export function jobsAlike(columns: AlikeColumns): (own: OwnColumns) => UnfinishedJob {
  const { kind, status, size } = columns;
  const { mainNode, ranges, ...detail } = toDetail(columns.detail);
  const traits = traitsOf(columns, detail);
  const fresh = freshState(kind, status);
  const nodes = mainNode === undefined ? {} : { mainNode, ranges };
  const more = { ...(size === null ? {} : { size }), ...nodes };
  return ({ jobId, number, createdAt, order, state: text }) => {
    const state = text === null ? fresh : fromVersionedJson<JobState>(text);
    // No spread where there may be a million.
    if (kind === 'single') return { kind, jobId, number, createdAt, order, traits, state: state as Leaf };
    // What was written was one of the kinds; its columns do not say which.
    return { kind, jobId, number, createdAt, order, traits, ...more, state } as UnfinishedJob;
  };
}

function traitsOf(columns: AlikeColumns, detail: Omit<JobDetail, 'mainNode' | 'ranges'>): JobTraits {
  const { account, region, jobQueueArn, jobDefinitionArn, schedulingPriority, shareIdentifier, principal } = columns;
  return {
    scope: { account, region },
    ...{ jobQueueArn, jobDefinitionArn, schedulingPriority },
    shareIdentifier: shareIdentifier ?? undefined,
    user: detail.role ?? principal ?? undefined,
    timeoutSeconds: detail.timeoutSeconds,
    ...{ dependsOn: detail.dependsOn, retryStrategy: detail.retryStrategy, resources: detail.resources },
  };
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
