import { recordOf } from './block-index.ts';
import { recordsIn } from './frames.ts';
import { type OnDamage, type Position, passOver } from './lookup.ts';
import { isNote } from './note.ts';
import { isWanted, type RecordFilter } from './record-filter.ts';
import type { Segment } from './segment.ts';

/** What somebody who hands records on asks for next. */
export interface CollectQuery {
  readonly start: Position;
  /** Nothing of it or behind it. @default up to what is there now */
  readonly until?: Position;
  /** The texts are no longer together than this, or are one. */
  readonly limit: number;
  readonly filter: RecordFilter;
}

/** The text of a record, and what is said of the file that it goes to. */
export interface CollectedRecord {
  readonly region: string;
  readonly time: string;
  readonly text: string;
}

/** Records in the order of writing. */
export interface Collected {
  readonly records: readonly CollectedRecord[];
  /** Where to go on, also if there is nothing more yet. */
  readonly next: Position;
  /** Nothing more is there, or was asked for. */
  readonly isEnd: boolean;
}

/** So many blocks are read for one answer, which may have few records then, or none. */
const mostBlocks = 64;

/** Wanted records from a place on, in the order of writing. What is no longer there is passed over. */
export async function collect(
  segments: readonly Segment[],
  { start, until, limit, filter }: CollectQuery,
  onDamage: OnDamage,
): Promise<Collected> {
  const records: CollectedRecord[] = [];
  let next = start;
  let size = 0;
  let read = 0;
  for (const segment of segments) {
    if (segment.number < next.segment) continue;
    if (segment.number > next.segment) next = { segment: segment.number, block: 0, record: 0 };
    const { length } = await segment.blocks();
    for (; next.block < length; next = { ...next, block: next.block + 1, record: 0 }) {
      if (until && !isBefore(next, until)) return { records, next: until, isEnd: true };
      if (read === mostBlocks) return { records, next, isEnd: false };
      read += 1;
      for (const text of await readFrom(segment, next, until, onDamage)) {
        const found = wanted(text, filter);
        if (found && size > 0 && size + text.length > limit) return { records, next, isEnd: false };
        next = { ...next, record: next.record + 1 };
        if (!found) continue;
        size += text.length;
        records.push(found);
      }
      // The last block may grow: it is gone on with where it ends now.
      if (next.block === length - 1) break;
    }
  }
  return { records, next: until ?? next, isEnd: true };
}

/** Where the next record will be. */
export async function endOf(segments: readonly Segment[], following: number): Promise<Position> {
  const last = segments.at(-1);
  const blocks = await last?.blocks();
  const block = blocks?.at(-1);
  if (!last || !blocks || !block) return { segment: last?.number ?? following, block: 0, record: 0 };
  return { segment: last.number, block: blocks.length - 1, record: block.records };
}

export function isBefore(one: Position, other: Position): boolean {
  if (one.segment !== other.segment) return one.segment < other.segment;
  return one.block === other.block ? one.record < other.record : one.block < other.block;
}

async function readFrom(
  segment: Segment,
  { block, record }: Position,
  until: Position | undefined,
  onDamage: OnDamage,
): Promise<readonly string[]> {
  const end = until?.segment === segment.number && until.block === block ? until.record : undefined;
  try {
    return recordsIn(await segment.read(block)).slice(record, end);
  } catch (error) {
    passOver(error, onDamage);
    return [];
  }
}

function wanted(text: string, filter: RecordFilter): CollectedRecord | undefined {
  if (isNote(text)) return undefined;
  const record = recordOf(text);
  return isWanted(record, filter) ? { region: record.awsRegion, time: record.eventTime, text } : undefined;
}
