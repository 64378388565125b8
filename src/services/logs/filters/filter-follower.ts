import type { CancelTimer } from '../../../core/clock.ts';
import { CommitFailed } from '../../../core/errors.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { LogStreamRecord } from '../../../store/index.ts';
import { work } from '../limits.ts';
import type { QuerylessRuntime } from '../runtime.ts';
import { streamStart } from '../stream-lanes.ts';
import { CursorReader } from './cursor-reader.ts';
import { putDefaults } from './default-minutes.ts';
import { cursorOf } from './filter-cursors.ts';
import { defaultMinutesRecords, type FilterCursorRecord, filterCursorRecords } from './filter-records.ts';
import type { FilterWatch } from './filter-watch.ts';
import { hasFilters } from './group-filters.ts';

/** What PutLogEvents has taken is read so much later: many calls are one reading then. */
const soon = 200;
/** Tasks write without a word: their streams are looked at so often, and it is rested for longer than that took. */
const second = 1_000;
const restFactor = 4;
/** As if it had taken so long: what goes wrong is not told every second. */
const errorRest: Milliseconds = 7_500;

/**
 * Asks the filters of groups about each event once. It follows cursors, and moves them in the commit of what they have led to, so that
 * a crash neither loses nor repeats anything. Nobody who writes waits for it.
 */
export class FilterFollower implements FilterWatch {
  readonly #runtime: QuerylessRuntime;
  readonly #reader: CursorReader;
  readonly #due = new Set<string>();
  #running = new AbortController();
  #isOpen = false;
  #soon: CancelTimer | undefined;
  #tick: CancelTimer | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(runtime: QuerylessRuntime) {
    this.#runtime = runtime;
    this.#reader = new CursorReader(runtime);
    runtime.cursors.onReadable((directory) => this.#wake(directory));
  }

  /**
   * Goes on from where the cursors stand: memory is what the store holds, and changes are taken. Resolves once all that tasks write to
   * has its cursor.
   */
  begin(): Promise<void> {
    this.pause();
    this.#running = new AbortController();
    this.#runtime.cursors.forget();
    this.#reader.forget();
    this.#due.clear();
    this.#isOpen = true;
    return this.#followAll();
  }

  pause(): void {
    this.#isOpen = false;
    this.#running.abort();
    this.#soon?.();
    this.#tick?.();
    this.#soon = undefined;
    this.#tick = undefined;
  }

  /** Pauses for good, and waits for what is under way. */
  async stop(): Promise<void> {
    this.pause();
    await this.#round;
  }

  /** A group has a filter that it had not: streams that tasks write to now are followed from now on, once this resolves. */
  async filterAdded(): Promise<void> {
    if (this.#isOpen) await this.#followAll();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    for (let last: unknown; last !== this.#round; ) {
      last = this.#round;
      await this.#round;
    }
  }

  #followAll(): Promise<void> {
    const { signal } = this.#running;
    const followed = this.#round.then(() => this.#act(signal, () => this.#followTasks(signal)));
    this.#round = followed.then(() => this.#whole(signal));
    return followed;
  }

  #wake(directory: string): void {
    if (!this.#isOpen) return;
    this.#due.add(directory);
    this.#soon ??= this.#runtime.clock.after(soon, () => {
      this.#soon = undefined;
      const { signal } = this.#running;
      this.#round = this.#round.then(() => this.#some(signal));
    });
  }

  /** Reads what has been appended to. */
  #some(signal: AbortSignal): Promise<void> {
    return this.#act(signal, async () => {
      const due = new Set(this.#due);
      this.#due.clear();
      await this.#read((cursor) => due.has(cursor.directory), signal);
    });
  }

  /** Reads all, and decides about minutes that are over. */
  #whole(signal: AbortSignal): Promise<void> {
    return this.#act(signal, async () => {
      const { clock, ledger, logger, metrics } = this.#runtime;
      const [now, began] = [clock.now(), clock.monotonic()];
      this.#due.clear();
      const isWhole = await this.#read(() => true, signal);
      if (isWhole && !signal.aborted) putDefaults({ ledger, logger, sink: metrics() }, now);
      this.#rest(clock.monotonic() - began);
    });
  }

  async #act(signal: AbortSignal, act: () => Promise<void>): Promise<void> {
    if (signal.aborted) return;
    try {
      await act();
    } catch (error) {
      // After a failed commit all begins anew.
      if (signal.aborted || error instanceof CommitFailed) return;
      this.#runtime.logger.error({ err: error }, 'filters of log groups could not go on; they try again');
      this.#rest(errorRest);
    }
  }

  /** Looks again later, if there is anything that changes without a word. */
  #rest(took: Milliseconds): void {
    const { clock, ledger } = this.#runtime;
    this.#tick?.();
    this.#tick = undefined;
    if (!this.#isOpen) return;
    const isNeeded = ledger.scopes(filterCursorRecords).length + ledger.scopes(defaultMinutesRecords).length > 0;
    if (!isNeeded) return;
    this.#tick = clock.after(Math.max(second, took * restFactor), () => {
      this.#tick = undefined;
      const { signal } = this.#running;
      this.#round = this.#round.then(() => this.#whole(signal));
    });
  }

  /** Answers whether all that was there has been read. */
  async #read(isDue: (cursor: FilterCursorRecord) => boolean, signal: AbortSignal): Promise<boolean> {
    const cursors = this.#runtime.ledger.all(filterCursorRecords).filter(isDue);
    // What they name can be read once it is durable.
    await this.#runtime.store.settled();
    const groups = Map.groupBy(cursors, ({ account, region, groupName }) => `${account} ${region} ${groupName}`);
    let isWhole = true;
    for (const ofGroup of groups.values()) {
      for (let at = 0; at < ofGroup.length; at += work.filterStreams) {
        if (signal.aborted) return false;
        const unread = await this.#reader.read(ofGroup.slice(at, at + work.filterStreams), signal);
        for (const directory of unread) this.#wake(directory);
        isWhole &&= unread.length === 0;
      }
    }
    if (!this.#tick) this.#rest(0);
    return isWhole;
  }

  /** Every stream that a task writes to in a group with filters has a cursor: one that was there before them gets its own now. */
  async #followTasks(signal: AbortSignal): Promise<void> {
    const { ledger, store } = this.#runtime;
    await store.settled();
    for (let after: LogStreamRecord | undefined; !signal.aborted; ) {
      const page = await store.reads.liveLogStreams({ ...(after && { after }), limit: 100 });
      const missing = page.filter(
        (stream) =>
          hasFilters(ledger, stream, stream.groupName) && !ledger.get(filterCursorRecords, stream, stream.directory),
      );
      if (missing.length > 0 && !signal.aborted) {
        ledger.transact((transaction) => {
          for (const stream of missing) transaction.put(filterCursorRecords, cursorOf(stream, streamStart));
        });
      }
      if (page.length < 100) return;
      after = page.at(-1);
    }
  }
}
