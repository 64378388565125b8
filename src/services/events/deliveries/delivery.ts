import type { Scope } from '../../../core/arn.ts';
import type { ExhaustedLimit } from '../../../core/delivery-retries.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { defineRecord } from '../../../store/index.ts';
import type { HttpParameters } from '../endpoints/index.ts';

/** Why a delivery was given up. */
export interface Failure {
  /** As in the attributes of dead letters: `NO_PERMISSIONS`. */
  readonly code: string;
  readonly message: string;
  readonly condition?: ExhaustedLimit;
  readonly retries: number;
}

/** What one target is sent of one event: it waits in the lane of its receiver, and is no record of the ledger. */
export interface Delivery extends Scope {
  readonly eventId: string;
  readonly bus: string;
  readonly rule: string;
  readonly targetId: string;
  readonly targetArn: string;
  readonly payload: string;
  readonly time: EpochMilliseconds;
  /** Of what it leads to. */
  readonly depth: number;
  readonly firstAt: EpochMilliseconds;
  /** Of an API destination: what the request has beside its body, as the event says. */
  readonly http?: HttpParameters;
  /** The replay that the event comes from: it is brought to its targets once more then. */
  readonly replay?: string;
  /** The event itself tells of a delivery that was given up: nothing more is told of this one. */
  readonly isOfFailure?: true;
  /** It was given up: its receiver is the dead-letter queue. */
  readonly dead?: Failure & { readonly queueArn: string };
}

/** Names a delivery: the same whenever it is made. Names of buses and rules, and ids of targets, have no space. */
export function deliveryKey({ account, region, eventId, bus, rule, targetId, replay, dead }: Delivery): string {
  const others = [...(replay === undefined ? [] : [`replay=${replay}`]), ...(dead ? ['dead'] : [])];
  return [eventId, account, region, bus, rule, targetId, ...others].join(' ');
}

/** Who receives it. */
export function laneOf({ targetArn, dead }: Delivery): string {
  return dead?.queueArn ?? targetArn;
}

/** How deliveries are written in their lanes. */
export const deliveryBodies = defineRecord({
  type: 'eventDelivery',
  key: (delivery: Delivery) => deliveryKey(delivery),
});
