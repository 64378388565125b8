import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { type Outcome, outcomeOf } from '../../../core/delivery-outcome.ts';
import { longestWait, nextTry } from '../../../core/delivery-retries.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import {
  DueLanes,
  type DueWork,
  defineRecord,
  type LaneItem,
  type LaneTry,
  type Ledger,
  type Transaction,
} from '../../../store/index.ts';
import { filterKey, subscriptionFilterRecords } from '../filters/filter-records.ts';
import type { LogsLogger } from '../logger.ts';
import type { FunctionCaller } from './function-caller.ts';

/** Events on their way to a function. */
export interface NewDelivery extends Scope {
  readonly groupName: string;
  readonly filterName: string;
  readonly destinationArn: string;
  readonly events: number;
  /** What the function is invoked with. */
  readonly payload: string;
}

interface Delivery extends NewDelivery {
  readonly id: string;
  readonly firstAt: EpochMilliseconds;
}

const deliveryRecords = defineRecord({ type: 'logDelivery', key: ({ id }: Delivery) => id });

/** Whose lanes the deliveries wait in. */
const of = 'logs';
/** How much is sent at once, to one function for one group and to all, and how much of one account and region may wait. */
const limits = { perLane: 5, total: 50, pending: 100_000, pendingSize: 1024 ** 3 } as const;
/** AWS's: after a refusal a filter sends nothing for so long. */
const disabledFor: Milliseconds = 600_000;
/** A function that logs what it is sent about its own log goes round in a circle: no faster than this. */
const circleGap: Milliseconds = 10_000;

export interface DelivererOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: LogsLogger;
  readonly caller: FunctionCaller;
}

/**
 * Takes what subscription filters let through to functions: durable with the commit that moves the filters on, sent at least once, and
 * tried for a day where the function cannot take it.
 */
export class SubscriptionDeliverer {
  readonly #options: DelivererOptions;
  /** Filters that were refused, and until when they send nothing, by the monotonic clock. */
  readonly #disabled = new Map<string, Milliseconds>();
  readonly #lanes: DueLanes;

  constructor(options: DelivererOptions) {
    this.#options = options;
    const { ledger, due, clock } = options;
    this.#lanes = new DueLanes({
      ...{ ledger, due, clock, of, kind: 'logsLane', longestWait },
      perLane: () => limits.perLane,
      total: limits.total,
      begin: (item, signal) => this.#begin(item, signal),
    });
  }

  /** Whether a filter sends nothing for now, since its function refused it. */
  isDisabled(filter: Scope & { readonly groupName: string; readonly name: string }): boolean {
    return this.#isDisabled(filter, filter.groupName, filter.name);
  }

  /** A filter was put, and its function takes what it sends. */
  enable(scope: Scope, groupName: string, name: string): void {
    this.#disabled.delete(disabledKey(scope, groupName, name));
  }

  /** Whether more may wait in a scope. */
  async hasRoom(scope: Scope): Promise<boolean> {
    const { items, size } = await this.#lanes.waiting(scope);
    return items < limits.pending && size < limits.pendingSize;
  }

  /** Adds deliveries to a transaction; they begin once it is durable. */
  add(transaction: Transaction, deliveries: readonly NewDelivery[]): void {
    const { clock, random } = this.#options;
    const now = clock.now();
    const items = deliveries.map((delivery) => {
      const { account, region } = delivery;
      const id = uuidV7(now, random);
      const { text } = deliveryRecords.toStored({ ...delivery, id, firstAt: now });
      return { account, region, lane: laneOf(delivery), key: id, dueAt: now, text };
    });
    this.#lanes.put(transaction, items);
  }

  #begin(item: LaneItem, signal: AbortSignal): LaneTry | undefined {
    const { account, region, key, text } = item;
    const delivery = deliveryRecords.fromStored({ account, region, type: deliveryRecords.type, key, text });
    const { groupName, filterName } = delivery;
    const filter = this.#options.ledger.get(subscriptionFilterRecords, item, filterKey(groupName, filterName));
    if (!filter || this.#isDisabled(item, groupName, filterName)) {
      this.#done(item);
      return undefined;
    }
    const gap = isOfFunction(groupName) ? circleGap : 0;
    return { gap, over: this.#try(item, delivery, signal) };
  }

  async #try(item: LaneItem, delivery: Delivery, signal: AbortSignal): Promise<'delivered' | 'refused' | 'failed'> {
    const outcome = await this.#call(delivery, signal);
    if (signal.aborted) return 'failed';
    if (outcome.kind === 'failed') return this.#failed(item, delivery, outcome);
    if (outcome.kind === 'refused') this.#refused(delivery, outcome);
    this.#done(item);
    return outcome.kind;
  }

  async #call(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    try {
      await this.#options.caller.invoke(delivery, delivery.payload, { key: delivery.id, signal });
      return { kind: 'delivered' };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  #failed(item: LaneItem, delivery: Delivery, { message }: Outcome & { kind: 'failed' }): 'failed' {
    const { clock, random, logger, ledger } = this.#options;
    const tries = item.tries + 1;
    const next = nextTry({ retries: Number.POSITIVE_INFINITY }, delivery, tries, { now: clock.now(), random });
    if (next.kind === 'over') {
      logger.error(told(delivery, message), 'events of a log are lost: their function could not take them for a day');
      this.#done(item);
    } else {
      const again = { kind: 'lane.again', of, key: item.key, dueAt: next.at, tries } as const;
      ledger.transact((transaction) => transaction.add(again));
    }
    return 'failed';
  }

  #refused(delivery: Delivery, { message }: Outcome & { kind: 'refused' }): void {
    const { logger, clock } = this.#options;
    const key = disabledKey(delivery, delivery.groupName, delivery.filterName);
    this.#disabled.set(key, clock.monotonic() + disabledFor);
    logger.error(
      told(delivery, message),
      'a subscription filter sends nothing for 10 minutes: its function refuses it',
    );
  }

  #isDisabled(scope: Scope, groupName: string, name: string): boolean {
    const key = disabledKey(scope, groupName, name);
    const until = this.#disabled.get(key);
    if (until === undefined) return false;
    if (this.#options.clock.monotonic() < until) return true;
    this.#disabled.delete(key);
    return false;
  }

  #done({ key }: LaneItem): void {
    this.#options.ledger.transact((transaction) => transaction.add({ kind: 'lane.delete', of, key }));
  }
}

/** Of one function and group: what a function makes of its own log must not slow others down. */
function laneOf({ destinationArn, groupName }: NewDelivery): string {
  return `${destinationArn} ${groupName}`;
}

/** Lines of a function's own log may come of what was sent to it. */
function isOfFunction(groupName: string): boolean {
  return groupName.startsWith('/aws/lambda/');
}

function disabledKey({ account, region }: Scope, groupName: string, name: string): string {
  return `${account} ${region} ${filterKey(groupName, name)}`;
}

function told({ groupName, filterName, destinationArn, events }: NewDelivery, reason: string): object {
  return { logGroup: groupName, filter: filterName, destination: destinationArn, events, reason };
}
