import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Counter, type Registry } from 'prom-client';
import type { CancelTimer, Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import { collector } from './collector.ts';

/** Answers how many bytes are alive. */
type Collect = (how: 'quick' | 'thorough') => number;

export interface IdleCollectionOptions {
  readonly clock: Clock;
  /** Requests that have begun and are not answered. */
  readonly inFlight: () => number;
  /** How long this thread has worked so far, from an arbitrary start. @default what Node says of its event loop */
  readonly worked?: () => Milliseconds;
  /** Collects garbage, and if `thorough` gives back what is free then. @default V8's own */
  readonly collect?: Collect;
  readonly metrics: Registry;
}

/** Between two looks at what has been done. */
const interval: Milliseconds = 1_000;
/**
 * So many looks in a row must find next to nothing. A full collection also drops compiled code and what V8 has learned of
 * types: the requests after it take up to half as long again, so a pause between two bursts must not bring one.
 */
const quietLooks = 20;
/** What timers, scrapes and looks take of an interval in which nothing happens. */
const nextToNothing: Milliseconds = 20;
/** A collection takes that long, give or take: it is worth it for as much work as that. */
const enough: Milliseconds = 100;
/** To give memory back takes three times as long as to find what is free: not where so many bytes are alive. */
const tooManyBytes = 128 * 2 ** 20;

/**
 * A full garbage collection once the server has been idle for twenty seconds. Under load V8 lets the heap grow, and an idle
 * process would keep all of it, because only allocation makes V8 collect. It stops the event loop, for a tenth of a second
 * where 100 MB are alive: so never while a request is in flight, and not again until there was new work. Answers how to
 * stop it.
 */
export function collectWhenIdle(options: IdleCollectionOptions): () => void {
  const watch = new IdleCollection(options);
  return () => watch.stop();
}

class IdleCollection {
  readonly #clock: Clock;
  readonly #inFlight: () => number;
  readonly #worked: () => Milliseconds;
  readonly #collect: Collect;
  readonly #collections: Counter;
  /** What `worked` said at the last look. */
  #before: Milliseconds;
  /** Looks in a row that found next to nothing. */
  #quiet = 0;
  /** Work since the last collection. */
  #uncollected: Milliseconds;
  #cancel: CancelTimer;

  constructor(options: IdleCollectionOptions) {
    const { clock, inFlight, worked = activeTime, collect = fullCollection(), metrics } = options;
    this.#clock = clock;
    this.#inFlight = inFlight;
    this.#worked = worked;
    this.#collect = collect;
    this.#collections = new Counter({
      name: 'batchyard_idle_collections_total',
      help: 'Full garbage collections because nothing was to be done.',
      registers: [metrics],
    });
    this.#before = worked();
    // The start itself leaves garbage.
    this.#uncollected = enough;
    this.#cancel = clock.after(interval, () => this.#look());
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const worked = this.#worked();
    const since = worked - this.#before;
    this.#before = worked;
    const isQuiet = since < nextToNothing && this.#inFlight() === 0;
    this.#quiet = isQuiet ? this.#quiet + 1 : 0;
    if (!isQuiet) this.#uncollected += since;
    if (this.#quiet >= quietLooks && this.#uncollected >= enough) this.#collectNow();
    this.#cancel = this.#clock.after(interval, () => this.#look());
  }

  #collectNow(): void {
    if (this.#collect('quick') < tooManyBytes) this.#collect('thorough');
    this.#collections.inc();
    this.#uncollected = 0;
    // What the collection took is no work.
    this.#before = this.#worked();
  }
}

function activeTime(): Milliseconds {
  return performance.eventLoopUtilization().active;
}

function fullCollection(): Collect {
  const collect = collector();
  const flavors = { quick: 'regular', thorough: 'last-resort' } as const;
  return (how) => {
    collect({ type: 'major', execution: 'sync', flavor: flavors[how] });
    return getHeapStatistics().used_heap_size;
  };
}
