import { join } from 'node:path';
import { BlockFrames, type SegmentRecord } from './block-frames.ts';
import { type NumberedFile, numberFiles, type SegmentFile } from './segment-files.ts';
import type { Block, SegmentIndex } from './segment-index.ts';
import type { SegmentIndexes } from './segment-indexes.ts';
import type { SegmentPosition } from './segment-position.ts';

export interface SegmentReaderOptions {
  /** The segments of one prefix, in any order. */
  readonly files: readonly SegmentFile[];
  readonly direction: 'forward' | 'backward';
  /** Where to begin: with the record after it going forward, with the one before it going backward. */
  readonly position: SegmentPosition;
  /** Only records with `from <= timestamp < to`. @default all */
  readonly from?: number;
  readonly to?: number;
  /** Hears, in words with the path and once a file, of what `files` say is in one and cannot be read. */
  readonly onDamage?: (words: string) => void;
}

/** What a call of `fill` came to: records to take; nothing yet, call again; or the end of what there is now. */
export type FillResult = 'records' | 'nothing-yet' | 'end';

/**
 * Walks the records of one directory and prefix a block at a time: it holds some 64 KiB, or one longer record, and no
 * step reads more than about 256 KiB. A position that is no boundary (a forged token) counts as the next boundary in
 * the direction of the walk.
 */
export class SegmentReader {
  readonly #indexes: SegmentIndexes;
  readonly #directory: string;
  readonly #direction: 'forward' | 'backward';
  readonly #files: readonly NumberedFile[];
  readonly #from: number;
  readonly #to: number;
  readonly #onDamage: (words: string) => void;
  readonly #damaged = new Set<string>();
  #file = 0;
  #frames: BlockFrames | undefined;
  /** How many of the frames have been taken, and the record after them. */
  #taken = 0;
  #head: SegmentRecord | undefined;
  #passed: SegmentPosition;
  /** Where `#passed` moves when the last of `#frames` is taken. */
  #passedThen: SegmentPosition;
  #bytesRead = 0;

  constructor(indexes: SegmentIndexes, directory: string, options: SegmentReaderOptions) {
    const { direction, position } = options;
    this.#indexes = indexes;
    this.#directory = directory;
    this.#direction = direction;
    this.#from = options.from ?? Number.NEGATIVE_INFINITY;
    this.#to = options.to ?? Number.POSITIVE_INFINITY;
    this.#onDamage = options.onDamage ?? (() => {});
    this.#passed = position;
    this.#passedThen = position;
    const files = numberFiles(options.files);
    this.#files =
      direction === 'forward'
        ? files.filter((file) => file.number >= position.segment)
        : files.filter((file) => file.number <= position.segment).reverse();
  }

  /** Bytes read and checked so far, for callers that bound their work. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** The record that `take` would give; undefined when `fill` must be called. */
  peek(): SegmentRecord | undefined {
    return this.#head;
  }

  take(): SegmentRecord | undefined {
    const record = this.#head;
    if (!record) return undefined;
    this.#taken += 1;
    this.#showHead();
    return record;
  }

  /** The boundary between what was taken or passed over and the rest: where a later walk goes on, or turns back. */
  get position(): SegmentPosition {
    const next = this.peek();
    if (!next) return this.#passed;
    return { segment: next.segment, offset: this.#direction === 'forward' ? next.offset : next.end };
  }

  /** Reads one step further, if there is nothing left to take. */
  async fill(): Promise<FillResult> {
    if (this.peek()) return 'records';
    const file = this.#files[this.#file];
    if (!file) return 'end';
    if ((await this.#step(file)) === 'file-done') this.#file += 1;
    return this.peek() ? 'records' : 'nothing-yet';
  }

  async #step(file: NumberedFile): Promise<'stepped' | 'file-done'> {
    if (this.#isOutside(file)) return this.#passFile(file);
    const index = this.#indexes.of(this.#directory, file.file);
    if (this.#direction === 'backward' && (await this.#extendTo(index, file))) return 'stepped';
    const block = this.#nextBlock(index, file);
    if (block) await this.#load(index, file, block);
    else if (this.#direction === 'backward' || !(await this.#extend(index, file))) return 'file-done';
    return 'stepped';
  }

  /** Going backward a segment must be known up to where the walk begins in it. Answers whether there may be more to find. */
  async #extendTo(index: SegmentIndex, file: NumberedFile): Promise<boolean> {
    return index.end < this.#offsetIn(file) && (await this.#extend(index, file));
  }

  async #extend(index: SegmentIndex, file: NumberedFile): Promise<boolean> {
    const before = index.end;
    const more = await index.extend(file.bytes);
    this.#bytesRead += index.end - before;
    if (!more) await this.#tellLoss(index, file);
    return more;
  }

  async #tellLoss(index: SegmentIndex, { file, bytes = 0 }: NumberedFile): Promise<void> {
    const words = this.#damaged.has(file) ? undefined : await index.lossBefore(bytes);
    if (words === undefined) return;
    this.#damaged.add(file);
    this.#onDamage(`${join(this.#directory, file)} ${words}`);
  }

  #nextBlock(index: SegmentIndex, file: NumberedFile): Block | undefined {
    const offset = this.#offsetIn(file);
    if (this.#direction === 'forward' && offset >= limitOf(file)) return undefined;
    return this.#direction === 'forward'
      ? index.blocks.find((block) => block.end > offset)
      : index.blocks.findLast((block) => block.offset < offset);
  }

  async #load(index: SegmentIndex, file: NumberedFile, block: Block): Promise<void> {
    const offset = this.#offsetIn(file);
    const forward = this.#direction === 'forward';
    const end = Math.min(block.end, limitOf(file));
    this.#passedThen = { segment: file.number, offset: forward ? end : block.offset };
    const bytes = this.#isOutside(block) ? undefined : await index.read(block);
    this.#bytesRead += bytes?.length ?? 0;
    const place = { segment: file.number, base: block.offset };
    this.#frames = new BlockFrames(bytes ?? new Uint8Array(), place, (timestamp, frameOffset, frameEnd) => {
      if (timestamp < this.#from || timestamp >= this.#to) return false;
      return forward ? frameOffset >= offset && frameEnd <= end : frameEnd <= offset;
    });
    this.#taken = 0;
    this.#showHead();
  }

  #showHead(): void {
    const count = this.#frames?.count ?? 0;
    this.#head = this.#frames?.record(this.#direction === 'forward' ? this.#taken : count - 1 - this.#taken);
    if (this.#head) return;
    this.#frames = undefined;
    this.#passed = this.#passedThen;
  }

  /** How far the walk has come in `file`, as an offset. */
  #offsetIn(file: NumberedFile): number {
    if (this.#direction === 'forward') return this.#passed.segment === file.number ? this.#passed.offset : 0;
    return this.#passed.segment === file.number ? Math.min(this.#passed.offset, limitOf(file)) : limitOf(file);
  }

  #passFile(file: NumberedFile): 'file-done' {
    const offset = this.#direction === 'forward' ? Math.max(file.bytes ?? 0, this.#offsetIn(file)) : 0;
    this.#passed = { segment: file.number, offset };
    return 'file-done';
  }

  #isOutside(range: { readonly firstEventAt?: number; readonly lastEventAt?: number }): boolean {
    const { firstEventAt, lastEventAt } = range;
    return (
      (lastEventAt !== undefined && lastEventAt < this.#from) ||
      (firstEventAt !== undefined && firstEventAt >= this.#to)
    );
  }
}

function limitOf(file: SegmentFile): number {
  return file.bytes ?? Number.POSITIVE_INFINITY;
}
