import { type Scope, scopeOf } from '../../core/arn.ts';
import type { JobId } from '../../core/ids.ts';
import {
  childId,
  type JobReference,
  type JobStatus,
  type Leaf,
  type NodeState,
  nodeId,
  parseJobId,
  type Stop,
} from '../../core/job.ts';
import type { ArrayChildRecord, JobRecord, JobState } from '../../core/job-record.ts';
import type { JobSpecification } from '../../core/job-specification.ts';
import { type ChildCode, childCode, decodeChildren, hasRow, leafWithoutRow, statusOfCode } from '../../jobs/index.ts';
import type { StoredJob, StoreReads } from '../../store/index.ts';
import { type NodePart, readNodes } from './shown-nodes.ts';

/** An array as it is stored. */
export type ArrayRecord = Extract<JobRecord, { readonly kind: 'array' }>;

/** What a job that is shown belongs to, if it was not submitted itself. */
export type JobPart = ArrayPart | NodePart;

export interface ArrayPart {
  readonly kind: 'child';
  readonly array: ArrayRecord;
  readonly index: number;
}

/** The state of whatever is shown. */
export type ShownState = JobState | NodeState;

/** A job as it was submitted, a child of an array or a node, with what the store has of it. */
export interface ShownJob {
  readonly id: JobId;
  /** As it was submitted: a child or a node has its job's. */
  readonly record: JobRecord;
  readonly specification: JobSpecification;
  readonly state: ShownState;
  readonly part?: JobPart;
}

/** A summary shows no more than this. */
export type ListedJob = Omit<ShownJob, 'specification'>;

/** What ends it, or has: its own stop, else that of its array or job, if its reason is from there. */
export function stopShown({ record, state, part }: ListedJob): Stop | undefined {
  if (state.stop || !part) return state.stop;
  const { stop } = record.state;
  const isFrom = stop && state.status === 'FAILED' && state.statusReason === stop.reason && state.stoppedAt >= stop.at;
  return isFrom ? stop : undefined;
}

/** The job itself, as the store has it. */
export function shownJob({ record, specification }: StoredJob): ShownJob {
  return { ...listedJob(record), specification };
}

export function listedJob(record: JobRecord): ListedJob {
  return { id: record.jobId, record, state: record.state };
}

/** Jobs, children of arrays and nodes in the order asked, each once; ids of what is not there are left out. */
export async function readJobs(reads: StoreReads, scope: Scope, ids: readonly JobId[]): Promise<readonly ShownJob[]> {
  const asked = [...new Set(ids)].map(parseJobId);
  const stored = await reads.jobs(scopeOf(scope), [...new Set(asked.map(({ jobId }) => jobId))]);
  const jobs = new Map(stored.map((job) => [job.record.jobId, job]));
  const parts = new Map([...(await readChildren(reads, scope, jobs, asked)), ...(await readNodes(reads, jobs, asked))]);
  return asked.flatMap(({ jobId, childIndex, nodeIndex }) => {
    const job = jobs.get(jobId);
    if (!job) return [];
    if (childIndex === undefined && nodeIndex === undefined) return [shownJob(job)];
    const part = parts.get(nodeIndex === undefined ? childId(jobId, childIndex ?? 0) : nodeId(jobId, nodeIndex));
    return part ? [{ ...part, specification: job.specification }] : [];
  });
}

/** Those of the references that are children, by their ids. */
async function readChildren(
  reads: StoreReads,
  scope: Scope,
  jobs: ReadonlyMap<JobId, StoredJob>,
  asked: readonly JobReference[],
): Promise<ReadonlyMap<JobId, ListedJob>> {
  const arrays = new Map<ArrayRecord, number[]>();
  for (const { jobId, childIndex } of asked) {
    const record = jobs.get(jobId)?.record;
    if (record?.kind !== 'array' || childIndex === undefined) continue;
    const indexes = arrays.get(record) ?? [];
    indexes.push(childIndex);
    arrays.set(record, indexes);
  }
  const read = await readArrays(reads, scope, [...arrays.keys()]);
  const wanted = [...arrays.values()].flatMap((indexes, at) => {
    const array = read[at];
    return array ? [{ array, indexes }] : [];
  });
  return new Map((await childrenAt(reads, wanted)).map((child) => [child.id, child]));
}

/** An array and what its bits say of its children. */
interface ReadArray extends ReturnType<typeof decodeChildren> {
  readonly record: ArrayRecord;
}

