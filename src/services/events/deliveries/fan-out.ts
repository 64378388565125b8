import { scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { secondsText } from '../../../core/seconds-text.ts';
import type { BusEventFact, FactLog, Transaction } from '../../../store/index.ts';
import { deepestEvent } from '../depth.ts';
import { httpParametersOf, type InputEvent, inputOf } from '../input/index.ts';
import type { BusEvent } from '../matching/index.ts';
import { type busPlace, ruleArn } from '../names.ts';
import type { EventRuleRecord, StoredTarget } from '../records.ts';
import { targetKind } from '../targets/index.ts';
import type { BusGate } from './bus-gate.ts';
import type { Deliverer } from './deliverer.ts';
import type { Delivery } from './delivery.ts';
import { failureSource } from './failure-event.ts';

/** What is to be stored because an event reached a target. */
export type Outgoing =
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  /** It goes on to another bus, in the transaction itself. */
  | { readonly kind: 'bus'; readonly fact: BusEventFact };

interface FanOutOptions {
  readonly busGate: BusGate;
  readonly facts: FactLog;
  readonly deliverer: Deliverer;
  readonly logger: Logger;
}

/** Makes of an event that a rule takes what each of the rule's targets is to receive. */
export class FanOut {
  readonly #options: FanOutOptions;

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  outgoing(rule: EventRuleRecord, event: BusEvent, read: InputEvent, now: EpochMilliseconds): readonly Outgoing[] {
    const { logger } = this.#options;
    if (event.depth >= deepestEvent) {
      const details = { rule: ruleArn(rule, rule.name, rule.bus), eventId: event.id, depth: event.depth };
      logger.error(details, 'a rule leads to what it matches; this event goes no further');
      return [];
    }
    return rule.targets.flatMap((target) => this.#toTarget(rule, target, event, read, now));
  }

  /** Within a transaction. */
  add(transaction: Transaction, outgoing: readonly Outgoing[]): void {
    const { facts, deliverer } = this.#options;
    deliverer.add(
      transaction,
      outgoing.flatMap((each) => (each.kind === 'delivery' ? [each.delivery] : [])),
    );
    for (const each of outgoing) if (each.kind === 'bus') facts.append(transaction, each.fact);
  }

  #toTarget(
    rule: EventRuleRecord,
    target: StoredTarget,
    event: BusEvent,
    read: InputEvent,
    now: EpochMilliseconds,
  ): readonly Outgoing[] {
    const { id: eventId, source, detailType } = event;
    const handing = { ...scopeOf(rule), bus: rule.bus, rule: rule.name, eventId, source, detailType };
    const place = targetKind(target.arn) === 'bus' ? this.#options.busGate.open(target, handing) : undefined;
    // A bus is sent the event itself: AWS transforms nothing on the way.
    if (place) return [{ kind: 'bus', fact: handedOn(event, place, now) }];
    const arn = ruleArn(rule, rule.name, rule.bus);
    const payload = inputOf(target, read, { ruleArn: arn, ruleName: rule.name, ingestionTime: secondsText(now) });
    if (payload === undefined) {
      const details = { rule: arn, target: target.id, eventId: event.id };
      this.#options.logger.error(details, 'what a target was to be sent of an event is too long; it is not sent');
      return [];
    }
    const delivery: Delivery = {
      ...scopeOf(rule),
      ...{ eventId: event.id, bus: rule.bus, rule: rule.name, targetId: target.id, targetArn: target.arn },
      ...{ payload, time: event.time, depth: event.depth + 1, firstAt: now },
      ...(target.http && { http: httpParametersOf(target.http, read) }),
      ...(event.replay && { replay: event.replay.name }),
      ...(event.source === failureSource && { isOfFailure: true as const }),
    };
    return [{ kind: 'delivery', delivery }];
  }
}

/** The event as another bus has it: nothing of it changes but that it is deeper. */
function handedOn(
  event: BusEvent,
  place: NonNullable<ReturnType<typeof busPlace>>,
  at: EpochMilliseconds,
): BusEventFact {
  const { id: eventId, source, detailType, time, resources, detail, depth, replay } = event;
  return {
    ...scopeOf(place),
    ...{ kind: 'busEvent', at, eventId, bus: place.name, source, detailType, time, resources, detail },
    ...{ depth: depth + 1, origin: scopeOf(event) },
    // Which rules get it was said of those of the first bus.
    ...(replay && { replay: { name: replay.name } }),
  };
}
