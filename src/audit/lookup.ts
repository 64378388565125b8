import { recordOf, type Sought } from './block-index.ts';
import { type CloudTrailRecord, valuesOf } from './cloudtrail-record.ts';
import { recordsIn } from './frames.ts';
import { isNote } from './note.ts';
import { DamagedBlock } from './packed-segment.ts';
import type { Segment } from './segment.ts';

/** Where a record stands. Places stay when a segment is packed. */
export interface Position {
  readonly segment: number;
  readonly block: number;
  /** Within its block. */
  readonly record: number;
}

export interface LookupQuery extends Sought {
  readonly category: CloudTrailRecord['eventCategory'];
  /** Epoch milliseconds, both included. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  /** Goes on with what was written before this one. */
  readonly before?: Position;
}

export interface LookupPage {
  /** Texts of records, the newest first. */
  readonly records: readonly string[];
  /** Where the next page goes on; absent: there is nothing more. */
  readonly next?: Position;
}

/** So many blocks are read for one page, which may be short then. */
const mostBlocks = 256;

/** What a lookup is told of a block that cannot be read. */
export type OnDamage = (error: unknown) => void;

/** One page of what `query` asks for, from segments in the order of writing: last written first. */
export async function lookUp(
  segments: readonly Segment[],
  asked: LookupQuery,
  onDamage: OnDamage,
): Promise<LookupPage> {
  const query = withinItsSecond(asked);
  const records: string[] = [];
  let read = 0;
  for (const segment of segments.toReversed()) {
    if (query.before && segment.number > query.before.segment) continue;
    for (const block of await blocksOf(segment, query)) {
      if (read === mostBlocks) return { records, next: { segment: segment.number, block: block + 1, record: 0 } };
      read += 1;
      for (const [record, text] of await newestFirst(segment, block, query, onDamage)) {
        if (!matches(text, query)) continue;
        if (records.length === query.limit)
          return { records, next: { segment: segment.number, block, record: record + 1 } };
        records.push(text);
      }
    }
  }
  return { records };
}

const eventIdShape = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/;

/** An event's id begins with the time of its record: segments of other times are not looked at. */
function withinItsSecond(query: LookupQuery): LookupQuery {
  const { attribute, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
  const [, high, low] = (attribute?.key === 'EventId' && eventIdShape.exec(attribute.value)) || [];
  if (high === undefined || low === undefined) return query;
  const second = Math.floor(Number.parseInt(high + low, 16) / 1000) * 1000;
  return { ...query, from: Math.max(from, second), to: Math.min(to, second) };
}

/** Blocks that may hold something of the page, the last written first. */
async function blocksOf(segment: Segment, query: LookupQuery): Promise<readonly number[]> {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, before } = query;
  const span = await segment.span?.();
  if (span && (span.to < from || span.from > to)) return [];
  const found = await segment.blocksWith(query);
  if (found.length === 0) return [];
  const blocks = await segment.blocks();
  const last = before?.segment === segment.number ? before.block : Number.POSITIVE_INFINITY;
  return found
    .filter((number) => {
      const block = blocks[number];
      return block !== undefined && number <= last && block.to >= from && block.from <= to;
    })
    .toReversed();
}

async function newestFirst(
  segment: Segment,
  block: number,
  { before }: LookupQuery,
  onDamage: OnDamage,
): Promise<readonly (readonly [number, string])[]> {
  try {
    const all = [...recordsIn(await segment.read(block)).entries()];
    const isLast = before?.segment === segment.number && before.block === block;
    return (isLast ? all.slice(0, before.record) : all).toReversed();
  } catch (error) {
    passOver(error, onDamage);
    return [];
  }
}

/** What is damaged, and what has been let go of meanwhile. Throws any other error: a page must not lack what is there. */
export function passOver(error: unknown, onDamage: OnDamage): void {
  if (error instanceof DamagedBlock) onDamage(error);
  else if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function matches(text: string, { region, attribute, category, from, to }: LookupQuery): boolean {
  if (isNote(text)) return false;
  // Before it is parsed: what is sought stands in the text as it is, unless it needs escapes.
  if (attribute && /^[\w./:-]+$/.test(attribute.value) && !mayHold(text, attribute)) return false;
  const record = recordOf(text);
  if (record.awsRegion !== region || record.eventCategory !== category) return false;
  if (attribute && !valuesOf(record, attribute.key).includes(attribute.value)) return false;
  const time = Date.parse(record.eventTime);
  return (from === undefined || time >= from) && (to === undefined || time <= to);
}

/** The root user's name is in no record. */
function mayHold(text: string, { key, value }: NonNullable<Sought['attribute']>): boolean {
  return key === 'Username' || text.includes(value);
}
