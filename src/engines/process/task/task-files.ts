import { appendFileSync, lstatSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { rm, rmdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { EpochMilliseconds, TaskId } from '../../../core/ids.ts';
import type { ResolvedImage } from '../../../core/job.ts';
import { jsonOf } from '../../../core/json-of.ts';
import { readOwnFile } from '../../../core/own-file.ts';
import { setAside } from '../../../core/set-aside.ts';
import type { Digest } from '../../../images/index.ts';
import type { EngineEvent, TaskOrigin } from '../../contract.ts';
import { errorCode } from '../errors.ts';
import type { CgroupPlaces } from '../host/cgroups.ts';
import type { ProcessIdentity } from '../host/proc.ts';

export type EndedEvent = Extract<EngineEvent, { kind: 'ended' }>;

/** What must be known of a task's processes to find and end them when their runner is dead. It holds no secret. */
export interface TaskRecord {
  readonly formatVersion: 1;
  readonly taskId: TaskId;
  readonly label: string;
  readonly origin?: TaskOrigin;
  readonly bootId: string;
  /** When `go` was given. */
  readonly at: EpochMilliseconds;
  /** Of a node in its gang. */
  readonly address?: string;
  readonly notes: readonly string[];
  readonly instanceId: string;
  readonly cgroups: CgroupPlaces;
  readonly containers: readonly ContainerRecord[];
  /** By container; absent: none runs in an image. Their files are kept until it is released. */
  readonly images?: Readonly<Record<string, ResolvedImage & { readonly id: Digest }>>;
  /** What all processes of the task end with, where its containers share theirs. */
  readonly holder?: ProcessIdentity;
}

export interface ContainerRecord {
  readonly name: string;
  /** The launcher, which becomes the sandbox; it leads a session of its own. */
  readonly launcher: ProcessIdentity;
  readonly cgroup: string;
  readonly scratch: string;
}

/** How far a task has come, by its files alone. */
export type TaskOnDisk =
  | { readonly state: 'claimed'; readonly record?: TaskRecord }
  | { readonly state: 'running'; readonly record: TaskRecord }
  | { readonly state: 'ended' | 'tombstone'; readonly record?: TaskRecord; readonly end: EndedEvent }
  /** `go`: it may have run, and nothing says as what. `exit.json`: it has ended, and nothing says how. */
  | { readonly state: 'damaged'; readonly record?: TaskRecord; readonly file: string };

interface EndFile {
  readonly formatVersion: 1;
  readonly tombstone: boolean;
  readonly end: EndedEvent;
}

/**
 * The files of tasks. Every step is one system call that happened or did not, so a killed process leaves no half step:
 * the claim is a `mkdir`, `go` is the rename of the record, the end is one line more in it, or the rename of a file of
 * its own where there was no `go`. A torn line is none. Nothing is synced to the medium: what a power failure takes back
 * is a task of another boot, which is lost anyway.
 */
export class TaskFiles {
  readonly #directory: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#directory = directory;
  }

  /** Ids of all tasks that have a directory. */
  list(): TaskId[] {
    return readdirSync(this.#directory).filter(isTaskId);
  }

  /** Takes a task id for ever, or until `remove`; false if it was taken. */
  claim(taskId: TaskId): boolean {
    try {
      mkdirSync(this.#path(taskId), { mode: 0o700 });
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
  }

  /** Says which processes the task will be, before they may become it. */
  record(record: TaskRecord): void {
    writeFileSync(this.#path(record.taskId, recordFile), JSON.stringify(record), { mode: 0o600 });
  }

  /** From here on the task may have run. */
  go(taskId: TaskId): void {
    renameSync(this.#path(taskId, recordFile), this.#path(taskId, goFile));
  }

  /** Keeps the terminal report of a task that went, in its own runner. */
  endAfterGo(end: EndedEvent): void {
    const file: EndFile = { formatVersion: 1, tombstone: false, end };
    appendFileSync(this.#path(end.taskId, goFile), `\n${JSON.stringify(file)}\n`);
  }

  /** Keeps the terminal report of any task; `tombstone` if it was stopped before it was started. */
  end(end: EndedEvent, tombstone: boolean): void {
    const file: EndFile = { formatVersion: 1, tombstone, end };
    const draft = this.#path(end.taskId, draftFile);
    for (const path of [draft, this.#path(end.taskId, endFile)]) this.#makeWay(end.taskId, path);
    writeFileSync(draft, JSON.stringify(file), { mode: 0o600 });
    renameSync(draft, this.#path(end.taskId, endFile));
  }

  isTombstone(taskId: TaskId): boolean {
    return this.read(taskId)?.state === 'tombstone';
  }

  /** How far a task has come; undefined if it has no directory. */
  read(taskId: TaskId): TaskOnDisk | undefined {
    const directory = lstatSync(this.#path(taskId), { throwIfNoEntry: false });
    if (!directory) return undefined;
    if (!directory.isDirectory()) return { state: 'damaged', file: this.#path(taskId) };
    const [goText, endText] = [this.#text(taskId, goFile), this.#text(taskId, endFile)];
    const [goLine = '', endLine = ''] = (goText ?? '').split('\n');
    const gone = parse(recordFormat, goLine);
    const end = parse(endFormat, endLine) ?? parse(endFormat, endText ?? '');
    const record = gone ?? parse(recordFormat, this.#text(taskId, recordFile) ?? '');
    const known = record === undefined ? {} : { record };
    if (end) return { state: end.tombstone ? 'tombstone' : 'ended', ...known, end: end.end };
    if (goText !== undefined && !gone) return { state: 'damaged', ...known, file: this.#path(taskId, goFile) };
    if (gone) return { state: 'running', record: gone };
    return endText === undefined
      ? { state: 'claimed', ...known }
      : { state: 'damaged', ...known, file: this.#path(taskId, endFile) };
  }

  /**
   * Moves a damaged file out of the task's directory, which is removed with the task, or what is in the place of that. Answers
   * where it is now.
   */
  setAside(taskId: TaskId, file: string): string {
    const shelf = `${this.#directory}-damaged`;
    mkdirSync(shelf, { recursive: true, mode: 0o700 });
    const aside = setAside(file, join(shelf, file === this.#path(taskId) ? taskId : `${taskId}.${basename(file)}`));
    mkdirSync(this.#path(taskId), { recursive: true, mode: 0o700 });
    return aside;
  }

  /** Forgets a task. One that went and ended in its own runner has one file, and is gone in two calls. */
  async remove(taskId: TaskId): Promise<void> {
    try {
      await removeIfThere(this.#path(taskId, goFile), unlink);
      await removeIfThere(this.#path(taskId), rmdir);
    } catch (error) {
      if (!leftovers.has(errorCode(error) ?? '')) throw error;
      await rm(this.#path(taskId), { recursive: true, force: true });
    }
  }

  /** What is no file in the place of one goes to the shelf. */
  #makeWay(taskId: TaskId, path: string): void {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found && !found.isFile()) this.setAside(taskId, path);
  }

  #path(taskId: TaskId, file = ''): string {
    if (!isTaskId(taskId)) throw new RangeError(`${taskId} is not a task id`);
    return join(this.#directory, taskId, file);
  }

  /** Undefined if there is no such file. */
  #text(taskId: TaskId, file: string): string | undefined {
    const found = readOwnFile(this.#path(taskId, file));
    if (found.kind === 'none') return undefined;
    return found.kind === 'read' ? found.content.toString() : '';
  }
}

/** What a runner wrote is taken at its word; what is torn, or of another version or program, is not. */
const recordFormat = z.custom<TaskRecord>((value) => isFormat1(value) && 'containers' in value && 'taskId' in value);
const endFormat = z.custom<EndFile>((value) => isFormat1(value) && 'end' in value && isObject(value.end));

function parse<Format extends z.ZodType>(format: Format, text: string): z.output<Format> | undefined {
  return format.safeParse(jsonOf(text)).data;
}

function isFormat1(value: unknown): value is object {
  return isObject(value) && 'formatVersion' in value && value.formatVersion === 1;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

async function removeIfThere(path: string, remove: (path: string) => Promise<void>): Promise<void> {
  try {
    await remove(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** More than `go` is there, or what is no file. */
const leftovers: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EISDIR', 'EPERM', 'ENOTDIR']);

const recordFile = 'record.json';
const goFile = 'go';
const endFile = 'exit.json';
const draftFile = 'exit.json.draft';

/** Whether `text` may be a directory's name: an id of the service's, and never a path. */
export function isTaskId(text: string): text is TaskId {
  return /^[0-9A-Za-z][0-9A-Za-z-]{0,63}$/.test(text);
}
