import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Transaction } from '../../../store/index.ts';
import type { MetricName } from '../records.ts';
import { addTo, bucketOf } from './bucket.ts';
import type { Datum, MetricHouse } from './metric-house.ts';

/** Values of metrics that are to be put together in a transaction of somebody's: those of a minute are one point. */
export class GatheredPoints {
  readonly #house: MetricHouse;
  readonly #data = new Map<string, Datum>();

  constructor(house: MetricHouse) {
    this.#house = house;
  }

  get size(): number {
    return this.#data.size;
  }

  add(metric: MetricName & { readonly unit?: string }, at: EpochMilliseconds, value: number): void {
    const time = Math.floor(at / 60_000) * 60;
    const { namespace, name, dimensions, unit } = metric;
    const names = dimensions.flatMap((each) => [each.name, each.value]);
    const key = JSON.stringify([time, unit ?? '', namespace, name, ...names]);
    const known = this.#data.get(key);
    if (known) addTo(known.bucket, bucketOf(value));
    else this.#data.set(key, datumOf({ namespace, name, dimensions }, unit, time, value));
  }

  putIn(transaction: Transaction, scope: Scope): void {
    if (this.#data.size > 0) this.#house.putIn(transaction, scope, [...this.#data.values()]);
  }
}

function datumOf(metric: MetricName, unit: string | undefined, time: number, value: number): Datum {
  const own = unit === undefined || unit === 'None' ? {} : { unit };
  return { ...metric, ...own, resolution: 60, time, bucket: bucketOf(value) };
}
