import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskId } from '../../../core/ids.ts';
import { readOwnFile } from '../../../core/own-file.ts';
import { makeWayForDirectory, setAside } from '../../../core/set-aside.ts';
import { Turns } from '../../../core/turns.ts';
import { replaceFileAside } from '../../../core/whole-file.ts';
import { parseTaskFile, type TaskFile } from './task-record.ts';

const suffix = '.json';

/** The files of all tasks that are not released: `<task id>.json`, each written whole, durable once `write` resolves. */
export class TaskFiles {
  readonly #directory: string;
  readonly #warn: (words: string) => void;
  readonly #turns = new Turns();

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

  write(taskId: TaskId, file: TaskFile): Promise<void> {
    return this.#turns.take(taskId, () => replaceFileAside(this.#path(taskId), JSON.stringify(file)));
  }

  remove(taskId: TaskId): Promise<void> {
    return this.#turns.take(taskId, async () => rmSync(this.#path(taskId), { force: true }));
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
    const file = found.kind === 'read' ? parseTaskFile(found.content.toString()) : undefined;
    if (!file && found.kind !== 'none') this.#warn(`${path} was damaged; it is now ${setAside(path)}`);
    return file;
  }
}
