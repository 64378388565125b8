import type { JobState } from '../core/job.ts';
import type { JobRecord, JobSpecification, Tags } from './records.ts';
import { fromVersionedJson, toVersionedJson } from './versioned-json.ts';

/** A job as drivers keep it: what is searched or updated alone stands by itself, the rest is versioned JSON. */
export interface JobRow
  extends Pick<JobRecord, 'account' | 'region' | 'jobId' | 'jobName' | 'jobQueueArn' | 'jobDefinitionArn'> {
  readonly createdAt: number;
  readonly sequence: number;
  readonly shareIdentifier?: string;
  /** JSON of what never changes: dependencies and resources. */
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

type JobDetail = Pick<JobRecord, 'dependsOn' | 'resources'>;

export function toJobRow(record: JobRecord): JobRow {
  const detail: JobDetail = { dependsOn: record.dependsOn, resources: record.resources };
  return {
    account: record.account,
    region: record.region,
    jobId: record.jobId,
    jobName: record.jobName,
    jobQueueArn: record.jobQueueArn,
    jobDefinitionArn: record.jobDefinitionArn,
    createdAt: record.createdAt,
    sequence: record.sequence,
    ...(record.shareIdentifier === undefined ? {} : { shareIdentifier: record.shareIdentifier }),
    detail: toVersionedJson(detail),
    tags: toVersionedJson(record.tags),
    state: toVersionedJson(record.state),
  };
}

export function fromJobRow(row: JobRow): JobRecord {
  const { detail, tags, state, ...columns } = row;
  return {
    ...columns,
    ...fromVersionedJson<JobDetail>(detail),
    tags: fromVersionedJson<Tags>(tags),
    state: fromVersionedJson<JobState>(state),
  };
}

export function stateColumns(state: JobState): StateColumns {
  const stopped = state.status === 'SUCCEEDED' || state.status === 'FAILED';
  return { status: state.status, stoppedAt: stopped ? state.stoppedAt : null };
}

export function fromSpecification(text: string): JobSpecification {
  return fromVersionedJson<JobSpecification>(text);
}
