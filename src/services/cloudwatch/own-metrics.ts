import type { Scope } from '../../core/arn.ts';
import type { CancelTimer, Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { addTo, type Bucket, bucketOf } from './points/bucket.ts';
import type { Datum, MetricHouse } from './points/metric-house.ts';
import type { Dimension } from './records.ts';

/** A value of a metric of the server's own. */
export interface OwnValue extends Scope {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit?: string;
  readonly value: number;
}

/** Says, once a minute, what is so. */
export type OwnSource = () => readonly OwnValue[] | Promise<readonly OwnValue[]>;

export interface OwnMetricsOptions {
  readonly metrics: Pick<MetricHouse, 'put'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const minute: Milliseconds = 60_000;
/** Different values that are counted between two minutes; others are not taken, rather than memory without bound. */
const mostCounted = 10_000;

interface Counted {
  readonly value: OwnValue;
  readonly bucket: Bucket;
}

/**
 * Metrics of the server's own, put once a minute for the minute that has ended: what was counted in it, and what sources say. What was
 * not put when the server dies is lost.
 */
export class OwnMetrics {
  readonly #options: OwnMetricsOptions;
  readonly #sources: OwnSource[] = [];
  #counted = new Map<string, Counted>();
  #cancel: CancelTimer | undefined;
  #isOpen = false;
  #work: Promise<void> = Promise.resolve();

  constructor(options: OwnMetricsOptions) {
    this.#options = options;
  }

  addSource(source: OwnSource): void {
    this.#sources.push(source);
  }

  /** Adds a value to the minute that goes on. */
  count(value: OwnValue): void {
    const key = keyOf(value);
    const known = this.#counted.get(key);
    if (known) addTo(known.bucket, bucketOf(value.value));
    else if (this.#counted.size < mostCounted) this.#counted.set(key, { value, bucket: bucketOf(value.value) });
  }

  /** Sources are asked at once, so that what they say of the first minute is measured from here on. */
  open(): void {
    this.#isOpen = true;
    this.#work = this.#work.then(async () => {
      await this.#ask();
    });
    this.#later();
  }

  pause(): void {
    this.#isOpen = false;
    this.#cancel?.();
  }

  /** Pauses, and waits for what is being asked. */
  close(): Promise<void> {
    this.pause();
    return this.#work;
  }

  /** Resolves when no source is being asked. */
  idle(): Promise<void> {
    return this.#work;
  }

  #later(): void {
    const { clock } = this.#options;
    this.#cancel = clock.after(minute - (clock.now() % minute), () => {
      const ended = Math.floor(clock.now() / minute) * 60 - 60;
      this.#work = this.#work.then(() => this.#put(ended));
      this.#later();
    });
  }

  async #put(time: number): Promise<void> {
    const counted = [...this.#counted.values()];
    this.#counted = new Map();
    const told = (await this.#ask()).map((value) => ({ value, bucket: bucketOf(value.value) }));
    if (!this.#isOpen) return;
    for (const [, own] of Map.groupBy([...counted, ...told], ({ value }) => `${value.account} ${value.region}`)) {
      const [first] = own;
      if (first)
        this.#putOf(
          first.value,
          own.map((each) => datumOf(each, time)),
        );
    }
  }

  #putOf(scope: Scope, data: readonly Datum[]): void {
    try {
      this.#options.metrics.put(scope, data);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'metrics of a minute could not be put');
    }
  }

  async #ask(): Promise<readonly OwnValue[]> {
    const answers = await Promise.all(this.#sources.map((source) => this.#askOne(source)));
    return answers.flat();
  }

  async #askOne(source: OwnSource): Promise<readonly OwnValue[]> {
    try {
      return await source();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'a source of metrics could not tell');
      return [];
    }
  }
}

function datumOf({ value: { namespace, name, dimensions, unit }, bucket }: Counted, time: number): Datum {
  const named = { namespace, name, dimensions: dimensionsOf(dimensions) };
  // As with PutMetricData: a metric without a unit is one with none.
  return { ...named, ...(unit === undefined || unit === 'None' ? {} : { unit }), resolution: 60, time, bucket };
}

function dimensionsOf(dimensions: OwnValue['dimensions']): readonly Dimension[] {
  return Object.entries(dimensions)
    .map(([name, value]) => ({ name, value }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function keyOf({ account, region, namespace, name, dimensions, unit }: OwnValue): string {
  return JSON.stringify([account, region, namespace, name, unit ?? null, ...Object.entries(dimensions).flat()]);
}
