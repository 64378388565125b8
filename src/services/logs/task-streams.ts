import { join } from 'node:path';
import { type Scope, scopeOf } from '../../core/arn.ts';
import { summarise } from '../../segments/index.ts';
import type { Change, LogStreamRecord, Transaction } from '../../store/index.ts';
import type { StreamName } from './deletions.ts';
import { newGroup, timeAfterDeletion } from './groups.ts';
import { defaultGroupName } from './names.ts';
import { logGroupRecords } from './records.ts';
import { groupMissing } from './refusals.ts';
import type { LogsRuntime } from './runtime.ts';
import { newStream, segmentRecord } from './streams.ts';

/** A stream for one attempt: the name must never have been used in the group (it ends with the task id). */
export interface TaskStream {
  readonly groupName: string;
  readonly streamName: string;
  /** Creates a missing group (`awslogs-create-group`). The group `/aws/batch/job` is always created. */
  readonly createGroup: boolean;
}

/** The streams that tasks write themselves, for the service that runs the tasks. */
export interface LogStreams {
  /**
   * Adds a live stream to the transaction, and answers its key: segments are below it in the log root. Throws `ServiceError`
   * (`ResourceNotFoundException`) if its group is missing and is not to be created.
   */
  open(transaction: Transaction, scope: Scope, stream: TaskStream): { readonly stream: string };
  /** The key of a stream; undefined if there is none. */
  keyOf(scope: Scope, groupName: string, streamName: string): Promise<string | undefined>;
  /** The task is over: what it wrote becomes rows. Idempotent; does nothing for a stream that has been deleted. */
  finish(scope: Scope, groupName: string, streamName: string): Promise<void>;
  /** At start: finishes every stream that is live in the store though no task writes to it. */
  finishAbandoned(isRunning: (stream: StreamName) => boolean): Promise<void>;
}

/** Streams finished in one transaction: each may have hundreds of segments. */
const pageSize = 50;

export class TaskStreams implements LogStreams {
  readonly #runtime: LogsRuntime;

  constructor(runtime: LogsRuntime) {
    this.#runtime = runtime;
  }

  open(transaction: Transaction, scope: Scope, stream: TaskStream): { readonly stream: string } {
    const { groupName, streamName: name } = stream;
    const runtime = this.#runtime;
    const createdAt = timeAfterDeletion(runtime, scope, groupName);
    if (!runtime.ledger.get(logGroupRecords, scope, groupName)) {
      if (!stream.createGroup && groupName !== defaultGroupName) throw groupMissing();
      transaction.put(logGroupRecords, newGroup(scope, groupName, { createdAt, tags: {} }));
    }
    const record = newStream(runtime, scope, { groupName, name }, { createdAt, live: true });
    // Lists by last event would put a stream without one at the end: until it is finished it counts as just written.
    transaction.add({ kind: 'stream.put', record: { ...record, lastEventAt: createdAt } });
    runtime.liveTails.opened(record);
    runtime.cursors.opened(transaction, record);
    return { stream: record.directory };
  }

  async keyOf(scope: Scope, groupName: string, streamName: string): Promise<string | undefined> {
    const stream = await this.#runtime.store.reads.logStream(scope, groupName, streamName);
    return stream?.directory;
  }

  async finish(scope: Scope, groupName: string, streamName: string): Promise<void> {
    const stream = await this.#runtime.store.reads.logStream(scope, groupName, streamName);
    if (stream) await this.#finish([stream]);
    else this.#runtime.deletions.release({ ...scopeOf(scope), groupName, streamName });
  }

  async finishAbandoned(isRunning: (stream: StreamName) => boolean): Promise<void> {
    this.#runtime.deletions.resume(isRunning);
    const { reads } = this.#runtime.store;
    for (let after: LogStreamRecord | undefined; ; ) {
      const page = await reads.liveLogStreams({ ...(after && { after }), limit: pageSize });
      await this.#finish(page.filter((stream) => !isRunning({ ...stream, streamName: stream.name })));
      if (page.length < pageSize) return;
      after = page.at(-1);
    }
  }

  /** All in one transaction; until it is made nothing else changes them. */
  async #finish(streams: readonly LogStreamRecord[]): Promise<void> {
    if (streams.length === 0) return;
    const { ledger, turns } = this.#runtime;
    const keys = streams.map(({ directory }) => directory);
    await turns.takeAll(keys, async () => {
      const changes: Change[] = [];
      for (const stream of streams) changes.push(...(await this.#changesOf(stream)));
      if (changes.length === 0) return;
      ledger.transact((transaction) => {
        for (const change of changes) transaction.add(change);
      });
      for (const stream of streams) this.#runtime.liveTails.ended(stream);
    });
  }

  /** What finishes a stream; nothing for one that has been finished or deleted. */
  async #changesOf(stream: LogStreamRecord): Promise<readonly Change[]> {
    const { logDirectory, store, deletions, logger } = this.#runtime;
    const current = await store.reads.logStream(stream, stream.groupName, stream.name);
    if (current?.directory !== stream.directory) {
      deletions.release({ ...stream, streamName: stream.name });
      return [];
    }
    if (!current.live) return [];
    const damages: string[] = [];
    const written = await summarise(join(logDirectory, current.directory), '', (words) => damages.push(words));
    for (const words of damages) logger.warn({}, `lines of a log are lost: ${words}`);
    const segments = written.map((summary) => segmentRecord(current, summary));
    const served = await store.reads.logSegments(current, current.groupName, current.name);
    const record = {
      ...withTimes({ ...current, live: false }, [...segments, ...served]),
      ...(damages.length > 0 && { damages }),
    };
    return [...segments.map((each): Change => ({ kind: 'segment.put', record: each })), { kind: 'stream.put', record }];
  }
}

interface SegmentFacts {
  readonly firstEventAt: number;
  readonly lastEventAt: number;
  readonly bytes: number;
}

/** The record with the times and the size that its segments give it. */
export function withTimes(stream: LogStreamRecord, segments: readonly SegmentFacts[]): LogStreamRecord {
  const { firstEventAt: _first, lastEventAt: _last, ...rest } = stream;
  const storedBytes = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  if (segments.length === 0) return { ...rest, storedBytes };
  const firstEventAt = Math.min(...segments.map((segment) => segment.firstEventAt));
  const lastEventAt = Math.max(...segments.map((segment) => segment.lastEventAt));
  const lastIngestionAt = Math.max(rest.lastIngestionAt ?? 0, lastEventAt);
  return { ...rest, firstEventAt, lastEventAt, lastIngestionAt, storedBytes };
}
