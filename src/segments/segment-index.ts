import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileHeaderBytes, readFileHeader, readFrame } from './format.ts';

/** A run of whole frames: where it lies, and the least and greatest timestamp in it. */
export interface Block {
  readonly offset: number;
  readonly end: number;
  readonly firstEventAt: number;
  readonly lastEventAt: number;
  readonly events: number;
}

/** A block is closed at this size, so that a reader holds about this much of a segment, or one long record. */
const blockBytes = 64 * 1024;
/** A file up to this size is read at once. */
const shortBytes = 32 * 1024;
/** How much one step of the scan reads: about 1 ms of checking. */
const scanBytes = 256 * 1024;

/**
 * What is known of one segment: its blocks, found by reading it once from front to back in steps. Only whole frames
 * count; a torn or damaged frame ends the segment for as long as it stays so (a live writer may be in the middle of it).
 */
export class SegmentIndex {
  readonly #path: string;
  readonly #blocks: Block[] = [];
  #end = 0;
  #frames = 0;
  #foreign: string | undefined;
  #scan: Promise<void> = Promise.resolve();

  constructor(directory: string, file: string) {
    this.#path = join(directory, file);
  }

  /** The blocks found so far. The last one may be replaced by a longer one as the segment grows. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** Where the last whole frame found so far ends. */
  get end(): number {
    return this.#end;
  }

  /**
   * Reads the next step, at most up to `limit` bytes from the start of the file. Answers whether more frames are known
   * than at the call; false at the end of what there is. A file that is gone, or is no segment of ours, has nothing more.
   * Calls go one after the other, each to its own limit.
   */
  async extend(limit = Number.POSITIVE_INFINITY): Promise<boolean> {
    const before = this.#frames;
    const step = this.#scan.then(() => this.#step(limit));
    this.#scan = step.catch(() => {});
    await step;
    return this.#frames > before;
  }

