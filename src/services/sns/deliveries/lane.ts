import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';

/** Begins a piece of work: how long the next must wait from now, and when it is over. Undefined: there was nothing to do. */
type Begin = () => { readonly gap: Milliseconds; readonly over: Promise<void> } | undefined;

interface LaneOptions {
  readonly clock: Clock;
  readonly atOnce: number;
  /** Whether one more may begin, whatever its lane. */
  readonly mayStart: () => boolean;
  readonly onIdle: () => void;
}

/** The way to one endpoint: first come, first served, a few at once, and no faster than its policy says. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #queue = new Map<string, Begin>();
  #active = 0;
  /** By the monotonic clock. */
  #nextAt: Milliseconds = 0;
  #timer: CancelTimer | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  push(name: string, begin: Begin): void {
    this.#queue.set(name, begin);
    this.pump();
  }

  /** Begins what may begin now. */
  pump(): void {
    for (const [name, begin] of this.#queue) {
      if (this.#active >= this.#options.atOnce || !this.#options.mayStart()) return;
      const wait = this.#nextAt - this.#options.clock.monotonic();
      if (wait > 0) {
        this.#pumpLater(wait);
        return;
      }
      this.#queue.delete(name);
      this.#start(begin);
    }
    if (this.#active === 0 && this.#queue.size === 0) this.#retire();
  }

  close(): void {
    this.#queue.clear();
    this.#timer?.();
    this.#timer = undefined;
  }

  #start(begin: Begin): void {
    const begun = begin();
    if (!begun) return;
    this.#active++;
    this.#nextAt = this.#options.clock.monotonic() + begun.gap;
    const end = () => {
      this.#active--;
      this.pump();
    };
    begun.over.then(end, end);
  }

  #pumpLater(wait: Milliseconds): void {
    this.#timer ??= this.#options.clock.after(wait, () => {
      this.#timer = undefined;
      this.pump();
    });
  }

  /** Not before its pace allows another: a lane made anew would not know of this one. */
  #retire(): void {
    const wait = this.#nextAt - this.#options.clock.monotonic();
    if (wait > 0) this.#pumpLater(wait);
    else this.#options.onIdle();
  }
}
