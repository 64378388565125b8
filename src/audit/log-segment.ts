import { type FileHandle, open } from 'node:fs/promises';
import { type Block, BlockIndex, hashOf, type Sought } from './block-index.ts';
import { frameAt, framesIn, logHeader, mayGoOn } from './frames.ts';
import type { Segment } from './segment.ts';

const step = 256 * 1024;

/** A segment as it is written: plain frames. Its index is made when it is asked for, and extended as the file grows. */
export class LogSegment implements Segment {
  readonly number: number;
  readonly path: string;
  readonly #index = new BlockIndex(logHeader.length);
  readonly #written: () => number;
  #extending: Promise<void> | undefined;
  #successor: Segment | undefined;

  /** `written` says up to where there are whole frames: of a file that nobody writes to any more, its size. */
  constructor(number: number, path: string, written: () => number) {
    this.number = number;
    this.path = path;
    this.#written = written;
  }

  /** From now on `packed` answers, which holds the same: the file may go while somebody reads. */
  becomes(packed: Segment): void {
    this.#successor = packed;
  }

  /** Where its frames end that could be read; what follows is torn, or was damaged. */
  async end(): Promise<number> {
    await this.#extend();
    return this.#index.end;
  }

  /** What its frames hold, in their order, without an index. */
  async *payloads(): AsyncGenerator<readonly string[]> {
    await using handle = await open(this.path, 'r');
    const until = this.#written();
    for (let start = logHeader.length, length = step; start < until; ) {
      const bytes = await readAt(handle, start, Math.min(length, until - start));
      const { payloads, used } = framesIn(bytes);
      yield payloads;
      start += used;
      if (used > 0) length = step;
      else if (bytes.length === length && mayGoOn(bytes, 0)) length *= 2;
      else return;
    }
  }

  async blocks(): Promise<readonly Block[]> {
    if (this.#successor) return this.#successor.blocks();
    await this.#extend();
    return this.#index.blocks;
  }

  async blocksWith(sought: Sought): Promise<readonly number[]> {
    if (this.#successor) return this.#successor.blocksWith(sought);
    await this.#extend();
    const hash = hashOf(sought);
    return [...this.#index.hashes.keys()].filter((block) => this.#index.hashes[block]?.has(hash));
  }

  /** What each block has, for a sidecar. */
  async hashes(): Promise<readonly ReadonlySet<number>[]> {
    await this.#extend();
    return this.#index.hashes;
  }

  async read(number: number): Promise<Buffer> {
    if (this.#successor) return this.#successor.read(number);
    const block = (await this.blocks())[number];
    if (!block) return Buffer.alloc(0);
    await using handle = await open(this.path, 'r');
    return readAt(handle, block.offset, block.length);
  }

  /** One pass at a time: two would add the same frames twice. */
  async #extend(): Promise<void> {
    this.#extending ??= this.#readOn().finally(() => {
      this.#extending = undefined;
    });
    await this.#extending;
  }

  async #readOn(): Promise<void> {
    const until = this.#written();
    if (this.#index.end >= until) return;
    await using handle = await open(this.path, 'r');
    for (let length = step; this.#index.end < until; ) {
      const start = this.#index.end;
      const asked = Math.min(length, until - start);
      const bytes = await readAt(handle, start, asked);
      const used = this.#addFrames(bytes);
      if (used > 0) length = step;
      else if (bytes.length === asked && asked < until - start && mayGoOn(bytes, 0)) length *= 2;
      else return;
    }
  }

  #addFrames(bytes: Buffer): number {
    let offset = 0;
    for (let frame = frameAt(bytes, 0); frame; frame = frameAt(bytes, offset)) {
      this.#index.add(frame, frame.end - offset);
      offset = frame.end;
    }
    return offset;
  }
}

/** `length` bytes of a file from `offset` on, or those that there are. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
