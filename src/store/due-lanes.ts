import type { Scope } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { DueKind } from './due-kind.ts';
import type { DueWork } from './due-work.ts';
import { LaneSlots } from './lane-slots.ts';
import { type LaneTry, LaneVisit } from './lane-visit.ts';
import type { LaneItem, LaneTotal } from './lanes.ts';
import type { Ledger } from './ledger.ts';
import type { Transaction } from './transaction.ts';

export interface DueLanesOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  /** Whose lanes they are, in the store: never change it. */
  readonly of: string;
  /** Names their due work, in the store: never change it. */
  readonly kind: string;
  /** Tries under way at once, of one lane. */
  readonly perLane: (lane: string) => number;
  /** And of all. */
  readonly total: number;
  /** The longest time that an item is put off for. */
  readonly longestWait: Milliseconds;
  /** Begins a try. Undefined: it is not wanted any more, and gone. */
  readonly begin: (item: LaneItem, signal: AbortSignal) => LaneTry | undefined;
}

/**
 * The lanes of one owner: what waits behind receivers that may be slow is in the store, each lane a row of due work while anything is
 * in it, and only what is being tried in memory. An item is committed with what caused it; a crash between a try and what its owner
 * makes of it repeats the try.
 */
export class DueLanes {
  readonly #options: DueLanesOptions;
  readonly #slots: LaneSlots;
  readonly #pace = new Map<string, Milliseconds>();
  readonly #visits = new Map<string, LaneVisit>();
  readonly #kind: DueKind<null>;

  constructor(options: DueLanesOptions) {
    this.#options = options;
    this.#slots = new LaneSlots(options.total);
    this.#kind = {
      kind: options.kind,
      longestWait: options.longestWait,
      // Each visit that goes on has a slot at least.
      atOnce: options.total,
      perform: async ({ key }, signal) => {
        const visit = this.#visit(key, signal);
        this.#visits.set(key, visit);
        const at = await visit.run().finally(() => {
          if (this.#visits.get(key) === visit) this.#visits.delete(key);
        });
        return at === undefined ? { kind: 'done' } : { kind: 'again', at };
      },
    };
    options.due.register(this.#kind);
  }

  /** How much waits in a scope. */
  waiting(scope: Scope): Promise<LaneTotal> {
    const { ledger, of } = this.#options;
    return ledger.store.reads.laneTotal({ of, scope });
  }

  /** Adds items to a transaction; they begin once it is durable. One that is there already is put in its own place. */
  put(transaction: Transaction, items: readonly Omit<LaneItem, 'of' | 'tries'>[]): void {
    const { of, due, clock } = this.#options;
    for (const item of items) transaction.add({ kind: 'lane.put', item: { ...item, of, tries: 0 } });
    const dueAt = clock.now();
    for (const key of new Set(items.map(({ lane }) => lane))) {
      due.hasten(transaction, this.#kind, { key, dueAt, body: null });
      transaction.onCommitted(() => this.#visits.get(key)?.wake());
    }
  }

  #visit(lane: string, signal: AbortSignal): LaneVisit {
    const { ledger, clock, of, perLane, longestWait, begin } = this.#options;
    const shared = { ledger, clock, slots: this.#slots, pace: this.#pace, longestWait };
    return new LaneVisit({ ...shared, atOnce: perLane(lane), begin: (item) => begin(item, signal) }, of, lane, signal);
  }
}
