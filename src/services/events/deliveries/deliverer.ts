import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Outcome } from '../../../core/delivery-outcome.ts';
import { isTooOld, longestWait, nextTry } from '../../../core/delivery-retries.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import {
  type BusEventFact,
  DueLanes,
  type DueWork,
  type LaneItem,
  type LaneTry,
  type Ledger,
  type Transaction,
} from '../../../store/index.ts';
import type { StoredTarget } from '../records.ts';
import { ownRule } from '../rules.ts';
import type { TargetCaller } from './caller.ts';
import { type Delivery, deliveryBodies, deliveryKey, type Failure, laneOf } from './delivery.ts';
import { failureEvent } from './failure-event.ts';

/** How much is delivered at once, to one receiver and to all, and how much of one account and region may wait. */
const limits = { perLane: 10, total: 100, pending: 1_000_000, pendingSize: 4 * 1024 ** 3 } as const;

/** Whose lanes the deliveries wait in. */
const of = 'events';

export interface DelivererOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly caller: TargetCaller;
  /** Puts an event on its bus, if anybody there could want it. */
  readonly tell: (transaction: Transaction, event: BusEventFact) => void;
}

/**
 * Takes what waits in the store to targets of rules, until it is delivered or given up. Each receiver is a lane; the lane alone is due
 * work. A delivery is committed with what caused it and removed after its last try: a crash between repeats it, with the same
 * idempotency key.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #lanes: DueLanes;

  constructor(options: DelivererOptions) {
    this.#options = options;
    const { ledger, due, clock } = options;
    this.#lanes = new DueLanes({
      ...{ ledger, due, clock, of, kind: 'eventsLane', longestWait },
      perLane: () => limits.perLane,
      total: limits.total,
      begin: (item, signal) => this.#begin(item, signal),
    });
  }

  /** Whether more may wait in a scope. */
  async hasRoom(scope: Scope): Promise<boolean> {
    const { items, size } = await this.#lanes.waiting(scope);
    return items < limits.pending && size < limits.pendingSize;
  }

  /** Adds deliveries to a transaction; they begin once it is durable. One that is there already is put in its own place. */
  add(transaction: Transaction, deliveries: readonly Delivery[]): void {
    const items = deliveries.map((delivery) => {
      const { account, region, firstAt: dueAt } = delivery;
      const { text } = deliveryBodies.toStored(delivery);
      return { account, region, lane: laneOf(delivery), key: deliveryKey(delivery), dueAt, text };
    });
    this.#lanes.put(transaction, items);
  }

  #begin(item: LaneItem, signal: AbortSignal): LaneTry | undefined {
    const { account, region, key, text } = item;
    const delivery = deliveryBodies.fromStored({ account, region, type: deliveryBodies.type, key, text });
    if (delivery.dead) return { gap: 0, over: this.#tryDead(item, delivery, signal) };
    const { caller } = this.#options;
    const target = this.#targetOf(delivery);
    if (!target) {
      this.#remove(item);
      return undefined;
    }
    return { gap: caller.gapAfterNext(target), over: this.#try(item, delivery, target, signal) };
  }

  /** As its rule has it now; undefined if it is gone, so that nothing must be sent to it. */
  #targetOf(delivery: Delivery): StoredTarget | undefined {
    const rule = ownRule(this.#options.ledger, delivery, delivery.bus, delivery.rule);
    return rule?.targets.find(({ id, arn }) => id === delivery.targetId && arn === delivery.targetArn);
  }

  async #try(item: LaneItem, delivery: Delivery, target: StoredTarget, signal: AbortSignal): Promise<Outcome['kind']> {
    const { caller, clock } = this.#options;
    if (isTooOld(target, delivery, clock.now())) {
      this.#giveUp(item, delivery, target, {
        ...{ code: 'TIMEOUT', message: 'The event is older than its target takes.' },
        ...{ condition: 'MaximumEventAgeInSeconds', retries: Math.max(0, item.tries - 1) },
      });
      return 'refused';
    }
    const outcome = await caller.call(target, delivery, signal);
    if (!signal.aborted) this.#settle(item, delivery, target, outcome);
    return outcome.kind;
  }

  #settle(item: LaneItem, delivery: Delivery, target: StoredTarget, outcome: Outcome): void {
    if (outcome.kind === 'delivered') {
      this.#remove(item);
      return;
    }
    const { code, message } = outcome;
    if (outcome.kind === 'refused') {
      this.#giveUp(item, delivery, target, { code, message, retries: item.tries });
      return;
    }
    const { clock, random } = this.#options;
    const tries = item.tries + 1;
    const notFor = outcome.retryAfter;
    const next = nextTry(target, delivery, tries, { now: clock.now(), random, notFor });
    if (next.kind === 'again') this.#again(item, next.at, tries);
    else this.#giveUp(item, delivery, target, { code, message, condition: next.condition, retries: item.tries });
  }

  #giveUp(item: LaneItem, delivery: Delivery, { deadLetterArn }: StoredTarget, failure: Failure): void {
    const { ledger, logger, clock, tell } = this.#options;
    const { eventId, bus, rule, targetId, targetArn } = delivery;
    logger.warn({ eventId, bus, rule, targetId, targetArn, ...failure }, 'a target could not be sent an event');
    ledger.transact((transaction) => {
      transaction.add({ kind: 'lane.delete', of, key: item.key });
      const told = failureEvent(delivery, failure, clock.now());
      if (told) tell(transaction, told);
      if (deadLetterArn === undefined) return;
      const dead = { ...failure, queueArn: deadLetterArn };
      this.add(transaction, [{ ...delivery, firstAt: clock.now(), dead }]);
    });
  }

  async #tryDead(item: LaneItem, delivery: Delivery, signal: AbortSignal): Promise<Outcome['kind']> {
    const { caller, clock, random, logger } = this.#options;
    const outcome = await caller.callDead(delivery, signal);
    if (signal.aborted) return outcome.kind;
    const tries = item.tries + 1;
    const next = outcome.kind === 'failed' ? nextTry({}, delivery, tries, { now: clock.now(), random }) : undefined;
    if (next?.kind === 'again') this.#again(item, next.at, tries);
    else {
      if (outcome.kind !== 'delivered') {
        logger.error({ ...delivery.dead, reason: outcome.message }, 'a dead letter could not be sent to its queue');
      }
      this.#remove(item);
    }
    return outcome.kind;
  }

  #again({ key }: LaneItem, dueAt: number, tries: number): void {
    this.#options.ledger.transact((transaction) => transaction.add({ kind: 'lane.again', of, key, dueAt, tries }));
  }

  #remove({ key }: LaneItem): void {
    this.#options.ledger.transact((transaction) => transaction.add({ kind: 'lane.delete', of, key }));
  }
}
