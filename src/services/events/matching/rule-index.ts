import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { type EventArchiveRecord, eventArchiveRecords } from '../archives/records.ts';
import { type EventPattern, parseEventPattern } from '../event-pattern.ts';
import { type EventRuleRecord, eventRuleRecords } from '../records.ts';
import { BusIndex, type Waiting } from './bus-index.ts';
import type { ReadOnce } from './read-once.ts';

/** What takes events of a bus, with its pattern; without one it takes them all. */
export interface Matching<Value> {
  readonly value: Value;
  readonly pattern: EventPattern | undefined;
}

type WithPattern = Scope & { readonly eventPattern?: string };

/**
 * Which rules, or archives, an event may concern, without trying their patterns. Made of those of a bus when it is first asked after
 * one of them has changed.
 */
export class WaitingIndex<Value extends WithPattern> {
  readonly #waitingOn: (scope: Scope, bus: string) => Iterable<Value>;
  readonly #buses = new Map<string, BusIndex<Matching<Value>>>();
  readonly #patterns = new WeakMap<Value, EventPattern>();

  /** @param waitingOn what waits for events of a bus now */
  constructor(waitingOn: (scope: Scope, bus: string) => Iterable<Value>) {
    this.#waitingOn = waitingOn;
  }

  /** Whether an event of this source and type could concern anything. */
  waits(scope: Scope, bus: string, source: string, type: string): boolean {
    return this.#indexOf(scope, bus).waits(source, type);
  }

  /** Those whose patterns are to be tried on an event. */
  candidates(scope: Scope, bus: string, event: ReadOnce): readonly Matching<Value>[] {
    const { source, 'detail-type': type } = event.members;
    return this.#indexOf(scope, bus).candidates(String(source), String(type), () => event.members.detail);
  }

  /** Something of the bus has changed. */
  changed(scope: Scope, bus: string): void {
    this.#buses.delete(placeOf(scope, bus));
  }

  /** Memory was filled anew. */
  reset(): void {
    this.#buses.clear();
  }

  #indexOf(scope: Scope, bus: string): BusIndex<Matching<Value>> {
    const key = placeOf(scope, bus);
    const known = this.#buses.get(key);
    if (known) return known;
    const index = new BusIndex([...this.#waitingOn(scope, bus)].map((value) => this.#waiting(value)));
    this.#buses.set(key, index);
    return index;
  }

  #waiting(value: Value): Waiting<Matching<Value>> {
    const { eventPattern: text } = value;
    if (text === undefined) return { item: { value, pattern: undefined }, pattern: undefined };
    const pattern = this.#patterns.get(value) ?? parseEventPattern(text);
    this.#patterns.set(value, pattern);
    return { item: { value, pattern }, pattern: JSON.parse(text) as Readonly<Record<string, unknown>> };
  }
}

export type RuleIndex = WaitingIndex<EventRuleRecord>;
export type ArchiveIndex = WaitingIndex<EventArchiveRecord>;

/** The enabled rules of each bus that have a pattern and targets. */
export function ruleIndex(ledger: Ledger): RuleIndex {
  return new WaitingIndex((scope, bus) =>
    [...ledger.by(eventRuleRecords, scopeOf(scope), 'bus', { value: bus })].filter(
      (rule) => rule.isEnabled && rule.eventPattern !== undefined && rule.targets.length > 0,
    ),
  );
}

/** The archives of each bus. */
export function archiveIndex(ledger: Ledger): ArchiveIndex {
  return new WaitingIndex((scope, bus) => ledger.by(eventArchiveRecords, scopeOf(scope), 'bus', { value: bus }));
}

function placeOf({ account, region }: Scope, bus: string): string {
  return `${account} ${region} ${bus}`;
}
