import type { JobRecord, JobState } from '../core/job-record.ts';
import type { JobSpecification } from '../core/job-specification.ts';
import type { Tags } from './records.ts';
import { fromVersionedJson, toVersionedJson } from './versioned-json.ts';

/** A job as drivers keep it: what is searched or updated alone stands by itself, the rest is versioned JSON. */
export interface JobRow
  extends Pick<JobRecord, 'account' | 'region' | 'jobId' | 'jobName' | 'jobQueueArn' | 'jobDefinitionArn'> {
  readonly createdAt: number;
  readonly sequence: number;
  readonly shareIdentifier?: string;
  /** JSON of all else that never changes. */
  readonly detail: string;
  readonly tags: string;
  readonly state: string;
}

/** What lists and sweeps need of a state without reading it. */
export interface StateColumns {
  readonly status: JobState['status'];
  /** Null while the job is not terminal. */
  readonly stoppedAt: number | null;
}

type Column = Exclude<keyof JobRow, 'detail'> | 'order';
type JobDetail = Omit<JobRecord, Column>;

export function toJobRow(record: JobRecord): JobRow {
  const { account, region, jobId, jobName, jobQueueArn, jobDefinitionArn, createdAt, order, shareIdentifier, ...rest } =
    record;
  const { tags, state, ...detail } = rest;
  return {
    account,
    region,
    jobId,
    jobName,
    jobQueueArn,
    jobDefinitionArn,
    createdAt,
    sequence: order,
    ...(shareIdentifier === undefined ? {} : { shareIdentifier }),
    detail: toVersionedJson(detail),
    tags: toVersionedJson(tags),
    state: toVersionedJson(state),
  };
}

export function fromJobRow(row: JobRow): JobRecord {
  const { detail, tags, state, sequence, ...columns } = row;
  // What was written was one of the kinds; spreading its parts loses which.
  return {
    ...columns,
    order: sequence,
    ...fromVersionedJson<JobDetail>(detail),
    tags: fromVersionedJson<Tags>(tags),
    state: fromVersionedJson<JobState>(state),
  } as JobRecord;
}

export function stateColumns(state: JobState): StateColumns {
  const stopped = state.status === 'SUCCEEDED' || state.status === 'FAILED';
  return { status: state.status, stoppedAt: stopped ? state.stoppedAt : null };
}

export function fromSpecification(text: string): JobSpecification {
  return fromVersionedJson<JobSpecification>(text);
}
