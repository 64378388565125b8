import type { CancelTimer, Clock } from '../core/clock.ts';
import type { EventStart } from './event-start.ts';

/** After so long without another line an event is over, in ms. */
export const eventSilence = 1_000;

export interface EventGathererOptions {
  readonly start: EventStart;
  readonly clock: Clock;
  /** An event that would be longer ends before the line that makes it so. */
  readonly maximumBytes: number;
  /** Takes an event over, with the time of its first line. */
  readonly sink: (event: Buffer, at: number) => void;
  /** An event has ended, and been taken over, though nothing came after it. */
  readonly onSilence: () => void;
}

/**
 * Makes events of lines: each begins with a line that says so, and has the lines that follow. One is over with the next, with its
 * size, and with silence, by the times of the lines and by the clock.
 */
export class EventGatherer {
  readonly #options: EventGathererOptions;
  #lines: Buffer[] = [];
  #bytes = 0;
  #firstAt = 0;
  #lastAt = 0;
  #heardAt = 0;
  #cancel: CancelTimer | undefined;

  constructor(options: EventGathererOptions) {
    this.#options = options;
  }

  /** Takes a line, whose bytes may be used again afterwards. */
  push(line: Buffer, at: number): void {
    const { start, maximumBytes } = this.#options;
    const isFull = this.#bytes + 1 + line.length > maximumBytes;
    if (isFull || at - this.#lastAt >= eventSilence || start.begins(line)) this.end();
    if (this.#lines.length === 0) this.#firstAt = at;
    else this.#bytes += 1;
    this.#lines.push(Buffer.from(line));
    this.#bytes += line.length;
    // Many small pieces take more memory than their bytes.
    if (this.#lines.length > 256) this.#lines = [this.#joined()];
    this.#lastAt = at;
    this.#heardAt = this.#options.clock.monotonic();
    this.#endInSilence(eventSilence);
  }

  /** The event under way is over. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#lines.length === 0) return;
    const event = this.#joined();
    this.#lines = [];
    this.#bytes = 0;
    this.#options.sink(event, this.#firstAt);
  }

  /** The event under way is not wanted any more. */
  forget(): void {
    this.#lines = [];
    this.#bytes = 0;
    this.end();
  }

  #joined(): Buffer {
    const [first] = this.#lines;
    if (first && this.#lines.length === 1) return first;
    return Buffer.concat(this.#lines.flatMap((line, index) => (index === 0 ? [line] : [lineEnd, line])));
  }

  /** One timer for many lines: it goes on for as long as the last of them is young. */
  #endInSilence(wait: number): void {
    const { clock } = this.#options;
    this.#cancel ??= clock.after(wait, () => {
      this.#cancel = undefined;
      const left = this.#heardAt + eventSilence - clock.monotonic();
      if (left > 0) return this.#endInSilence(left);
      this.end();
      this.#options.onSilence();
    });
  }
}

const lineEnd = Buffer.from('\n');