/** In the order asked; undefined for one that was deleted meanwhile. */
async function readArrays(
  reads: StoreReads,
  scope: Scope,
  records: readonly ArrayRecord[],
): Promise<readonly (ReadArray | undefined)[]> {
  if (records.length === 0) return [];
  const rows = await reads.arrayBits(records.map(({ number }) => number));
  const bits = new Map(rows.map((row) => [row.number, row.bits]));
  const arrays = records.map((record) => {
    const own = bits.get(record.number);
    return own && { record, ...decodeChildren(own, record.size) };
  });
  const older = arrays.flatMap((array) => (array && isOlder(array) ? [array.record.jobId] : []));
  if (older.length === 0) return arrays;
  const again = new Map((await reads.jobs(scopeOf(scope), older)).map(({ record }) => [record.jobId, record]));
  return arrays.map((array) => {
    if (!array || !isOlder(array)) return array;
    const record = again.get(array.record.jobId);
    return record?.kind === 'array' ? { ...array, record } : undefined;
  });
}

/** Whether its record was read before it was stopped, and its bits after that: how those children ended, the record says. */
function isOlder({ record, codes }: ReadArray): boolean {
  return record.state.status === 'PENDING' && !record.state.stop && codes.includes(childCode.stopped);
}

/** Children of an array that are wanted. */
interface Wanted {
  readonly array: ReadArray;
  readonly indexes: readonly number[];
}

/** Children that are there; what has a row is as its row says, even if it has moved on since the bits were read. */
async function childrenAt(reads: StoreReads, wanted: readonly Wanted[]): Promise<readonly ListedJob[]> {
  const asked = wanted.flatMap(({ array: { record, codes }, indexes }) => {
    const withRow = indexes.filter((index) => index < record.size && hasRow(codes[index] as ChildCode));
    return withRow.length === 0 ? [] : [{ number: record.number, indexes: withRow }];
  });
  const rows = asked.length === 0 ? [] : await reads.arrayChildren(asked);
  const byPlace = new Map(rows.map((row) => [`${row.number}:${row.index}`, row]));
  return wanted.flatMap(({ array, indexes }) => {
    const { record } = array;
    return indexes.flatMap((index) => {
      const row = byPlace.get(`${record.number}:${index}`);
      const state = index < record.size ? childState(array, index, row) : undefined;
      return state
        ? [{ id: childId(record.jobId, index), record, state, part: { kind: 'child', array: record, index } }]
        : [];
    });
  });
}

function childState({ record, codes, fellAt }: ReadArray, index: number, row?: ArrayChildRecord): Leaf | undefined {
  if (row) return row.state;
  const code = codes[index] as ChildCode;
  // Its row went with its array, between two reads.
  if (hasRow(code)) return undefined;
  return leafWithoutRow(code, { state: record.state, ...(fellAt === undefined ? {} : { fellAt }) });
}

/** Children of one status, by index, after that of the page before. */
export interface ChildQuery {
  readonly arrayJobId: JobId;
  readonly status: JobStatus;
  readonly after?: number;
  readonly limit: number;
}

/** A page of an array's children. `next` is where the following begins, absent when there is nothing beyond. */
export interface ChildPage {
  readonly children: readonly ListedJob[];
  readonly next?: number;
}

/** The indexes of an array's children that are in a state, rising: their bits alone are read. None of one that is gone. */
export async function childIndexes(
  reads: StoreReads,
  array: ArrayRecord,
  status: JobStatus,
): Promise<readonly number[]> {
  const [row] = await reads.arrayBits([array.number]);
  if (!row) return [];
  const { codes } = decodeChildren(row.bits, array.size);
  const indexes: number[] = [];
  for (const [index, code] of codes.entries()) if (statusOfCode(code as ChildCode) === status) indexes.push(index);
  return indexes;
}

/** Of what is no array, a page without children. */
export async function listChildren(reads: StoreReads, scope: Scope, query: ChildQuery): Promise<ChildPage> {
  const { arrayJobId, status, after = -1, limit } = query;
  const [stored] = await reads.jobs(scopeOf(scope), [arrayJobId]);
  const [array] = stored?.record.kind === 'array' ? await readArrays(reads, scope, [stored.record]) : [];
  if (!array) return { children: [] };
  const indexes: number[] = [];
  let index = after + 1;
  for (; index < array.record.size && indexes.length < limit; index += 1) {
    if (statusOfCode(array.codes[index] as ChildCode) === status) indexes.push(index);
  }
  const found = await childrenAt(reads, [{ array, indexes }]);
  // One that has moved on since is no longer of this list.
  const children = found.filter(({ state }) => state.status === status);
  return { children, ...(index < array.record.size && { next: index - 1 }) };
}
