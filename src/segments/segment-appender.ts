import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeWayTo } from '../core/set-aside.ts';
import {
  checkRecord,
  defaultSegmentBytes,
  fileHeader,
  fileHeaderBytes,
  frameHeaderBytes,
  writeFrame,
} from './format.ts';
import { nextSegmentNumber, segmentName } from './segment-name.ts';
import type { SegmentSummary } from './segment-writer.ts';

export interface AppendedRecord {
  /** Epoch ms. */
  readonly timestamp: number;
  /** Epoch ms, at most 24 days from the timestamp. */
  readonly ingestedAt: number;
  readonly payload: Uint8Array;
}

export interface SegmentAppenderOptions {
  readonly prefix: string;
  /** @default 8 MiB */
  readonly segmentBytes?: number;
  /** Whether an append waits until the medium holds it. @default true */
  readonly sync?: boolean;
  /** Hears, in words with the path, what was in the place of the directory and is set aside. @default nobody */
  readonly onDamage?: (words: string) => void;
}

/**
 * The asynchronous sibling of `SegmentWriter`, for a thread that must not wait for the disk: every batch is on the medium
 * when `append` resolves. One append at a time, and one appender for a directory and prefix. A batch is in one segment.
 * After a failed append nothing of the batch can be read, and the next one begins a new segment.
 */
export class SegmentAppender {
  readonly #directory: string;
  readonly #options: SegmentAppenderOptions;
  #handle: FileHandle | undefined;
  #summary: SegmentSummary | undefined;

  constructor(directory: string, options: SegmentAppenderOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  /** Appends a batch of at least one record; answers what its segment now holds, earlier batches included. */
  async append(records: readonly AppendedRecord[]): Promise<SegmentSummary> {
    for (const record of records) checkRecord(record.timestamp, record.payload.length);
    const handle = this.#handle ?? (await this.#begin());
    const before = this.#summary;
    if (!before) throw new Error('a segment was begun without a summary');
    try {
      const frames = encode(records);
      await writeAll(handle, frames, before.bytes);
      if (this.#options.sync !== false) await handle.datasync();
      this.#summary = addBatch(before, records, frames.length);
    } catch (error) {
      await this.#abandon(handle, before.bytes);
      throw error;
    }
    const summary = this.#summary;
    if (summary.bytes >= (this.#options.segmentBytes ?? defaultSegmentBytes)) await this.close();
    return summary;
  }

  /** Lets go of the open segment; a later append begins a new one. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    this.#summary = undefined;
    await handle?.close();
  }

  async #begin(): Promise<FileHandle> {
    makeWayTo(this.#directory, this.#options.onDamage ?? (() => {}));
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const number = nextSegmentNumber(await readdir(this.#directory), this.#options.prefix);
    const file = segmentName(this.#options.prefix, number);
    const handle = await open(join(this.#directory, file), 'wx', 0o600);
    this.#handle = handle;
    this.#summary = { file, firstEventAt: 0, lastEventAt: 0, events: 0, bytes: fileHeaderBytes };
    try {
      await writeAll(handle, fileHeader(), 0);
    } catch (error) {
      await this.close();
      throw error;
    }
    return handle;
  }

  async #abandon(handle: FileHandle, bytes: number): Promise<void> {
    // If the file cannot even be cut, its row still says how much of it counts.
    await handle.truncate(bytes).catch(() => {});
    await this.close().catch(() => {});
  }
}

function encode(records: readonly AppendedRecord[]): Uint8Array {
  const length = records.reduce((sum, record) => sum + frameHeaderBytes + record.payload.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { timestamp, ingestedAt, payload } of records) {
    offset = writeFrame(bytes, view, offset, timestamp, ingestedAt - timestamp, payload);
  }
  return bytes;
}

function addBatch(before: SegmentSummary, records: readonly AppendedRecord[], bytes: number): SegmentSummary {
  const times = records.map((record) => record.timestamp);
  const known = before.events > 0;
  return {
    file: before.file,
    firstEventAt: Math.min(...times, known ? before.firstEventAt : Number.POSITIVE_INFINITY),
    lastEventAt: Math.max(...times, known ? before.lastEventAt : Number.NEGATIVE_INFINITY),
    events: before.events + records.length,
    bytes: before.bytes + bytes,
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
