import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { SegmentWriter } from '../../../segments/index.ts';
import { errorWords, isShortage } from '../errors.ts';
import { processLimits } from '../limits.ts';

/** What of a segment writer is used here. */
export type LineWriter = Pick<SegmentWriter, 'append' | 'flush' | 'close' | 'bytesBuffered'>;

interface HeldLine {
  readonly at: number;
  readonly bytes: Buffer;
}

export interface SegmentOutputOptions {
  /** Called with the first line, and again while it fails. */
  readonly open: () => LineWriter;
  readonly clock: Clock;
  /** Disk, memory or descriptors are short: nothing more should be read until they are not. */
  readonly onShortage: () => void;
}

/**
 * Lines on their way to log segments. While there is no room, lines wait in memory, as few as the caller reads on; none is
 * lost, and `close` waits with them. What cannot be written for another reason is given up, and said.
 */
export class SegmentOutput {
  readonly #options: SegmentOutputOptions;
  #writer: LineWriter | undefined;
  #held: HeldLine[] = [];
  #heldBytes = 0;
  #problem: string | undefined;
  #wake: (() => void) | undefined;

  constructor(options: SegmentOutputOptions) {
    this.#options = options;
  }

  /** Why output was given up, in words. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Bytes of lines that wait for room. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes a line of some time over; its bytes may be used again afterwards. */
  append(line: Buffer, at = this.#options.clock.now()): void {
    if (this.#problem !== undefined) return;
    const held = { at, bytes: line };
    if (this.#held.length === 0 && this.#write(held)) return;
    if (this.#problem !== undefined) return;
    this.#held.push({ ...held, bytes: Buffer.from(line) });
    this.#heldBytes += line.length;
  }

  /** Hands all that it can to the system. Answers whether nothing waits any more. */
  flush(): boolean {
    let written = 0;
    while (written < this.#held.length && this.#write(this.#held[written] as HeldLine)) written += 1;
    for (const { bytes } of this.#held.splice(0, written)) this.#heldBytes -= bytes.length;
    return this.#held.length === 0 && this.#attempt(() => this.#writer?.flush());
  }

  /** Drops what waits, and says why. The first reason stands. */
  giveUp(words: string): void {
    if (this.#problem === undefined) this.#problem = words;
    this.#held = [];
    this.#heldBytes = 0;
    this.#wake?.();
  }

  /** Resolves once every line is in the segments, or was given up: it waits for room as long as that takes. */
  async close(): Promise<void> {
    while (this.#problem === undefined && !this.flush()) await this.#pause();
    // Given up: what the writer still has may not be written now either, and its descriptor must not stay open.
    this.#attempt(() => this.#writer?.close());
  }

  #write({ at, bytes }: HeldLine): boolean {
    return this.#attempt(() => {
      this.#writer ??= this.#options.open();
      this.#writer.append(at, bytes);
    });
  }

  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (isShortage(error)) this.#options.onShortage();
      else this.giveUp(`output could not be written: ${errorWords(error)}`);
      return false;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel: CancelTimer = this.#options.clock.after(processLimits.diskCheckMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
