import type { JobId } from '../../core/ids.ts';
import { jobStatuses } from '../../core/job.ts';
import type { ArrayBits, JobSlice } from '../queries.ts';
import type { ReadInput } from '../reads.ts';
import { type AlikeColumns, jobsAlike } from '../rows.ts';
import { bitsOf } from './child-reads.ts';
import type { Connection } from './connection.ts';
import { formatId, jobKinds, scopesOf } from './job-cells.ts';
import { namesOf } from './names.ts';
import { read, type SqliteReads } from './read.ts';

/** Load reads a million of these: nothing that memory does not take in. Those from `scope` on are alike in many jobs. */
const sliceColumns =
  'number, created_at, place, hex(job_id), state, ' +
  'scope, kind, size, queue, definition, share_identifier, priority, principal, detail, status';

type SliceRow = readonly [
  number: number,
  createdAt: number,
  place: number,
  /** 32 hexadecimal digits. */
  id: string,
  state: string | null,
  scope: number,
  kind: number,
  size: number | null,
  queue: number,
  definition: number,
  shareIdentifier: string | null,
  priority: number,
  principal: string | null,
  detail: string,
  status: number,
];

const firstAlike = 5;
/** Number, time of creation, place in the queue, and which of the kinds of `alike` it is. */
const numbersOfOne = 4;

/** A slice as it crosses to the main thread: what costs it least to take apart. */
interface SliceCells {
  readonly ids: readonly JobId[];
  /** `numbersOfOne` for each job. No typed array: of its memory beside the heap V8 frees none until it has marked all that is alive. */
  readonly numbers: readonly number[];
  /** Of the jobs that have a state of their own, by their place in the slice. */
  readonly states: ReadonlyMap<number, string>;
  /** Each once, however many jobs have it. */
  readonly alike: readonly AlikeColumns[];
  readonly bits: readonly ArrayBits[];
}

export const jobSliceRead: SqliteReads<'jobSlice'> = { jobSlice: read(sliceCells, toSlice) };

function sliceCells(connection: Connection, ...[after, limit]: ReadInput<'jobSlice'>): SliceCells {
  const { order, number } = after ?? { order: Number.MIN_SAFE_INTEGER, number: 0 };
  const sql =
    `SELECT ${sliceColumns} FROM job WHERE stopped_at IS NULL AND (place, number) > (?, ?) ` +
    'ORDER BY place, number LIMIT ?';
  const rows = connection.all<SliceRow>(sql, [order, number, limit]);
  const numbers: number[] = [];
  const states = new Map<number, string>();
  const groups = new Groups();
  const ids = rows.map((row, at) => {
    const [jobNumber, createdAt, place, id, state] = row;
    numbers.push(jobNumber, createdAt, place, groups.of(row));
    if (state !== null) states.set(at, state);
    return formatId(id) as JobId;
  });
  const arrays = rows.filter((row) => jobKinds[row[6]] === 'array').map(([array]) => array);
  return { ids, numbers, states, alike: alikeOf(connection, groups.firsts), bits: bitsOf(connection, arrays) };
}

/** Finds the rows that are alike. */
class Groups {
  /** A row of each. */
  readonly firsts: SliceRow[] = [];
  readonly #byText = new Map<string, number>();
  #last = 0;

  /** The place of the group of a row. Most rows are as the one before. */
  of(row: SliceRow): number {
    const last = this.firsts[this.#last];
    if (!last || !isAlike(row, last)) this.#last = this.#find(row);
    return this.#last;
  }

  #find(row: SliceRow): number {
    const text = JSON.stringify(row.slice(firstAlike));
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#byText.set(text, this.firsts.length);
    return this.firsts.push(row) - 1;
  }
}

function isAlike(a: SliceRow, b: SliceRow): boolean {
  for (let at = firstAlike; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function alikeOf(connection: Connection, rows: readonly SliceRow[]): AlikeColumns[] {
  const scopes = scopesOf(connection, new Set(rows.map((row) => row[5])));
  const names = namesOf(connection, new Set(rows.flatMap((row) => [row[8], row[9]])));
  return rows.flatMap((row) => {
    const [, , , , , scope, kind, size, queue, definition, shareIdentifier, priority, principal, detail, status] = row;
    const place = scopes[scope];
    if (!place) return [];
    return {
      ...place,
      kind: jobKinds[kind] ?? 'single',
      size,
      jobQueueArn: names[queue] ?? '',
      jobDefinitionArn: names[definition] ?? '',
      shareIdentifier,
      schedulingPriority: priority,
      principal,
      detail,
      status: jobStatuses[status] ?? 'FAILED',
    };
  });
}

function toSlice({ ids, numbers, states, alike, bits }: SliceCells): JobSlice {
  const makers = alike.map(jobsAlike);
  const jobs = ids.map((jobId, at) => {
    const first = at * numbersOfOne;
    const make = makers[numbers[first + 3] as number] as ReturnType<typeof jobsAlike>;
    const state = states.size === 0 ? null : (states.get(at) ?? null);
    const [number, createdAt, order] = [numbers[first], numbers[first + 1], numbers[first + 2]] as [
      number,
      number,
      number,
    ];
    return make({ jobId, number, createdAt, order, state });
  });
  return { jobs, bits };
}
