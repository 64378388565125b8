import { closeSync, existsSync, fdatasync, fsyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../core/clock.ts';
import { makeDirectory } from '../core/make-directory.ts';
import { makeWayForDirectory, makeWayForFile } from '../core/set-aside.ts';
import { type Collected, type CollectQuery, collect, endOf } from './collect.ts';
import { encodeFrames, logHeader } from './frames.ts';
import { LogSegment, readAt } from './log-segment.ts';
import { type LookupPage, type LookupQuery, lookUp, type Position } from './lookup.ts';
import { OpenNotes, recordIn } from './note.ts';
import { PackedSegment, packSegment } from './packed-segment.ts';
import { readSegmentFileName, type Segment, segmentFile } from './segment.ts';

const dataSync = promisify(fdatasync);

export interface ArchiveLimits {
  /** How long records are kept, in milliseconds. */
  readonly age: number;
  /** How many bytes all files may have. */
  readonly bytes: number;
  /** A segment that has reached it is packed. */
  readonly segmentBytes: number;
}

export interface ArchiveOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly limits: ArchiveLimits;
  /** Hears in words for the log of what is not as it should be. */
  readonly note: (words: string) => void;
}

interface Written {
  readonly descriptor: number;
  readonly segment: LogSegment;
  /** Up to where there are whole frames. */
  size: number;
}

/**
 * The records in a directory: written in order, each acknowledged once the system has it; packed and let go of beside that. One
 * process at a time may have a directory.
 */
