import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
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

export interface SegmentWriterOptions {
  /** A segment closes with the record that takes it to this size or over. @default 8 MiB */
  readonly segmentBytes?: number;
  /** Letters before the number in file names; writers with different prefixes may share a directory. @default '' */
  readonly prefix?: string;
  /** Hears, in words with the path, what was in the place of the directory and is set aside. @default nobody */
  readonly onDamage?: (words: string) => void;
}

/**
 * What one segment holds. `firstEventAt` and `lastEventAt` are the least and the greatest timestamp; `bytes` is the file's
 * size.
 */
export interface SegmentSummary {
  readonly file: string;
  readonly firstEventAt: number;
  readonly lastEventAt: number;
  readonly events: number;
  readonly bytes: number;
}

interface OpenSegment {
  readonly file: string;
  readonly descriptor: number;
  firstEventAt: number;
  lastEventAt: number;
  events: number;
  /** File header and every frame appended, buffered ones included. */
  bytes: number;
  /** What of `bytes` is in the file. */
  written: number;
}

const initialBufferBytes = 64 * 1024;
/** More than this is never left in memory between two appends. */
const flushAtBytes = 1024 * 1024;

/**
 * Writes records to the segments of one directory, synchronously. Two writers must not share directory and prefix. It
 * never touches a segment that another writer began, so a torn tail of a crashed one stays where readers ignore it.
 * A write that fails (disk full) throws from `append` or `flush` and loses nothing: the next flush goes on where it stopped.
 */
export class SegmentWriter {
  readonly #directory: string;
  readonly #prefix: string;
  readonly #segmentBytes: number;
  readonly #closed: SegmentSummary[] = [];
  #number: number;
  #current: OpenSegment | undefined;
  #buffer = new Uint8Array(initialBufferBytes);
  #view = new DataView(this.#buffer.buffer);
  /** The unwritten bytes of the buffer. */
  #start = 0;
  #end = 0;
  #bytesWritten = 0;

  private constructor(directory: string, prefix: string, segmentBytes: number, number: number) {
    this.#directory = directory;
    this.#prefix = prefix;
    this.#segmentBytes = segmentBytes;
    this.#number = number;
  }

  /** Creates the directory if need be. The first segment is created with the first record, after those already there. */
  static open(directory: string, options: SegmentWriterOptions = {}): SegmentWriter {
    const prefix = options.prefix ?? '';
    if (!/^[a-z]*$/.test(prefix)) throw new RangeError(`prefix ${prefix} may hold only the letters a to z`);
    const number = nextSegmentNumber(openDirectory(directory, options.onDamage ?? (() => {})), prefix);
    return new SegmentWriter(directory, prefix, options.segmentBytes ?? defaultSegmentBytes, number);
  }

  /** Bytes of frames and headers in the files by now, over all segments of this writer. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Bytes appended and not yet written. */
  get bytesBuffered(): number {
    return this.#end - this.#start;
  }

  /**
   * Buffers one record; `timestamp` in epoch ms. The payload's bytes are copied. Readers see it after `flush`, which
   * happens by itself when 1 MiB waits or the segment is full. Throws `RangeError` for a payload over 4 MiB.
   */
  append(timestamp: number, payload: Uint8Array): void {
    const time = Math.trunc(timestamp);
    checkRecord(time, payload.length);
    this.#makeRoom();
    const segment = this.#current ?? this.#begin(time);
    this.#reserve(frameHeaderBytes + payload.length);
    this.#end = writeFrame(this.#buffer, this.#view, this.#end, time, 0, payload);
    segment.bytes += frameHeaderBytes + payload.length;
    segment.events += 1;
    if (time < segment.firstEventAt) segment.firstEventAt = time;
    if (time > segment.lastEventAt) segment.lastEventAt = time;
  }

  /** Writes what is buffered with one `write` (more only if the system takes part of it). Does not sync to the medium. */
  flush(): void {
    const segment = this.#current;
    while (segment && this.#start < this.#end) {
      const count = writeSync(segment.descriptor, this.#buffer, this.#start, this.#end - this.#start, segment.written);
      this.#start += count;
      segment.written += count;
      this.#bytesWritten += count;
    }
    this.#start = 0;
    this.#end = 0;
  }

  /** Flushes and closes. Returns a summary of each segment that this writer wrote, oldest first. */
  close(): SegmentSummary[] {
    try {
      this.flush();
    } finally {
      this.#endSegment();
    }
    return [...this.#closed];
  }

  /** Before a record is added, so that a failing write never takes a record in and then throws. */
  #makeRoom(): void {
    const full = this.#current !== undefined && this.#current.bytes >= this.#segmentBytes;
    if (full || this.#end - this.#start >= flushAtBytes) this.flush();
    if (full) this.#endSegment();
  }

  #begin(timestamp: number): OpenSegment {
    const file = segmentName(this.#prefix, this.#number);
    const descriptor = openSync(join(this.#directory, file), 'wx', 0o600);
    this.#number += 1;
    this.#buffer.set(fileHeader(), this.#end);
    this.#end += fileHeaderBytes;
    this.#current = {
      file,
      descriptor,
      firstEventAt: timestamp,
      lastEventAt: timestamp,
      events: 0,
      bytes: fileHeaderBytes,
      written: 0,
    };
    return this.#current;
  }

  #endSegment(): void {
    const segment = this.#current;
    if (!segment) return;
    this.#current = undefined;
    const { file, firstEventAt, lastEventAt, events, bytes } = segment;
    this.#closed.push({ file, firstEventAt, lastEventAt, events, bytes });
    closeSync(segment.descriptor);
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    grown.set(this.#buffer.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Makes it if need be. Answers the names in it: one that has just been made has none, and most have. */
function openDirectory(directory: string, onDamage: (words: string) => void): readonly string[] {
  try {
    mkdirSync(directory, { mode: 0o700 });
    return [];
  } catch {
    // It is there, or one above it is not, or something is in the way: looked at now.
    makeWayTo(directory, onDamage);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return readdirSync(directory);
  }
}
