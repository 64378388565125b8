import { setImmediate as nextTurn } from 'node:timers/promises';
import { invariant } from '../../../core/errors.ts';
import type { ArrayChildRecord } from '../../../core/job-record.ts';
import type { TurnUnits } from '../../../core/turn-units.ts';
import { decodeChildren, type LoadedArray, liveRowsOf, unitsOf } from '../../../jobs/index.ts';
import type { JobSlice, StoreReads } from '../../../store/index.ts';

/** Each becomes an object as the answer arrives, in one turn of the event loop. */
const childrenPerRead = 500;

type StoredArray = LoadedArray['job'];

/** Children that are to be read, of one array. */
interface Wanted {
  readonly number: number;
  readonly indexes: readonly number[];
}

/** The arrays of a slice, by number, with the rows of their live children: as many in a read as one may bring. */
export async function arraysOf(
  { jobs, bits }: JobSlice,
  reads: StoreReads,
  turn: TurnUnits,
): Promise<ReadonlyMap<number, LoadedArray>> {
  const bitsOf = new Map(bits.map((row) => [row.number, row.bits]));
  const found = new Map<number, LoadedArray & { readonly children: ArrayChildRecord[] }>();
  const wanted: Wanted[] = [];
  for (const job of jobs) {
    if (job.kind !== 'array') continue;
    const stored = childrenOf(job, bitsOf.get(job.number));
    const { number, size } = job;
    found.set(number, { job, stored, children: [] });
    wanted.push({ number, indexes: liveRowsOf(stored.codes) });
    if (turn.spend(unitsOf([[0, size - 1]]))) await nextTurn();
  }
  for (const part of inParts(wanted, childrenPerRead)) {
    for (const row of await reads.arrayChildren(part)) found.get(row.number)?.children.push(row);
  }
  return found;
}

function childrenOf({ jobId, size }: StoredArray, bits: Uint8Array | undefined): LoadedArray['stored'] {
  invariant(bits, `array ${jobId} has no bits`);
  return decodeChildren(bits, size);
}

/** The same children, at most `limit` in a part. */
function* inParts(wanted: readonly Wanted[], limit: number): Generator<readonly Wanted[]> {
  let part: Wanted[] = [];
  let room = limit;
  for (const { number, indexes } of wanted) {
    for (let at = 0; at < indexes.length; ) {
      const some = indexes.slice(at, at + room);
      part.push({ number, indexes: some });
      at += some.length;
      room -= some.length;
      if (room > 0) continue;
      yield part;
      part = [];
      room = limit;
    }
  }
  if (part.length > 0) yield part;
}
