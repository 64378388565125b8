import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { isTooOld, longestWait, nextTry } from '../../../core/delivery-retries.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import {
  DueLanes,
  type DueWork,
  type LaneItem,
  type LaneTry,
  type Ledger,
  type Transaction,
} from '../../../store/index.ts';
import { findSchedule } from '../groups.ts';
import { scheduleArn } from '../names.ts';
import type { TargetCaller, Tried } from './caller.ts';
import { type Failure, type Invocation, invocationBodies, invocationKey, laneOf } from './invocation.ts';

/** How much is called at once, of one target and of all, and how much of one account and region may wait. */
const limits = { perLane: 10, total: 100, pending: 1_000_000, pendingSize: 4 * 1024 ** 3 } as const;

/** Whose lanes the invocations wait in. */
const of = 'scheduler';

export interface DelivererOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly caller: TargetCaller;
}

/**
 * Takes what waits in the store to targets of schedules, until it is delivered or given up. Each target is a lane; the lane alone is due
 * work. An invocation is committed with the slot that it is of and removed after its last try: a crash between repeats it, with the same
 * idempotency key.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #lanes: DueLanes;

  constructor(options: DelivererOptions) {
    this.#options = options;
    const { ledger, due, clock } = options;
    this.#lanes = new DueLanes({
      ...{ ledger, due, clock, of, kind: 'schedulerLane', longestWait },
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

  /** Adds an invocation to a transaction; it begins once that is durable. One that is there already is put in its own place. */
  add(transaction: Transaction, invocation: Invocation): void {
    const { account, region, firstAt: dueAt } = invocation;
    const { text } = invocationBodies.toStored(invocation);
    const [lane, key] = [laneOf(invocation), invocationKey(invocation)];
    this.#lanes.put(transaction, [{ account, region, lane, key, dueAt, text }]);
  }

  #begin(item: LaneItem, signal: AbortSignal): LaneTry | undefined {
    const { account, region, key, text } = item;
    const invocation = invocationBodies.fromStored({ account, region, type: invocationBodies.type, key, text });
    if (invocation.dead) return { gap: 0, over: this.#tryDead(item, invocation, signal) };
    if (this.#isWanted(invocation)) return { gap: 0, over: this.#try(item, invocation, signal) };
    this.#remove(item);
    return undefined;
  }

  /** Who deletes a schedule wants nothing more of it, unless it deleted itself. */
  #isWanted(invocation: Invocation): boolean {
    const { isLast, madeAt } = invocation;
    return isLast === true || findSchedule(this.#options.ledger, invocation, invocation)?.createdAt === madeAt;
  }

  async #try(item: LaneItem, invocation: Invocation, signal: AbortSignal): Promise<Tried['kind']> {
    const { caller, clock } = this.#options;
    if (isTooOld(invocation.target, invocation, clock.now())) {
      this.#giveUp(item, invocation, {
        ...{ code: 'TIMEOUT', message: 'The invocation is older than its target takes.' },
        ...{ condition: 'MaximumEventAgeInSeconds', retries: Math.max(0, item.tries - 1) },
      });
      return 'refused';
    }
    const outcome = await caller.call(invocation, item.tries + 1, signal);
    if (!signal.aborted) this.#settle(item, invocation, outcome);
    return outcome.kind;
  }

  #settle(item: LaneItem, invocation: Invocation, outcome: Tried): void {
    if (outcome.kind === 'delivered') {
      this.#remove(item);
      return;
    }
    const { code, message } = outcome;
    if (outcome.kind === 'refused') {
      this.#giveUp(item, invocation, { code, message, retries: item.tries });
      return;
    }
    const { clock, random } = this.#options;
    const tries = item.tries + 1;
    const notFor = outcome.retryAfter;
    const next = nextTry(invocation.target, invocation, tries, { now: clock.now(), random, notFor });
    if (next.kind === 'again') this.#again(item, next.at, tries);
    else this.#giveUp(item, invocation, { code, message, condition: next.condition, retries: item.tries });
  }

  #giveUp(item: LaneItem, invocation: Invocation, failure: Failure): void {
    const { ledger, logger, clock } = this.#options;
    const { target, slot } = invocation;
    const schedule = scheduleArn(invocation, invocation);
    logger.warn({ schedule, slot: new Date(slot), target: target.arn, ...failure }, 'a target could not be called');
    ledger.transact((transaction) => {
      transaction.add({ kind: 'lane.delete', of, key: item.key });
      const { deadLetterArn: queueArn } = target;
      if (queueArn === undefined) return;
      this.add(transaction, { ...invocation, firstAt: clock.now(), dead: { ...failure, queueArn } });
    });
  }

  async #tryDead(item: LaneItem, invocation: Invocation, signal: AbortSignal): Promise<Tried['kind']> {
    const { caller, clock, random, logger } = this.#options;
    const outcome = await caller.callDead(invocation, signal);
    if (signal.aborted) return outcome.kind;
    const tries = item.tries + 1;
    const next = outcome.kind === 'failed' ? nextTry({}, invocation, tries, { now: clock.now(), random }) : undefined;
    if (next?.kind === 'again') this.#again(item, next.at, tries);
    else {
      if (outcome.kind !== 'delivered') {
        logger.error({ ...invocation.dead, reason: outcome.message }, 'a dead letter could not be sent to its queue');
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
