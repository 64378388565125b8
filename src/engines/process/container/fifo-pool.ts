import { execFileSync } from 'node:child_process';
import { closeSync, constants, lstatSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorWords, Shortage } from '../errors.ts';
import { processLimits } from '../limits.ts';

/** One named pipe, of one container. */
export interface Fifo {
  readonly path: string;
}

const batch = 24;

/**
 * Named pipes for jobs. Node's own `pipe` is a socket pair, and a job that opens /dev/stdout or /dev/stderr by name,
 * as many scripts do, gets ENXIO from a socket. Making one costs a process, so they are made by the dozen and used again.
 */
export class FifoPool {
  readonly #directory: string;
  readonly #mkfifo: string;
  readonly #free: Fifo[] = [];
  #made = 0;

  /** Empties `directory`; nothing else may use it. */
  constructor(directory: string, mkfifo: string) {
    this.#directory = directory;
    this.#mkfifo = mkfifo;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { mode: 0o700 });
  }

  /** Throws `Shortage` where none can be made: no task is the worse for it. What somebody has taken away meanwhile is made anew. */
  take(): Fifo {
    for (let fifo = this.#free.pop(); fifo; fifo = this.#free.pop()) if (isThere(fifo)) return fifo;
    this.#make();
    const made = this.#free.pop();
    if (!made || !isThere(made)) throw new Shortage('no named pipe could be made');
    return made;
  }

  /** Gives one back that no other process has ever had. */
  giveBack(fifo: Fifo): void {
    this.#free.push(fifo);
  }

  /** Drops one, whoever may still hold it. */
  discard(fifo: Fifo): void {
    rmSync(fifo.path, { recursive: true, force: true });
  }

  #make(): void {
    const paths = Array.from({ length: batch }, () => {
      this.#made += 1;
      return join(this.#directory, String(this.#made));
    });
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      // Any user may open it, by /proc/self/fd alone: the directory lets nobody else in.
      execFileSync(this.#mkfifo, ['-m', '666', ...paths], {
        env: {},
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: processLimits.hostProgramMs,
      });
    } catch (error) {
      throw new Shortage(
        `no named pipes could be made in ${this.#directory}: ${errorWords(error).trim().split('\n').at(-1)}`,
      );
    }
    this.#free.push(...paths.map((path) => ({ path })));
  }
}

function isThere({ path }: Fifo): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

/** Both ends of a pipe that the runner reads and a job writes. The reading end never blocks, the writing end does. */
export function openForReading(fifo: Fifo): { readonly read: number; readonly write: number } {
  const read = openSync(fifo.path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return { read, write: openSync(fifo.path, constants.O_WRONLY) };
  } catch (error) {
    closeSync(read);
    throw error;
  }
}

/** Both ends of a pipe that the runner writes and a launcher reads to its end: only the runner has a writing end. */
export function openForWriting(fifo: Fifo): { readonly read: number; readonly write: number } {
  const write = openSync(fifo.path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    return { read: openSync(fifo.path, constants.O_RDONLY), write };
  } catch (error) {
    closeSync(write);
    throw error;
  }
}
