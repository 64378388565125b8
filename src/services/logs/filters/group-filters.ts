import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { compilePattern } from '../patterns/index.ts';
import {
  type MetricFilterRecord,
  metricFilterRecords,
  type SubscriptionFilterRecord,
  subscriptionFilterRecords,
} from './filter-records.ts';
import { PatternSet } from './pattern-set.ts';

/** A filter, of either kind. */
export type AnyFilter =
  | { readonly kind: 'metric'; readonly filter: MetricFilterRecord }
  | { readonly kind: 'subscription'; readonly filter: SubscriptionFilterRecord };

/** The filters of a group, ready to be asked. */
export interface GroupFilters {
  readonly all: readonly AnyFilter[];
  readonly patterns: PatternSet<AnyFilter>;
}

export function metricFiltersOf(ledger: Ledger, scope: Scope, groupName: string): readonly MetricFilterRecord[] {
  return [...ledger.by(metricFilterRecords, scope, 'group', { value: groupName })];
}

export function subscriptionsOf(ledger: Ledger, scope: Scope, groupName: string): readonly SubscriptionFilterRecord[] {
  return [...ledger.by(subscriptionFilterRecords, scope, 'group', { value: groupName })];
}

export function countMetricFilters(ledger: Ledger, scope: Scope, groupName: string): number {
  return ledger.countBy(metricFilterRecords, scope, 'group', groupName);
}

export function countSubscriptions(ledger: Ledger, scope: Scope, groupName: string): number {
  return ledger.countBy(subscriptionFilterRecords, scope, 'group', groupName);
}

export function hasFilters(ledger: Ledger, scope: Scope, groupName: string): boolean {
  return countMetricFilters(ledger, scope, groupName) + countSubscriptions(ledger, scope, groupName) > 0;
}

/** Compiles the filters of groups when they are asked for, and anew when they have changed. */
export class FilterShelf {
  readonly #ledger: Ledger;
  readonly #ready = new Map<string, GroupFilters>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Undefined where a group has none. */
  of(scope: Scope, groupName: string): GroupFilters | undefined {
    const key = `${scope.account} ${scope.region} ${groupName}`;
    const all = this.#filters(scope, groupName);
    const ready = this.#ready.get(key);
    if (all.length === 0) {
      this.#ready.delete(key);
      return undefined;
    }
    if (ready && isSame(ready.all, all)) return ready;
    const members = all.map((owner) => ({ owner, pattern: compilePattern(owner.filter.pattern) }));
    const made = { all, patterns: new PatternSet(members) };
    this.#ready.set(key, made);
    return made;
  }

  #filters(scope: Scope, groupName: string): readonly AnyFilter[] {
    return [
      ...metricFiltersOf(this.#ledger, scope, groupName).map((filter) => ({ kind: 'metric', filter }) as const),
      ...subscriptionsOf(this.#ledger, scope, groupName).map((filter) => ({ kind: 'subscription', filter }) as const),
    ];
  }
}

/** A record that is changed is another object. */
function isSame(one: readonly AnyFilter[], other: readonly AnyFilter[]): boolean {
  return one.length === other.length && one.every(({ filter }, index) => filter === other[index]?.filter);
}
