import type { Scope } from '../../../core/arn.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import type { LogGroupRecord } from '../records.ts';
import { defaultMinutesRecords, filterKey, metricFilterRecords, subscriptionFilterRecords } from './filter-records.ts';
import { metricFiltersOf, subscriptionsOf } from './group-filters.ts';

/** A group goes, and its filters with it. */
export function removeFilters(ledger: Ledger, transaction: Transaction, group: LogGroupRecord): void {
  for (const { name } of metricFiltersOf(ledger, group, group.name)) {
    removeMetricFilter(transaction, group, group.name, name);
  }
  for (const { name } of subscriptionsOf(ledger, group, group.name)) {
    transaction.delete(subscriptionFilterRecords, group, filterKey(group.name, name));
  }
}

/** With what is known of its minutes. */
export function removeMetricFilter(transaction: Transaction, scope: Scope, groupName: string, name: string): void {
  transaction.delete(metricFilterRecords, scope, filterKey(groupName, name));
  transaction.delete(defaultMinutesRecords, scope, filterKey(groupName, name));
}
