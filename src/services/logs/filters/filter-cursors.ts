import { scopeOf } from '../../../core/arn.ts';
import { firstPosition, parseSegmentName, type SegmentPosition } from '../../../segments/index.ts';
import type { Ledger, LogStreamRecord, Transaction } from '../../../store/index.ts';
import type { Appended } from '../appenders.ts';
import { type FilterCursorRecord, filterCursorRecords } from './filter-records.ts';
import { hasFilters } from './group-filters.ts';

/** Behind all that a task that is over has written. */
const allOfTask: SegmentPosition = { segment: Number.MAX_SAFE_INTEGER, offset: 0 };

/** Which streams have events that filters have not been asked about. What adds events says so in the same commit. */
export class FilterCursors {
  readonly #ledger: Ledger;
  /** Streams that are being appended to, from the acceptance of the commit until all can read it. */
  readonly #appending = new Set<string>();
  /** How often something was appended to a stream since its cursor stands. */
  readonly #changes = new Map<string, number>();
  #onReadable: (directory: string) => void = () => {};

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Hears of each stream that has more to read. */
  onReadable(hear: (directory: string) => void): void {
    this.#onReadable = hear;
  }

  /** In the transaction that makes the stream of a task, which writes it without a word. */
  opened(transaction: Transaction, stream: LogStreamRecord): void {
    if (!hasFilters(this.#ledger, stream, stream.groupName)) return;
    transaction.put(filterCursorRecords, cursorOf(stream, { task: firstPosition, server: firstPosition }));
    transaction.onCommitted(() => this.#onReadable(stream.directory));
  }

  /** In the transaction that makes appended events count. */
  appended(transaction: Transaction, stream: LogStreamRecord, { summary, addedBytes }: Appended): void {
    const { directory, groupName, live } = stream;
    if (!hasFilters(this.#ledger, stream, groupName)) return;
    if (!this.#ledger.get(filterCursorRecords, stream, directory)) {
      const segment = parseSegmentName(summary.file)?.number ?? 0;
      const server = { segment, offset: summary.bytes - addedBytes };
      transaction.put(filterCursorRecords, cursorOf(stream, { task: live ? firstPosition : allOfTask, server }));
    }
    transaction.onAccepted(() => {
      this.#appending.add(directory);
      this.#change(directory);
    });
  }

  /** What was appended is durable, or never will be. */
  readable(directory: string): void {
    if (!this.#appending.delete(directory)) return;
    this.#change(directory);
    this.#onReadable(directory);
  }

  /** To be compared with what it is later. */
  changesOf(directory: string): number {
    return this.#changes.get(directory) ?? 0;
  }

  /** Whether more has come, or may be on its way, since `changesOf` answered. */
  hasMore(directory: string, since: number): boolean {
    return this.#appending.has(directory) || this.changesOf(directory) !== since;
  }

  /** A stream has nothing more. */
  remove(transaction: Transaction, cursor: FilterCursorRecord): void {
    transaction.delete(filterCursorRecords, cursor, cursor.directory);
    transaction.onAccepted(() => this.#changes.delete(cursor.directory));
  }

  /** A stream is deleted. */
  streamRemoved(transaction: Transaction, stream: LogStreamRecord): void {
    const cursor = this.#ledger.get(filterCursorRecords, stream, stream.directory);
    if (cursor) this.remove(transaction, cursor);
  }

  /** Memory is filled anew. */
  forget(): void {
    this.#appending.clear();
    this.#changes.clear();
  }

  #change(directory: string): void {
    this.#changes.set(directory, this.changesOf(directory) + 1);
  }
}

export function cursorOf(
  stream: LogStreamRecord,
  { task, server }: Pick<FilterCursorRecord, 'task' | 'server'>,
): FilterCursorRecord {
  const { groupName, name: streamName, directory } = stream;
  return { ...scopeOf(stream), groupName, streamName, directory, task, server };
}