  /** Reads all that there is of a file that nobody writes to any more. Answers what is wrong with it, in words. */
  async readWhole(): Promise<string | undefined> {
    const short = this.#readShort();
    if (short) return this.#foreign ?? this.#damageAfter(short.size);
    return (
      this.#foreign ??
      (await this.#withFile(async (handle, size) => {
        for (let before = -1; before < this.#frames; ) {
          before = this.#frames;
          await this.#stepIn(handle, size);
        }
        return this.#foreign ?? this.#damageAfter(size);
      })) ??
      this.#foreign
    );
  }

  /**
   * Reads one that is short, as most are, at once: by way of another thread for each step it would cost ten times as much. Undefined
   * for one that is not, or that cannot be opened or is no file, which is said otherwise.
   */
  #readShort(): { readonly size: number } | undefined {
    if (this.#end > 0) return undefined;
    const bytes = readShortFile(this.#path);
    if (!bytes) return undefined;
    if (this.#readHeaderOf(bytes.subarray(0, fileHeaderBytes))) this.#take(bytes.subarray(fileHeaderBytes));
    return { size: bytes.length };
  }

  /** What is wrong with a file that nobody writes to any more and that was read to its end, in words. */
  async damage(): Promise<string | undefined> {
    if (this.#foreign !== undefined) return this.#foreign;
    return this.#damageAfter((await this.#withFile(async (_, size) => size)) ?? this.#end);
  }

  #damageAfter(size: number): string | undefined {
    return size > this.#end ? `is whole up to byte ${this.#end} of ${size}; what follows cannot be read` : undefined;
  }

  /** What of its first `bytes`, which it once had, cannot be read, in words; undefined if all can. It was read to its end. */
  async lossBefore(bytes: number): Promise<string | undefined> {
    if (this.#end >= bytes) return undefined;
    return (await this.damage()) ?? `is whole up to byte ${this.#end} of ${bytes}; the rest is gone`;
  }

  /** Reads a block found before. Answers undefined when the file is gone. */
  async read(block: Block): Promise<Uint8Array | undefined> {
    return this.#withFile((handle) => readAt(handle, block.offset, block.end - block.offset));
  }

  async #step(limit: number): Promise<void> {
    await this.#withFile((handle) => this.#stepIn(handle, limit));
  }

  async #stepIn(handle: FileHandle, limit: number): Promise<void> {
    if (this.#end === 0) await this.#readHeader(handle, limit);
    if (this.#end > 0) await this.#readFrames(handle, limit);
  }

  async #readHeader(handle: FileHandle, limit: number): Promise<void> {
    this.#readHeaderOf(await readAt(handle, 0, Math.min(limit, fileHeaderBytes)));
  }

  #readHeaderOf(bytes: Uint8Array): boolean {
    const header = readFileHeader(bytes);
    if (header.kind === 'whole') this.#end = fileHeaderBytes;
    this.#foreign = header.kind === 'foreign' ? header.words : undefined;
    return header.kind === 'whole';
  }

  async #readFrames(handle: FileHandle, limit: number): Promise<void> {
    let wanted = scanBytes;
    for (;;) {
      const length = Math.min(wanted, limit - this.#end);
      const bytes = await readAt(handle, this.#end, length);
      const needed = this.#take(bytes);
      // One frame longer than a step: read it whole, unless the file ends before it does.
      if (needed <= bytes.length || bytes.length < length || length < wanted) return;
      wanted = needed;
    }
  }

  /** Takes the whole frames in `bytes`, which lie at the end of what is known; returns the bytes a first, longer one needs. */
  #take(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const base = this.#end;
    for (let offset = 0; ; ) {
      const result = readFrame(bytes, view, offset);
      if (result.kind !== 'frame') return result.kind === 'short' && offset === 0 ? result.needed : 0;
      this.#add(base + offset, base + result.end, result.timestamp);
      offset = result.end;
    }
  }

  #add(offset: number, end: number, timestamp: number): void {
    const last = this.#blocks.at(-1);
    this.#end = end;
    this.#frames += 1;
    if (!last || last.end - last.offset >= blockBytes) {
      this.#blocks.push({ offset, end, firstEventAt: timestamp, lastEventAt: timestamp, events: 1 });
      return;
    }
    this.#blocks[this.#blocks.length - 1] = {
      offset: last.offset,
      end,
      firstEventAt: Math.min(last.firstEventAt, timestamp),
      lastEventAt: Math.max(last.lastEventAt, timestamp),
      events: last.events + 1,
    };
  }

  async #withFile<Result>(work: (handle: FileHandle, size: number) => Promise<Result>): Promise<Result | undefined> {
    const found = await this.#open();
    if (!found) return undefined;
    try {
      return await work(found.handle, found.size);
    } finally {
      await found.handle.close();
    }
  }

  /** Undefined where there is no file. What lies there instead may be a pipe, whose writer a usual open would wait for. */
  async #open(): Promise<{ readonly handle: FileHandle; readonly size: number } | undefined> {
    const handle = await open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
      if (isNoFile(error)) this.#foreign = noFile;
      else if (!isMissing(error)) throw error;
    });
    if (!handle) return undefined;
    const found = await handle.stat();
    if (found.isFile()) return { handle, size: found.size };
    await handle.close();
    this.#foreign = noFile;
    return undefined;
  }
}

const noFile = 'is no file';

/** A socket, or a link that leads round in a circle. */
function isNoFile(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENXIO' || code === 'ELOOP';
}

/** Nothing is at a path: it is not there, or a file is in the place of a directory above it. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Undefined for one that is longer, is no file, or cannot be opened. */
function readShortFile(path: string): Uint8Array | undefined {
  const file = openOrNot(path);
  if (file === undefined) return undefined;
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > shortBytes) return undefined;
    const bytes = new Uint8Array(found.size);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/** What lies there instead may be a pipe, whose writer a usual open would wait for. */
function openOrNot(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined; // the usual way says why
  }
}

/** Reads `length` bytes from `offset`; fewer only where the file ends. */
async function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, length));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
