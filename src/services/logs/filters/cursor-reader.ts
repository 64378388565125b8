import { scopeOf } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { SegmentReader } from '../../../segments/index.ts';
import type { Transaction } from '../../../store/index.ts';
import { EventWalk } from '../event-walk.ts';
import { isDoomed } from '../groups.ts';
import { work } from '../limits.ts';
import type { QuerylessRuntime } from '../runtime.ts';
import { filesOf, StreamLanes } from '../stream-lanes.ts';
import { DimensionBound } from './dimension-bound.ts';
import { type CursorMove, FilterBatch } from './filter-batch.ts';
import { type FilterCursorRecord, filterCursorRecords } from './filter-records.ts';
import { type AnyFilter, FilterShelf, type GroupFilters } from './group-filters.ts';
import { transactPoints } from './transact-points.ts';

/** Reads on behind cursors, asks filters about each event, and commits what they make of it. */
export class CursorReader {
  readonly #runtime: QuerylessRuntime;
  readonly #shelf: FilterShelf;
  readonly #bound: DimensionBound;
  /** Filters of which it has been said that they take too long. */
  readonly #told = new WeakSet<AnyFilter['filter']>();

  constructor(runtime: QuerylessRuntime) {
    this.#runtime = runtime;
    this.#shelf = new FilterShelf(runtime.ledger);
    this.#bound = new DimensionBound(runtime.clock, runtime.logger);
  }

  forget(): void {
    this.#bound.forget();
  }

  /** Reads on behind cursors of one group, each at most so far. Answers the directories of streams that have more. */
  async read(cursors: readonly FilterCursorRecord[], signal: AbortSignal): Promise<readonly string[]> {
    const [first] = cursors;
    const filters = first && this.#shelf.of(first, first.groupName);
    if (!filters) {
      this.#remove(cursors);
      return [];
    }
    const unread: string[] = [];
    let batch = this.#newBatch(filters);
    for (const cursor of cursors) {
      if (signal.aborted) return [];
      if ((await this.#readStream(cursor, batch, { filters, signal })) === 'worked') unread.push(cursor.directory);
      if (batch.size < work.filterCommit) continue;
      await this.#commit(batch, signal);
      batch = this.#newBatch(filters);
    }
    await this.#commit(batch, signal);
    return unread;
  }

  #newBatch(filters: GroupFilters): FilterBatch {
    const { metrics, subscriptions } = this.#runtime;
    return new FilterBatch({
      filters,
      points: metrics().gather(),
      bound: this.#bound,
      isDisabled: (filter) => subscriptions.isDisabled(filter),
      onUndecided: (owner, error) => this.#tell(owner, error),
    });
  }

  #tell({ filter }: AnyFilter, error: unknown): void {
    if (!(error instanceof ServiceError)) throw error;
    if (this.#told.has(filter)) return;
    this.#told.add(filter);
    const { groupName: logGroup, name } = filter;
    this.#runtime.logger.warn(
      { logGroup, filter: name, err: error },
      'events that a filter takes too long for count as no match',
    );
  }

  async #readStream(
    cursor: FilterCursorRecord,
    batch: FilterBatch,
    { filters, signal }: { readonly filters: GroupFilters; readonly signal: AbortSignal },
  ): Promise<'end' | 'worked'> {
    const { store, cursors } = this.#runtime;
    const { directory, task, server } = cursor;
    const changes = cursors.changesOf(directory);
    const stream = await store.reads.logStream(cursor, cursor.groupName, cursor.streamName);
    if (stream?.directory !== directory || isDoomed(this.#runtime, stream)) {
      batch.moves.push({ from: cursor, to: cursor, changes, isOver: true });
      return 'end';
    }
    const lanes = new StreamLanes(this.#runtime, await filesOf(this.#runtime, stream), {
      ...{ direction: 'forward', position: { task, server } },
      ...{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY },
    });
    const walk = walkOf(filters, signal);
    const end = await walk.over(lanes.lanes, (record, lane) => {
      batch.take({ stream, lane: lanes.isTask(lane) ? 'task' : 'server', record });
      return false;
    });
    const isRead = end === 'end';
    batch.moves.push({ from: cursor, to: lanes.position, changes, isOver: isRead && !stream.live });
    return isRead ? 'end' : 'worked';
  }

  /** All in one commit: what has been counted or sent is not looked at again, and nothing is passed that was not. */
  async #commit(batch: FilterBatch, signal: AbortSignal): Promise<void> {
    const { ledger, logger, store, subscriptions } = this.#runtime;
    const [first] = batch.moves;
    if (!first || signal.aborted) return;
    const scope = scopeOf(first.from);
    const gathered = await batch.messages.deliveries();
    const hasRoom = gathered.length === 0 || (await subscriptions.hasRoom(scope));
    if (signal.aborted) return;
    if (!hasRoom) {
      const words = 'events of a log are not sent: too many wait for their functions';
      logger.error({ logGroup: first.from.groupName, events: batch.messages.size }, words);
    }
    transactPoints({ ledger, points: batch.points, scope, logger }, (transaction) => {
      for (const move of batch.moves) this.#move(transaction, move);
      batch.minutes.putIn(transaction, ledger);
      if (hasRoom) subscriptions.add(transaction, gathered);
    });
    await store.settled();
  }

  #move(transaction: Transaction, { from, to, changes, isOver }: CursorMove): void {
    const { ledger, cursors } = this.#runtime;
    const current = ledger.get(filterCursorRecords, from, from.directory);
    if (!current) return; // its stream has been deleted
    if (isOver && !cursors.hasMore(from.directory, changes)) cursors.remove(transaction, current);
    else if (!isSame(current, to)) {
      transaction.put(filterCursorRecords, { ...current, task: to.task, server: to.server });
    }
  }

  /** Their group has no filters any more. */
  #remove(cursors: readonly FilterCursorRecord[]): void {
    const { ledger } = this.#runtime;
    const present = cursors.filter((cursor) => ledger.get(filterCursorRecords, cursor, cursor.directory));
    if (present.length === 0) return;
    ledger.transact((transaction) => {
      for (const cursor of present) this.#runtime.cursors.remove(transaction, cursor);
    });
  }
}

function walkOf({ patterns }: GroupFilters, signal: AbortSignal): EventWalk<SegmentReader> {
  return new EventWalk({
    direction: 'forward',
    limit: Number.POSITIVE_INFINITY,
    maximumBytes: Number.POSITIVE_INFINITY,
    readBytes: work.filterReadBytes,
    signal,
    stepsOf: ({ payload }) => patterns.steps(payload.length),
  });
}

function isSame(one: Pick<FilterCursorRecord, 'task' | 'server'>, other: Pick<FilterCursorRecord, 'task' | 'server'>) {
  return (['task', 'server'] as const).every(
    (lane) => one[lane].segment === other[lane].segment && one[lane].offset === other[lane].offset,
  );
}
