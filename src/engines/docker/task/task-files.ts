import { mkdirSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { appendLine, lastLineOf } from '../../../core/appended-line.ts';
import type { TaskId } from '../../../core/ids.ts';
import { type OwnFile, readOwnFile } from '../../../core/own-file.ts';
import { makeWayForDirectory, setAside } from '../../../core/set-aside.ts';
import { Turns } from '../../../core/turns.ts';
import { parseTaskFile, type TaskFile } from './task-record.ts';

const suffix = '.jsonl';

/**
 * The files of all tasks that are not released: `<task id>.jsonl`, each a task's states, one to a line, of which the last whole
 * one counts.
 */
export class TaskFiles {
  readonly #directory: string;
  readonly #warn: (words: string) => void;
  readonly #turns = new Turns();
  /** Those whose files a power failure leaves. */
  readonly #named = new Set<TaskId>();

  constructor(directory: string, warn: (words: string) => void) {
    this.#directory = directory;
    this.#warn = warn;
  }

  /** Reads all. What is damaged is set aside, and said. */
  open(): ReadonlyMap<TaskId, TaskFile> {
    makeWayForDirectory(this.#directory, this.#warn);
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const names = readdirSync(this.#directory).filter((name) => name.endsWith(suffix));
    return new Map(
      names.flatMap((name) => {
        const file = this.#read(join(this.#directory, name));
        return file ? [[name.slice(0, -suffix.length) as TaskId, file] as const] : [];
      }),
    );
  }

  /**
   * Once this resolves it outlives the server, and the machine's power too. Rejects with what the file system refuses, and then
   * has not been written.
   */
  write(taskId: TaskId, file: TaskFile): Promise<void> {
    return this.#turns.take(taskId, async () => {
      await appendLine(this.#path(taskId), JSON.stringify(file), this.#named.has(taskId) ? 'machine' : 'new');
      this.#named.add(taskId);
    });
  }

  /** The same of what a power failure may take along: it outlives the server. */
  note(taskId: TaskId, file: TaskFile): Promise<void> {
    return this.#turns.take(taskId, () => appendLine(this.#path(taskId), JSON.stringify(file), 'process'));
  }

  remove(taskId: TaskId): Promise<void> {
    return this.#turns.take(taskId, async () => {
      removeFile(this.#path(taskId));
      this.#named.delete(taskId);
    });
  }

  /** Resolves when nothing is being written. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  #path(taskId: TaskId): string {
    return join(this.#directory, `${taskId}${suffix}`);
  }

  #read(path: string): TaskFile | undefined {
    const found = readOwnFile(path);
    // A power failure has taken a claim along, of which nothing follows.
    if (found.kind === 'read' && found.content.length === 0) rmSync(path);
    else if (found.kind !== 'none') return this.#parse(path, found);
    return undefined;
  }

  #parse(path: string, found: OwnFile): TaskFile | undefined {
    const file = found.kind === 'read' ? parseTaskFile(lastLineOf(found.content)) : undefined;
    if (!file) this.#warn(`${path} was damaged; it is now ${setAside(path)}`);
    return file;
  }
}

/** A tenth of what `rmSync` costs. */
function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
