import { join } from 'node:path';
import {
  findEnd,
  firstPosition,
  listSegments,
  type SegmentIndexes,
  type SegmentPosition,
  SegmentReader,
} from '../../../segments/index.ts';
import type { LogStreamRecord, Store } from '../../../store/index.ts';
import { EventWalk } from '../event-walk.ts';
import type { TailedRecord, TailSession } from './tail-session.ts';

/** Read of one stream in one round; the rest comes with the next. */
const roundBytes = 16 * 1024 * 1024;

export interface FollowerRuntime {
  readonly indexes: SegmentIndexes;
  readonly logDirectory: string;
  readonly store: Pick<Store, 'reads'>;
}

/** A stream that a task writes itself, and how far it has been read. */
interface Followed {
  readonly stream: LogStreamRecord;
  position: SegmentPosition;
  hasEnded: boolean;
}

/** Reads what tasks write to their streams, once for all sessions. Runners tell nobody: it looks when it is asked. */
export class TaskFollower {
  readonly #runtime: FollowerRuntime;
  readonly #followed = new Map<string, Followed>();

  constructor(runtime: FollowerRuntime) {
    this.#runtime = runtime;
  }

  /** A task begins to write to a stream of its own: all of it is new. */
  opened(stream: LogStreamRecord): void {
    this.#followed.set(stream.directory, { stream, position: firstPosition, hasEnded: false });
  }

  /** The task is over: what it has written last is read once more. */
  ended({ directory }: LogStreamRecord): void {
    const followed = this.#followed.get(directory);
    if (followed) followed.hasEnded = true;
  }

  /** Follows the streams that tasks write to now, each from its present end. */
  async begin(): Promise<void> {
    for (let after: LogStreamRecord | undefined; ; ) {
      const page = await this.#runtime.store.reads.liveLogStreams({ ...(after && { after }), limit: 100 });
      for (const stream of page) if (!this.#followed.has(stream.directory)) await this.#follow(stream);
      if (page.length < 100) return;
      after = page.at(-1);
    }
  }

  async #follow(stream: LogStreamRecord): Promise<void> {
    const directory = join(this.#runtime.logDirectory, stream.directory);
    const position = await findEnd(this.#runtime.indexes, directory, await listSegments(directory));
    if (!this.#followed.has(stream.directory)) {
      this.#followed.set(stream.directory, { stream, position, hasEnded: false });
    }
  }

  /** Nobody tails any more. */
  forget(): void {
    this.#followed.clear();
  }

  /** Hands what has been written since the last round to the sessions that want it. */
  async round(sessions: readonly TailSession[], signal: AbortSignal): Promise<void> {
    for (const followed of [...this.#followed.values()]) {
      const { stream, hasEnded } = followed;
      const wanting = sessions.filter((session) => session.wants(stream));
      const isRead = wanting.length === 0 || (await this.#read(followed, wanting, signal));
      // One that nobody wants is taken up again by whoever begins to, from its end then.
      if (wanting.length === 0 || (hasEnded && isRead)) this.#followed.delete(stream.directory);
    }
  }

  /** Answers whether all that there is has been read. */
  async #read(followed: Followed, sessions: readonly TailSession[], signal: AbortSignal): Promise<boolean> {
    const { stream, position } = followed;
    const { indexes, logDirectory } = this.#runtime;
    const directory = join(logDirectory, stream.directory);
    const files = await listSegments(directory);
    const reader = new SegmentReader(indexes, directory, { files, direction: 'forward', position });
    const walk = new EventWalk<SegmentReader>({
      direction: 'forward',
      limit: Number.POSITIVE_INFINITY,
      maximumBytes: Number.POSITIVE_INFINITY,
      readBytes: roundBytes,
      signal,
      stepsOf: ({ payload }) => sessions.reduce((sum, session) => sum + session.steps(payload.length), 0),
    });
    const end = await walk.over([reader], (record) => {
      offerAll(sessions, stream, record);
      return false;
    });
    followed.position = reader.position;
    return end === 'end';
  }
}

export function offerAll(sessions: readonly TailSession[], stream: LogStreamRecord, record: TailedRecord): void {
  for (const session of sessions) session.offer(stream, record);
}