export class Archive {
  readonly #options: ArchiveOptions;
  /** In the order of writing; the one that is written last. */
  #segments: Segment[] = [];
  #written: Written | undefined;
  /** Of changes that are under way. */
  readonly #notes = new OpenNotes();
  /** A segment has ended that they stand in, and no other has them yet. */
  #carries = false;
  /** What the next segment to be written is called. */
  #next = 1;
  #tidying: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(options: ArchiveOptions) {
    this.#options = options;
  }

  /** Takes over what is there: what a crash left unpacked is read, and packed in time. */
  static async open(options: ArchiveOptions): Promise<Archive> {
    makeWayForDirectory(options.directory, options.note);
    makeDirectory(options.directory, 0o700);
    const archive = new Archive(options);
    await archive.#takeOver();
    await archive.#endNoted();
    return archive;
  }

  /** Writes records: once it returns, a crash of this process loses none. Throws what the system refuses, none written. */
  append(payloads: readonly string[]): void {
    // What goes on when a segment is full is noted in the next as well: at the next start the last one tells of all.
    const carried = this.#carries ? this.#notes.texts() : [];
    const frames = encodeFrames(carried.length === 0 ? payloads : [...carried, ...payloads]);
    this.#written ??= this.#begin();
    const written = this.#written;
    try {
      writeAll(written.descriptor, frames, written.size);
    } catch (error) {
      ftruncateSync(written.descriptor, written.size);
      throw error;
    }
    written.size += frames.length;
    this.#notes.follow(payloads);
    this.#carries = false;
    if (written.size >= this.#options.limits.segmentBytes) this.#end(written);
  }

  /** Puts what is written on the medium. */
  async sync(): Promise<void> {
    if (this.#written) await dataSync(this.#written.descriptor);
  }

  lookUp(query: LookupQuery): Promise<LookupPage> {
    return lookUp(this.#segments, query, this.#onDamage);
  }

  /** Records in the order of writing, for who hands them on. */
  collect(query: CollectQuery): Promise<Collected> {
    return collect(this.#segments, query, this.#onDamage);
  }

  /** Where the next record will be. */
  end(): Promise<Position> {
    return endOf(this.#segments, this.#next);
  }

  /** Packs what waits for it, and lets go of what is too old or too much. One at a time, in order. */
  tidy(): Promise<void> {
    const tidied = this.#tidying.then(async () => {
      try {
        await this.#pack();
      } finally {
        // Also where there is no room to pack: it makes some.
        await this.#forget();
      }
    });
    this.#tidying = tidied.catch(() => {});
    return tidied;
  }

  /** Resolves once nothing is done any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#tidying;
    const written = this.#written;
    this.#written = undefined;
    if (!written) return;
    await dataSync(written.descriptor);
    closeSync(written.descriptor);
  }

  readonly #onDamage = (error: unknown): void => {
    this.#options.note(`records of the audit cannot be read: ${String(error)}`);
  };

  #begin(): Written {
    const number = this.#next;
    const path = join(this.#options.directory, segmentFile.log(number));
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      writeAll(descriptor, logHeader, 0);
      syncNames(this.#options.directory);
    } catch (error) {
      // It is begun anew with the next record, and again for as long as the disk is full.
      closeSync(descriptor);
      rmSync(path);
      throw error;
    }
    this.#next += 1;
    const written: Written = {
      descriptor,
      segment: new LogSegment(number, path, () => written.size),
      size: logHeader.length,
    };
    this.#segments.push(written.segment);
    return written;
  }

  #end({ descriptor }: Written): void {
    this.#written = undefined;
    this.#carries = this.#notes.size > 0;
    fdatasync(descriptor, (error) => {
      if (error) this.#options.note(`the audit could not be put on the medium: ${error.message}`);
      closeSync(descriptor);
    });
    this.tidy().catch((error: unknown) => this.#options.note(`the audit cannot be packed: ${String(error)}`));
  }

  async #takeOver(): Promise<void> {
    const { directory } = this.#options;
    const packed = new Set<number>();
    const logs = new Set<number>();
    for (const name of await readdir(directory)) {
      const file = readSegmentFileName(name);
      if (!file) continue;
      this.#next = Math.max(this.#next, file.number + 1);
      const path = join(directory, name);
      // Opening a pipe would wait for ever.
      makeWayForFile(path, this.#options.note);
      if (file.isDraft) await rm(path, { force: true });
      else if (!existsSync(path)) continue;
      else if (file.kind === 'zst') packed.add(file.number);
      else if (file.kind === 'log') logs.add(file.number);
    }
    for (const number of packed) this.#segments.push(new PackedSegment(directory, number));
    for (const number of logs) await this.#takeOverLog(number, packed.has(number));
    this.#segments.sort((one, other) => one.number - other.number);
  }

  /** What was under way when an earlier server died has what was noted of it for its record. */
  async #endNoted(): Promise<void> {
    const left = new OpenNotes();
    for (const segment of this.#segments)
      if (segment instanceof LogSegment) for await (const payloads of segment.payloads()) left.follow(payloads);
    if (left.size === 0) return;
    this.append(left.texts().map(recordIn));
    await this.sync();
    this.#options.note(`a server ended while ${left.size} changes were under way: their records say so`);
  }

  async #takeOverLog(number: number, isPacked: boolean): Promise<void> {
    const path = join(this.#options.directory, segmentFile.log(number));
    if (isPacked) return rm(path);
    const { size } = await stat(path);
    if (size <= logHeader.length) return rm(path);
    if (!(await hasHeader(path))) {
      this.#options.note(`${path} is no file of the audit: it is left as it is`);
      return;
    }
    this.#segments.push(new LogSegment(number, path, () => size));
  }

  async #pack(): Promise<void> {
    for (const segment of [...this.#segments]) {
      // A packed one is not looked through at the next start.
      if (this.#isClosed || this.#carries) return;
      if (!(segment instanceof LogSegment) || segment === this.#written?.segment) continue;
      await this.#setTornAside(segment);
      const packed = await packSegment(this.#options.directory, segment);
      this.#segments = this.#segments.map((each) => (each === segment ? packed : each));
      segment.becomes(packed);
      await rm(segment.path);
    }
  }

  /** What follows the last whole frame is no record, or is one no more: it is kept for who wants to look at it. */
  async #setTornAside(segment: LogSegment): Promise<void> {
    const end = await segment.end();
    const { size } = await stat(segment.path);
    if (end >= size) return;
    await using handle = await open(segment.path, 'r');
    const rest = await readAt(handle, end, size - end);
    const aside = `${segment.path}.torn`;
    await writeFile(aside, rest, { mode: 0o600, flush: true });
    await truncate(segment.path, end);
    this.#options.note(`${segment.path} was torn or damaged at byte ${end}: what follows is now ${aside}`);
  }

  async #forget(): Promise<void> {
    const { limits, clock } = this.#options;
    const packed = this.#segments.filter((segment) => segment instanceof PackedSegment);
    const sizes = new Map<PackedSegment, number>();
    for (const segment of packed) sizes.set(segment, await sizeOf(segment));
    let total = [...sizes.values()].reduce((sum, size) => sum + size, this.#written?.size ?? 0);
    for (const segment of packed) {
      const size = sizes.get(segment) ?? 0;
      const isOld = (await segment.span()).to < clock.now() - limits.age;
      if (!isOld && total <= limits.bytes) continue;
      if (!isOld) this.#options.note(`records of the audit are let go of before their time: audit.diskSize is used up`);
      this.#segments = this.#segments.filter((each) => each !== segment);
      await rm(segment.path);
      await rm(segment.indexPath, { force: true });
      total -= size;
    }
  }
}

async function sizeOf(segment: PackedSegment): Promise<number> {
  await segment.span();
  const sizes = await Promise.all([stat(segment.path), stat(segment.indexPath)]);
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

async function hasHeader(path: string): Promise<boolean> {
  await using handle = await open(path, 'r');
  return (await readAt(handle, 0, logHeader.length)).equals(logHeader);
}

/** Writes all of `bytes`: the system may take a part. */
function writeAll(descriptor: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
}

function syncNames(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
