import type { Clock } from '../../../core/clock.ts';
import { quotas } from '../limits.ts';
import type { LogsLogger } from '../logger.ts';
import type { MetricFilterRecord } from './filter-records.ts';
import type { FilteredMetric } from './metric-sink.ts';

const hour = 3_600_000;

interface Seen {
  /** By the monotonic clock. */
  readonly since: number;
  readonly values: Set<string>;
  isTold: boolean;
}

/** Bounds how many values of dimensions a filter makes in an hour: each is a metric of its own. What would be more is not counted. */
export class DimensionBound {
  readonly #clock: Clock;
  readonly #logger: LogsLogger;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock, logger: LogsLogger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  allows(filter: MetricFilterRecord, { name, dimensions }: FilteredMetric): boolean {
    if (dimensions.length === 0) return true;
    const seen = this.#of(filter);
    const value = JSON.stringify([name, ...dimensions.map((each) => [each.name, each.value])]);
    if (seen.values.has(value)) return true;
    if (seen.values.size < quotas.dimensionValues) {
      seen.values.add(value);
      return true;
    }
    if (!seen.isTold) this.#tell(filter);
    seen.isTold = true;
    return false;
  }

  #of({ account, region, groupName, name }: MetricFilterRecord): Seen {
    const key = JSON.stringify([account, region, groupName, name]);
    const known = this.#seen.get(key);
    const now = this.#clock.monotonic();
    if (known && now - known.since < hour) return known;
    const seen = { since: now, values: new Set<string>(), isTold: false };
    this.#seen.set(key, seen);
    return seen;
  }

  #tell({ groupName, name }: MetricFilterRecord): void {
    const words = `a metric filter has made ${quotas.dimensionValues} values of its dimensions within an hour: others are not counted until that is over`;
    this.#logger.warn({ logGroup: groupName, filter: name }, words);
  }

  /** Memory is filled anew: filters may be others. */
  forget(): void {
    this.#seen.clear();
  }
}
