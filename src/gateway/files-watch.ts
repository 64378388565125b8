import { closeSync, openSync } from 'node:fs';
import type { CancelTimer, Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import { isShortOfFiles } from '../core/short-of-files.ts';

/** How often it is tried whether a file can be opened; that takes some 10 µs. */
const interval: Milliseconds = 1_000;
/** Most connections that give way at once. */
const mostAtOnce = 8;

export interface FilesWatchOptions {
  readonly clock: Clock;
  readonly canOpenFile: () => boolean;
  /** Closes a connection that may give way; false if there is none. */
  readonly giveWay: () => boolean;
}

/**
 * Idle connections give way to whatever else needs a file. That cannot be left to `accept`: what it has no file for libuv
 * accepts with a spare one and closes, in silence; and once another thread has taken the spare one, it neither accepts nor
 * tells anybody, but tries again without end, at a whole core, until files are free again.
 */
export class FilesWatch {
  readonly #options: FilesWatchOptions;
  #cancel: CancelTimer | undefined;

  constructor(options: FilesWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.after(interval, () => {
      this.look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Makes room if there is no file left. */
  look(): void {
    const { canOpenFile, giveWay } = this.#options;
    for (let closed = 0; closed < mostAtOnce && !canOpenFile(); closed++) if (!giveWay()) return;
  }
}

/** Tries it. */
export function canOpenFile(): boolean {
  try {
    closeSync(openSync('/dev/null', 'r'));
    return true;
  } catch (error) {
    if (isShortOfFiles(error)) return false;
    throw error;
  }
}
