import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { isDiskFull } from '../../../core/disk-full.ts';
import { pause } from '../../../core/pause.ts';
import { isShortOfFiles } from '../../../core/short-of-files.ts';
import { SegmentWriter } from '../../../segments/index.ts';
import type { LogSink } from '../../contract.ts';
import { EventGatherer } from '../../event-gatherer.ts';
import { startOf } from '../../event-start.ts';
import { LineSplitter } from '../../lines.ts';
import { bytesBesideLine, outputLimitWords } from '../../output-limit.ts';
import { dockerLimits } from '../docker-limits.ts';
import type { LogPiece } from './frames.ts';
import type { WrittenLines } from './written-lines.ts';

export interface LineSinkOptions {
  readonly sink: LogSink;
  readonly directory: string;
  readonly clock: Clock;
  readonly onDamage: (words: string) => void;
}

interface Line {
  readonly at: number;
  readonly bytes: Buffer;
}

/**
 * Writes the pieces of a container's output to its segments, line by line, each with its time, leaving out what a server before
 * this one has written. While the disk is full it waits, and loses nothing.
 */
export class LineSink {
  readonly #options: LineSinkOptions;
  readonly #written: WrittenLines;
  /** The container's streams, each with the line that is under way in it. */
  readonly #streams = new Map<number, LineSplitter>();
  readonly #events: EventGatherer | undefined;
  readonly #waiting: Line[] = [];
  #writer: SegmentWriter | undefined;
  #bytes: number;
  /** Of the last piece. */
  #at = 0;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #cancelFlush: CancelTimer | undefined;
  /** What a write met while nobody waited for it. */
  #failure: { readonly error: unknown } | undefined;

  constructor(options: LineSinkOptions, written: WrittenLines) {
    this.#options = options;
    this.#written = written;
    this.#bytes = written.bytes;
    const start = startOf(options.sink);
    this.#events =
      start &&
      new EventGatherer({
        start,
        clock: options.clock,
        maximumBytes: dockerLimits.lineBytes,
        sink: (event, at) => this.#event(event, at),
        onSilence: () => this.#flushAlone(),
      });
  }

  /** It has all that it is to have: what more comes is dropped. */
  get isFull(): boolean {
    return this.#bytes > this.#options.sink.maximumBytes;
  }

  async take(pieces: readonly LogPiece[]): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    for (const { stream, at, bytes } of pieces) {
      this.#at = at;
      this.#splitterOf(stream).push(bytes);
      await this.#drain();
    }
    this.#flushSoon();
  }

  #splitterOf(stream: number): LineSplitter {
    const found = this.#streams.get(stream);
    if (found) return found;
    const made = new LineSplitter(dockerLimits.lineBytes, (line) => this.#line(line));
    this.#streams.set(stream, made);
    return made;
  }

  /**
   * Resolves once all that it took is in the segments; a line that has not ended is one with the end of all output, and else
   * for the next server to read.
   */
  async close(isWhole: boolean): Promise<void> {
    this.#cancelFlush?.();
    if (isWhole) for (const stream of this.#streams.values()) stream.end();
    if (isWhole) this.#events?.end();
    else this.#events?.forget();
    try {
      await this.#drain();
      await this.#insist(() => this.#writer?.flush());
    } finally {
      // What could not be written is read again: its descriptor must not stay open.
      this.#writer?.close();
    }
  }

  /** A line's time is that of the piece with its end: read again from the middle of it, it is the same line. */
  #line(line: Buffer): void {
    if (this.#events) this.#events.push(line, this.#at);
    else this.#event(line, this.#at);
  }

  #event(line: Buffer, at: number): void {
    if (this.isFull || this.#isThere(at)) return;
    this.#bytes += line.length + bytesBesideLine;
    const { maximumBytes } = this.#options.sink;
    this.#waiting.push({ at, bytes: this.isFull ? Buffer.from(outputLimitWords(maximumBytes)) : Buffer.from(line) });
  }

  #isThere(at: number): boolean {
    const { completeUntil, counts } = this.#written;
    if (at < completeUntil) return true;
    const count = counts.get(at) ?? 0;
    if (count > 0) counts.set(at, count - 1);
    return count > 0;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#insist(() => this.#writeWaiting());
    }
  }

  #writeWaiting(): void {
    for (let line = this.#waiting[0]; line; line = this.#waiting[0]) {
      this.#writer ??= SegmentWriter.open(this.#options.directory, { onDamage: this.#options.onDamage });
      this.#writer.append(line.at, line.bytes);
      this.#waiting.shift();
    }
  }

  #flushSoon(): void {
    const { clock } = this.#options;
    const wait = this.#flushedAt + dockerLimits.flushEveryMs - clock.monotonic();
    if (wait > 0) this.#cancelFlush ??= clock.after(wait, () => this.#flushAlone());
    else this.#flush();
  }

  /** What goes wrong is for who next gives lines, or closes: the writer has lost nothing, and meets it again. */
  #flushAlone(): void {
    try {
      this.#flush();
    } catch (error) {
      this.#failure = { error };
    }
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#flushedAt = this.#options.clock.monotonic();
    try {
      this.#writeWaiting();
      this.#writer?.flush();
    } catch (error) {
      if (!mayPass(error)) throw error;
      this.#flushSoon();
    }
  }

  /** Tries again until there is room. */
  async #insist(write: () => void): Promise<void> {
    for (;;) {
      try {
        write();
        return;
      } catch (error) {
        if (!mayPass(error)) throw error;
        await pause(this.#options.clock, dockerLimits.diskCheckMs);
      }
    }
  }
}

function mayPass(error: unknown): boolean {
  return isDiskFull(error) || isShortOfFiles(error);
}
