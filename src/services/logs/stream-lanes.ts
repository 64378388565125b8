import { join } from 'node:path';
import {
  findEnd,
  firstPosition,
  listSegments,
  parseSegmentName,
  type SegmentFile,
  type SegmentPosition,
  SegmentReader,
} from '../../segments/index.ts';
import type { LogStreamRecord } from '../../store/index.ts';
import { serverPrefix } from './appenders.ts';
import { noteDamage } from './damages.ts';
import type { QuerylessRuntime } from './runtime.ts';

/** A boundary between events of a stream: one in what its task wrote, one in what the server wrote. */
export interface StreamPosition {
  readonly task: SegmentPosition;
  readonly server: SegmentPosition;
}

export const streamStart: StreamPosition = { task: firstPosition, server: firstPosition };

/** The segments that count: those with rows; of a live stream also everything that its task has written so far. */
export interface StreamFiles {
  readonly directory: string;
  readonly task: readonly SegmentFile[];
  readonly server: readonly SegmentFile[];
  /** Hears of what is in them and cannot be read. */
  readonly onDamage: (words: string) => void;
}

/** `from` inclusive, `to` exclusive, in epoch ms. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export async function filesOf(runtime: QuerylessRuntime, stream: LogStreamRecord): Promise<StreamFiles> {
  const directory = join(runtime.logDirectory, stream.directory);
  const rows = await runtime.store.reads.logSegments(stream, stream.groupName, stream.name);
  const ofPrefix = (prefix: string) => rows.filter(({ file }) => parseSegmentName(file)?.prefix === prefix);
  const task = stream.live ? await listSegments(directory) : ofPrefix('');
  const onDamage = (words: string) => noteDamage(runtime, stream, words);
  return { directory, task, server: ofPrefix(serverPrefix), onDamage };
}

/** The boundary after everything that is there now. */
export async function endOf(runtime: QuerylessRuntime, files: StreamFiles): Promise<StreamPosition> {
  return {
    task: await findEnd(runtime.indexes, files.directory, files.task),
    server: await findEnd(runtime.indexes, files.directory, files.server),
  };
}

/** The two readers of a stream, to be merged by time. */
export class StreamLanes {
  readonly #task: SegmentReader;
  readonly #server: SegmentReader;

  constructor(
    runtime: QuerylessRuntime,
    files: StreamFiles,
    walk: TimeWindow & { readonly direction: 'forward' | 'backward'; readonly position: StreamPosition },
  ) {
    const { direction, position, from, to } = walk;
    const options = { direction, from, to, onDamage: files.onDamage };
    const { indexes } = runtime;
    this.#task = new SegmentReader(indexes, files.directory, {
      ...options,
      files: files.task,
      position: position.task,
    });
    this.#server = new SegmentReader(indexes, files.directory, {
      ...options,
      files: files.server,
      position: position.server,
    });
  }

  get lanes(): readonly SegmentReader[] {
    return [this.#task, this.#server];
  }

  /** Whether a lane is the one that the task wrote. */
  isTask(lane: SegmentReader): boolean {
    return lane === this.#task;
  }

  get position(): StreamPosition {
    return { task: this.#task.position, server: this.#server.position };
  }
}
