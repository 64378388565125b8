import { bootId } from '../../../core/boot-id.ts';
import type { TaskId } from '../../../core/ids.ts';
import type { TaskFiles } from './task-files.ts';
import type { TaskFile, TaskRecord } from './task-record.ts';

/** What one task has come to, in memory and in its file. Changes are in memory at once. */
export class KeptState {
  readonly #taskId: TaskId;
  readonly #files: Pick<TaskFiles, 'write' | 'note'>;
  #file: TaskFile;

  constructor(taskId: TaskId, file: TaskFile, files: Pick<TaskFiles, 'write' | 'note'>) {
    this.#taskId = taskId;
    this.#file = file;
    this.#files = files;
  }

  get now(): TaskFile {
    return this.#file;
  }

  /** See `TaskFiles.write`. */
  async write(change: Partial<TaskFile>): Promise<void> {
    this.#file = { ...this.#file, ...change };
    await this.#files.write(this.#taskId, this.#file);
  }

  /** See `TaskFiles.note`. */
  async note(change: Partial<TaskFile>): Promise<void> {
    this.#file = { ...this.#file, ...change };
    await this.#files.note(this.#taskId, this.#file);
  }

  /** Once this resolves it is on the medium that its containers may be started. */
  async foresee(record: TaskRecord, daemonStart: string): Promise<void> {
    await this.write({ record, foreseen: { lifetime: bootId(), daemonStart } });
  }

  /** They are there, and may be started from now on. Where nothing tells boots apart, what was foreseen says nothing. */
  async begin(record: TaskRecord, lifetime: string, daemonStart: string): Promise<void> {
    const change = { record, began: { lifetime, daemonStart } };
    await (bootId() === '' ? this.write(change) : this.note(change));
  }
}
