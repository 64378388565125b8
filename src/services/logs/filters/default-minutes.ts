import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import type { LogsLogger } from '../logger.ts';
import {
  type DefaultMinute,
  type DefaultMinutesRecord,
  defaultMinutesRecords,
  filterKey,
  type MetricFilterRecord,
  metricFilterRecords,
} from './filter-records.ts';
import type { MetricSink } from './metric-sink.ts';
import { defaultsOf } from './metric-values.ts';
import { transactPoints } from './transact-points.ts';

const minute = 60_000;
/** What is written in the last moments of a minute may be read a little later. */
const grace = 5_000;

/** In which minutes events came, by the time at which they did, and whether one of them matched. */
export class SeenMinutes {
  readonly #filters = new Map<
    string,
    { readonly filter: MetricFilterRecord; readonly minutes: Map<number, boolean> }
  >();

  saw(filter: MetricFilterRecord, ingestedAt: EpochMilliseconds, isMatch: boolean): void {
    const { minutes } = this.#filters.getOrInsertComputed(filterKey(filter.groupName, filter.name), () => ({
      filter,
      minutes: new Map(),
    }));
    const at = Math.floor(ingestedAt / minute) * minute;
    minutes.set(at, isMatch || (minutes.get(at) ?? false));
  }

  /** Adds what was seen to what is known. */
  putIn(transaction: Transaction, ledger: Ledger): void {
    for (const { filter, minutes } of this.#filters.values()) {
      const { groupName, name: filterName } = filter;
      const known = ledger.get(defaultMinutesRecords, filter, filterKey(groupName, filterName))?.minutes ?? [];
      const merged = merge(known, minutes);
      if (merged)
        transaction.put(defaultMinutesRecords, { ...scopeOf(filter), groupName, filterName, minutes: merged });
    }
  }
}

/** Undefined where nothing changes. */
function merge(known: readonly DefaultMinute[], seen: ReadonlyMap<number, boolean>): DefaultMinute[] | undefined {
  const all = new Map(known.map(({ at, matched }) => [at, matched]));
  const isNew = [...seen].some(([at, matched]) => !all.has(at) || (matched && !all.get(at)));
  if (!isNew) return undefined;
  for (const [at, matched] of seen) all.set(at, matched || (all.get(at) ?? false));
  return [...all].map(([at, matched]) => ({ at, matched })).sort((one, other) => one.at - other.at);
}

export interface DefaultsPorts {
  readonly ledger: Ledger;
  readonly sink: MetricSink;
  readonly logger: LogsLogger;
}

/**
 * Puts the default values of minutes that were over at `readFrom`, when a reading of all streams began that has come to their ends,
 * and in which nothing matched. In one commit with forgetting them.
 */
export function putDefaults({ ledger, sink, logger }: DefaultsPorts, readFrom: EpochMilliseconds): void {
  const isOver = ({ at }: DefaultMinute) => at + minute + grace <= readFrom;
  const due = ledger.all(defaultMinutesRecords).filter(({ minutes }) => minutes.some(isOver));
  for (const [, records] of Map.groupBy(due, ({ account, region }) => `${account} ${region}`)) {
    const [scope] = records;
    if (scope) putScopeDefaults({ ledger, sink, logger }, scope, records, isOver);
  }
}

function putScopeDefaults(
  { ledger, sink, logger }: DefaultsPorts,
  scope: Scope,
  records: readonly DefaultMinutesRecord[],
  isOver: (minute: DefaultMinute) => boolean,
): void {
  const points = sink.gather();
  transactPoints({ ledger, points, scope, logger }, (transaction) => {
    for (const record of records) {
      const key = filterKey(record.groupName, record.filterName);
      const filter = ledger.get(metricFilterRecords, record, key);
      for (const { at } of record.minutes.filter((each) => isOver(each) && !each.matched)) {
        for (const { metric, value } of filter ? defaultsOf(filter) : []) points.add(metric, at, value);
      }
      const minutes = record.minutes.filter((each) => !isOver(each));
      if (filter && minutes.length > 0) transaction.put(defaultMinutesRecords, { ...record, minutes });
      else transaction.delete(defaultMinutesRecords, record, key);
    }
  });
}
