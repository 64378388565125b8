import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { CommitRefused } from './failure.ts';

/**
 * The files of an open database, held to see that they keep their names. The kernel lets SQLite write on into a file that was
 * removed, or whose name another was given, and all that would be gone with the process, without a word.
 *
 * Closing any descriptor of a database takes the process's lock on it: `close` comes after the connection's own.
 */
export class NamedFiles {
  readonly #paths: readonly string[];
  readonly #held = new Map<string, number>();

  constructor(directory: string) {
    this.#paths = ['store.sqlite', 'store.sqlite-wal'].map((name) => join(directory, name));
    this.hold();
  }

  /** Takes those that are there by now: SQLite makes the log when it first needs it. */
  hold(): void {
    for (const path of this.#paths) {
      if (this.#held.has(path)) continue;
      const descriptor = openIfThere(path);
      if (descriptor !== undefined) this.#held.set(path, descriptor);
    }
  }

  /** Throws `CommitRefused` once one has lost its name. */
  check(): void {
    for (const [path, descriptor] of this.#held) {
      if (fstatSync(descriptor).nlink === 0) throw new CommitRefused('not-leading', wordsOf(path));
    }
  }

  close(): void {
    for (const descriptor of this.#held.values()) closeSync(descriptor);
    this.#held.clear();
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function wordsOf(path: string): string {
  return (
    `${path} was removed, or another file put in its place, while this server ran: what is committed would be gone with the ` +
    'server, so nothing more is changed and no job is placed. What it knows can be read from it until it ends'
  );
}
