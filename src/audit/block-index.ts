import { crc32 } from 'node:zlib';
import { type CloudTrailRecord, type LookupAttribute, lookupAttributes, valuesOf } from './cloudtrail-record.ts';
import type { Frame } from './frames.ts';
import { isNote, recordIn } from './note.ts';

/** A block is read, and compressed, as a whole: frames until they are this long. */
export const blockBytes = 128 * 1024;

/** A run of frames. */
export interface Block {
  /** Where its frames begin, as they were written. */
  readonly offset: number;
  readonly length: number;
  readonly records: number;
  /** Times of its first and last record by time, in epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** What a lookup asks of an index: a region, and in it one value of one attribute. */
export interface Sought {
  readonly region: string;
  readonly attribute?: { readonly key: LookupAttribute; readonly value: string };
}

/** What stands for a value in an index. Different values may share it: what is found is looked at. */
export function hashOf({ region, attribute }: Sought): number {
  return crc32(attribute === undefined ? region : `${region}\n${attribute.key}\n${attribute.value}`);
}

/** The record that a frame holds, or that a note in it would be. A frame is whole, so it is one that was written. */
export function recordOf(payload: string): CloudTrailRecord {
  return JSON.parse(recordIn(payload)) as CloudTrailRecord;
}

/** Blocks of a file of frames, and what is in them; grows as the file does. */
export class BlockIndex {
  readonly blocks: Block[] = [];
  /** Of each block the hashes of what is in it. */
  readonly hashes: Set<number>[] = [];
  #end: number;

  /** `start` is where the first frame begins. */
  constructor(start: number) {
    this.#end = start;
  }

  /** Up to where frames have been added. */
  get end(): number {
    return this.#end;
  }

  /** Adds the next frame, which begins at `end`. */
  add({ payload }: Pick<Frame, 'payload'>, length: number): void {
    const text = payload.toString();
    const record = recordOf(text);
    const time = Date.parse(record.eventTime);
    const last = this.blocks.at(-1);
    const goesOn = last !== undefined && last.length < blockBytes;
    const block = goesOn ? last : { offset: this.#end, length: 0, records: 0, from: time, to: time };
    if (!goesOn) this.hashes.push(new Set());
    this.blocks[this.hashes.length - 1] = {
      offset: block.offset,
      length: block.length + length,
      records: block.records + 1,
      from: Math.min(block.from, time),
      to: Math.max(block.to, time),
    };
    this.#end += length;
    const hashes = this.hashes.at(-1);
    if (hashes && !isNote(text)) addHashes(hashes, record);
  }
}

function addHashes(hashes: Set<number>, record: CloudTrailRecord): void {
  const region = record.awsRegion;
  hashes.add(hashOf({ region }));
  for (const key of lookupAttributes)
    for (const value of valuesOf(record, key)) hashes.add(hashOf({ region, attribute: { key, value } }));
}
