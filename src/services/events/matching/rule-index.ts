import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { type EventPattern, parseEventPattern } from '../event-pattern.ts';
import { type EventRuleRecord, eventRuleRecords } from '../records.ts';

/** A rule that waits for events, with its pattern. */
export interface MatchingRule {
  readonly rule: EventRuleRecord;
  readonly pattern: EventPattern;
}

/** The rules of one bus by what their patterns say of source and detail-type: exactly, or otherwise. */
class BusIndex {
  readonly #exact = new Map<string, MatchingRule[]>();
  readonly #ofSource = new Map<string, MatchingRule[]>();
  readonly #others: MatchingRule[] = [];

  add(rule: MatchingRule, sources: readonly string[] | undefined, types: readonly string[] | undefined): void {
    if (!sources) this.#others.push(rule);
    else if (!types) for (const source of sources) place(this.#ofSource, source, rule);
    else for (const source of sources) for (const type of types) place(this.#exact, keyOf(source, type), rule);
  }

  /** Whatever could match an event of this source and type; no rule twice. */
  candidates(source: string, type: string): readonly MatchingRule[] {
    const exact = this.#exact.get(keyOf(source, type)) ?? [];
    const ofSource = this.#ofSource.get(source) ?? [];
    if (ofSource.length === 0 && this.#others.length === 0) return exact;
    return [...exact, ...ofSource, ...this.#others];
  }
}

function keyOf(source: string, type: string): string {
  return `${source}\0${type}`;
}

function place(map: Map<string, MatchingRule[]>, key: string, rule: MatchingRule): void {
  const rules = map.get(key);
  if (rules) rules.push(rule);
  else map.set(key, [rule]);
}

/**
 * Which rules an event may concern, without looking at more of it than its bus, source and detail-type. Made of a bus's rules when
 * it is first asked after one of them has changed.
 */
export class RuleIndex {
  readonly #ledger: Ledger;
  readonly #buses = new Map<string, BusIndex>();
  readonly #patterns = new WeakMap<EventRuleRecord, EventPattern>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The rules whose patterns are to be tried. */
  candidates(scope: Scope, bus: string, source: string, type: string): readonly MatchingRule[] {
    const key = placeOf(scope, bus);
    let found = this.#buses.get(key);
    if (!found) {
      found = this.#build(scope, bus);
      this.#buses.set(key, found);
    }
    return found.candidates(source, type);
  }

  /** A rule of the bus has changed. */
  changed(scope: Scope, bus: string): void {
    this.#buses.delete(placeOf(scope, bus));
  }

  /** Memory was filled anew. */
  reset(): void {
    this.#buses.clear();
  }

  #build(scope: Scope, bus: string): BusIndex {
    const index = new BusIndex();
    for (const rule of this.#ledger.by(eventRuleRecords, scopeOf(scope), 'bus', { value: bus })) {
      if (!rule.isEnabled || rule.eventPattern === undefined || rule.targets.length === 0) continue;
      const given = JSON.parse(rule.eventPattern) as Readonly<Record<string, unknown>>;
      const pattern = this.#pattern(rule, rule.eventPattern);
      index.add({ rule, pattern }, exactTexts(given.source), exactTexts(given['detail-type']));
    }
    return index;
  }

  #pattern(rule: EventRuleRecord, text: string): EventPattern {
    const known = this.#patterns.get(rule);
    if (known) return known;
    const pattern = parseEventPattern(text);
    this.#patterns.set(rule, pattern);
    return pattern;
  }
}

function placeOf({ account, region }: Scope, bus: string): string {
  return `${account} ${region} ${bus}`;
}

/** The texts that a key of a pattern names; undefined if it says anything else, or is not there. No text twice. */
function exactTexts(wanted: unknown): readonly string[] | undefined {
  if (!Array.isArray(wanted) || !wanted.every((each) => typeof each === 'string')) return undefined;
  return [...new Set<string>(wanted)];
}
