import type { CancelTimer } from '../../../core/clock.ts';
import type { LogStreamRecord } from '../../../store/index.ts';
import { noteDamage } from '../damages.ts';
import type { QuerylessRuntime } from '../runtime.ts';
import type { ScanReply } from './protocol.ts';
import { queriedStreams } from './queried-streams.ts';
import type { EndedStatus, Query } from './query.ts';
import { type ScanThread, startScanThread } from './scan-thread.ts';

/** A query may run for so long. */
const longest = 15 * 60_000;

/** A query that a thread runs: the thread is given streams as it asks for them, and ended with the query. */
export class QueryWork {
  readonly #runtime: QuerylessRuntime;
  readonly #query: Query;
  readonly #onEnd: () => void;
  readonly #streams: ReturnType<typeof queriedStreams>;
  readonly #records = new Map<string, LogStreamRecord>();
  readonly #thread: ScanThread;
  readonly #cancelDeadline: CancelTimer;

  /** `onEnd` hears of its end, once the thread is gone. */
  constructor(runtime: QuerylessRuntime, query: Query, onEnd: () => void) {
    const { groups, text, limit, from, to } = query.asked;
    this.#runtime = runtime;
    this.#query = query;
    this.#onEnd = onEnd;
    this.#streams = queriedStreams(runtime, groups, { from, to });
    query.status = 'Running';
    this.#cancelDeadline = runtime.clock.after(longest, () => this.end('Timeout'));
    this.#thread = startScanThread(
      { query: text, now: query.createdAt, limit },
      { replied: (reply) => this.#hear(reply), died: (cause) => this.#onDeath(cause) },
    );
  }

  /** Ends it, whatever it does. */
  end(status: EndedStatus, failure?: string): void {
    if (this.#query.isOver) return;
    this.#cancelDeadline();
    this.#query.end(status, this.#runtime.clock.now(), failure);
    if (failure !== undefined) this.#runtime.logger.warn({ problem: failure }, `query ${this.#query.id} has failed`);
    void this.#thread.end().finally(this.#onEnd);
  }

  #hear(reply: ScanReply): void {
    if (this.#query.isOver) return;
    switch (reply.kind) {
      case 'more':
        this.#giveMore().catch((error) => this.#break(error));
        break;
      case 'progress':
        this.#query.statistics = reply.statistics;
        break;
      case 'damage':
        this.#noteDamage(reply.place, reply.words);
        break;
      case 'rows':
        this.#query.addRows(reply.text, reply.count);
        break;
      case 'done':
        this.#query.statistics = reply.statistics;
        this.end('Complete');
        break;
      case 'failed':
        this.end('Failed', reply.words);
        break;
      case 'broken':
        this.#break(reply.message);
    }
  }

  async #giveMore(): Promise<void> {
    const { value, done } = await this.#streams.next();
    if (this.#query.isOver) return;
    if (done || !value) {
      this.#thread.send({ kind: 'end' });
      return;
    }
    this.#records.clear();
    for (const { record } of value) this.#records.set(record.directory, record);
    this.#thread.send({ kind: 'streams', streams: value.map(({ scanned }) => scanned) });
  }

  #noteDamage(place: string, words: string): void {
    const record = this.#records.get(place);
    if (record) noteDamage(this.#runtime, record, words);
  }

  #onDeath(cause: unknown): void {
    const isMemory = (cause as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (isMemory) this.end('Failed', 'the query takes more memory than one may have');
    else this.#break(cause);
  }

  /** A fault of ours: told in the log, and to the caller that there was one. */
  #break(cause: unknown): void {
    const fault = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    this.#runtime.logger.error({ fault }, 'a query broke');
    this.end('Failed', 'an internal error occurred');
  }
}
