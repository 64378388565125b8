import { statfs, statfsSync } from 'node:fs';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { processLimits } from '../limits.ts';

/** What the guard stops and lets go on again. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/**
 * Watches the free disk space under the data directory: below a minimum no job starts, and outputs pause. There is one for all
 * outputs of a process, for as long as there are any: what it has paused, nothing else lets go on.
 */
export class DiskGuard {
  readonly #path: string;
  #minimum: number;
  readonly #clock: Clock;
  readonly #outputs = new Set<Pausable>();
  #written = 0;
  #short = false;
  #cancel: CancelTimer | undefined;

  constructor(path: string, minimumFreeBytes: number, clock: Clock) {
    this.#path = path;
    this.#minimum = minimumFreeBytes;
    this.#clock = clock;
  }

  /** From now on so much is to be free. */
  demand(minimumFreeBytes: number): void {
    this.#minimum = minimumFreeBytes;
  }

  /** Why no job may start now; undefined if one may. */
  shortage(): string | undefined {
    const free = freeBytes(statfsSync(this.#path));
    if (free >= this.#minimum) return undefined;
    return `${mebibytes(free)} MiB of disk are free where Batchyard keeps its data; jobs start again above ${mebibytes(this.#minimum)} MiB`;
  }

  add(output: Pausable): void {
    this.#outputs.add(output);
    if (this.#short) output.pause();
  }

  remove(output: Pausable): void {
    this.#outputs.delete(output);
  }

  /** Counts output; looks at the disk every so often. */
  wrote(bytes: number): void {
    this.#written += bytes;
    if (this.#written < processLimits.diskCheckBytes) return;
    this.#written = 0;
    this.#check();
  }

  /** A write failed for want of space: pauses until there is some. */
  full(): void {
    this.#setShort(true);
  }

  close(): void {
    this.#cancel?.();
  }

  #check(): void {
    statfs(this.#path, (error, stats) => {
      this.#setShort(error === null && freeBytes(stats) < this.#minimum);
    });
  }

  #setShort(short: boolean): void {
    this.#cancel?.();
    if (short) this.#cancel = this.#clock.after(processLimits.diskCheckMs, () => this.#check());
    if (short === this.#short) return;
    this.#short = short;
    for (const output of this.#outputs) {
      if (short) output.pause();
      else output.resume();
    }
  }
}

function freeBytes(stats: { readonly bavail: number; readonly bsize: number }): number {
  return stats.bavail * stats.bsize;
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2);
}
