import type { Milliseconds } from '../core/ids.ts';

/** So many steps at most; then each two become one that is twice as long. */
const mostSteps = 512;
const firstStep: Milliseconds = 1_000;

/** Steps of time, all alike, in which amounts are summed up: few, however long it is. */
export class Timeline {
  #step: Milliseconds = firstStep;
  readonly #rows: Float64Array[] = [];

  get step(): Milliseconds {
    return this.#step;
  }

  /** An amount that is 0 now. */
  level(): Level {
    const row = new Float64Array(mostSteps);
    this.#rows.push(row);
    return new Level(this, row);
  }

  /** Makes room up to a time. */
  reach(time: Milliseconds): void {
    while (time > this.#step * mostSteps) {
      this.#step *= 2;
      for (const row of this.#rows) fold(row);
    }
  }
}

function fold(row: Float64Array): void {
  const half = row.length / 2;
  for (let at = 0; at < half; at += 1) row[at] = (row[2 * at] ?? 0) + (row[2 * at + 1] ?? 0);
  row.fill(0, half);
}

/** An amount that changes with time: whole numbers, so that sums are exact. */
export class Level {
  readonly #timeline: Timeline;
  /** In each step, the amount times how long it was that, in milliseconds. */
  readonly #row: Float64Array;
  #now = 0;
  #since: Milliseconds = 0;
  #peak = 0;

  constructor(timeline: Timeline, row: Float64Array) {
    this.#timeline = timeline;
    this.#row = row;
  }

  get now(): number {
    return this.#now;
  }

  get peak(): number {
    return this.#peak;
  }

  change(at: Milliseconds, by: number): void {
    this.#sumUp(at);
    this.#now += by;
    if (this.#now > this.#peak) this.#peak = this.#now;
  }

  /** The amount times how long it was that, in milliseconds, up to `end`. */
  total(end: Milliseconds): number {
    this.#sumUp(end);
    return this.#row.reduce((sum, each) => sum + each, 0);
  }

  /** The mean of each step up to `end`; the last one is as short as it is. */
  means(end: Milliseconds): readonly number[] {
    this.#sumUp(end);
    const { step } = this.#timeline;
    const count = Math.ceil(end / step);
    return Array.from({ length: count }, (_, at) => (this.#row[at] ?? 0) / Math.min(step, end - at * step));
  }

  #sumUp(to: Milliseconds): void {
    this.#timeline.reach(to);
    const { step } = this.#timeline;
    for (let from = this.#since; this.#now !== 0 && from < to; ) {
      const at = Math.floor(from / step);
      const end = Math.min(to, (at + 1) * step);
      this.#row[at] = (this.#row[at] ?? 0) + this.#now * (end - from);
      from = end;
    }
    this.#since = to;
  }
}
