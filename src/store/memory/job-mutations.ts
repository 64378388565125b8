import type { Scope } from '../../core/arn.ts';
import { CommitFailed } from '../../core/errors.ts';
import type { JobId } from '../../core/ids.ts';
import type { JobRecord } from '../../core/job-record.ts';
import type { ChangeKind, ChangeOf } from '../changes.ts';
import { fromJobRow, stateColumns, tagsColumn, toJobRow } from '../rows.ts';
import { toVersionedJson } from '../versioned-json.ts';
import { always, takeWhile } from './iteration.ts';
import type { Mutation } from './mutation.ts';
import { all, type ChildRow, childKey, jobConsumableKey, type MemoryJobRow, type Tables } from './tables.ts';

type JobChange = Extract<ChangeKind, `job.${string}` | `array${string}` | 'node.put' | 'forgotten.trim'>;

export const jobMutations: { readonly [Kind in JobChange]: (change: ChangeOf<Kind>) => Mutation } = {
  'job.insert': ({ record, specification }) => {
    const row = { ...toJobRow(record), specification: toVersionedJson(specification) };
    const resources = resourcesOf(record);
    return (tables) => insertJob(tables, row, resources);
  },
  'job.update': ({ scope, jobId, state, order }) => {
    const columns = { ...stateColumns(state), ...(order === undefined ? {} : { order }) };
    return (tables) => {
      tables.jobs.put({ ...existingJob(tables, scope, jobId), ...columns });
    };
  },
  'job.tag': ({ scope, jobId, tags }) => {
    const text = tagsColumn(tags);
    return (tables) => {
      tables.jobs.put({ ...existingJob(tables, scope, jobId), tags: text });
    };
  },
  'job.delete':
    ({ scope, jobId }) =>
    (tables) => {
      const row = jobIn(tables, scope, jobId);
      if (row) deleteJob(tables, row);
    },
  'arrayBits.put': ({ number, encode }) => {
    const bits = encode();
    // Encoded after everything else of its batch, in which the job may have been deleted.
    return (tables) => {
      if (hasJob(tables, number)) tables.arrayBits.put({ number, bits });
    };
  },
  'arrayChild.put': ({ record: { number, index, ...state } }) => {
    const row = { number, index, state: toVersionedJson(state) };
    return (tables) => putChild(tables, 'arrayChildren', row);
  },
  'node.put': ({ record: { number, index, ...state } }) => {
    const row = { number, index, state: toVersionedJson(state) };
    return (tables) => putChild(tables, 'nodes', row);
  },
  'forgotten.trim':
    ({ limit }) =>
    (tables) =>
      trimForgotten(tables, limit),
};

export function jobIn({ jobs }: Tables, scope: Scope, jobId: JobId): MemoryJobRow | undefined {
  const row = jobs.get(jobId);
  return row?.account === scope.account && row.region === scope.region ? row : undefined;
}

function existingJob(tables: Tables, scope: Scope, jobId: JobId): MemoryJobRow {
  const row = jobIn(tables, scope, jobId);
  if (!row) throw new CommitFailed('failed', `there is no job ${jobId}`);
  return row;
}

export function hasJob({ jobs }: Tables, number: number): boolean {
  const rows = jobs.list('byNumber', all).from((row) => row.number >= number);
  return takeWhile(rows, 1, (row) => row.number === number).length > 0;
}

function resourcesOf({ resources: { consumables = [] } }: JobRecord): readonly string[] {
  return consumables.map(({ resource }) => resource);
}

function insertJob(tables: Tables, row: MemoryJobRow, resources: readonly string[]): void {
  if (tables.jobs.get(row.jobId)) throw new CommitFailed('failed', `job ${row.jobId} exists already`);
  if (hasJob(tables, row.number)) throw new CommitFailed('failed', `job number ${row.number} exists already`);
  tables.jobs.put(row);
  const { number, createdAt, jobId } = row;
  for (const resource of resources) tables.jobConsumables.put({ resource, createdAt, number, jobId });
}

function deleteJob(tables: Tables, row: MemoryJobRow): void {
  const { jobs, jobConsumables, deletedJobs, arrayBits, forgottenJobs } = tables;
  const { jobId, number, kind } = row;
  jobs.delete(jobId);
  for (const resource of resourcesOf(fromJobRow(row))) jobConsumables.delete(jobConsumableKey({ number, resource }));
  arrayBits.delete(String(number));
  deletedJobs.put({ highestNumber: Math.max(number, deletedJobs.get(all)?.highestNumber ?? 0) });
  if (kind !== 'single') forgottenJobs.put({ number });
}

function putChild(tables: Tables, table: 'arrayChildren' | 'nodes', row: ChildRow): void {
  if (!hasJob(tables, row.number)) throw new CommitFailed('failed', `there is no job number ${row.number}`);
  tables[table].put(row);
}

/** Job by job, lowest number first, its children and then its nodes. */
function trimForgotten(tables: Tables, limit: number): void {
  for (let left = limit; left > 0; ) {
    const [job] = takeWhile(tables.forgottenJobs.list('byNumber', all).from(always), 1, always);
    if (!job) return;
    for (const table of [tables.arrayChildren, tables.nodes]) {
      const rows = takeWhile(table.list('byIndex', String(job.number)).from(always), left, always);
      for (const { number, index } of rows) table.delete(childKey(number, index));
      left -= rows.length;
    }
    if (left > 0) tables.forgottenJobs.delete(String(job.number));
  }
}
