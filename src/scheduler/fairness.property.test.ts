import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { Site } from './scheduler.fixture.ts';

/** Seconds: the mean life of usage. */
const window = 120;
/** Seconds. Long jobs that began together end together, and what each share then takes of their room is never quite its part. */
const longest = window / 20;
const windows = 50;
/** vCPUs. */
const capacity = 24;
const start = 1_790_000_000_000;

interface Kind {
  readonly weight: number;
  readonly vcpus: number;
  /** Of the hundredth of its window that a job of it is at most. */
  readonly part: number;
}

interface Running {
  readonly at: number;
  readonly share: number;
  readonly vcpuSeconds: number;
}

const kinds: fc.Arbitrary<readonly Kind[]> = fc.array(
  fc.record({
    weight: fc.constantFrom(0.5, 1, 1, 2),
    vcpus: fc.constantFrom(1, 1, 2),
    part: fc.double({ min: 0.6, max: 1, noNaN: true }),
  }),
  { minLength: 2, maxLength: 4 },
);

/** A queue each of whose shares always has jobs that wait. */
class Backlogged {
  readonly site = new Site().environment('ce', { maxvCpus: capacity });
  readonly used: number[];
  readonly lasts: readonly number[];
  /** The part of all that each share is to get. */
  readonly parts: readonly number[];
  readonly #kinds: readonly Kind[];
  readonly #running = new Map<JobId, Running>();
  #submitted = 0;

  constructor(given: readonly Kind[]) {
    this.#kinds = given;
    this.used = given.map(() => 0);
    const sum = given.reduce((total, { weight }) => total + 1 / weight, 0);
    this.parts = given.map(({ weight }) => 1 / weight / sum);
    this.lasts = given.map(({ vcpus, part }, share) =>
      Math.min(longest, (part * 0.01 * capacity * window * (this.parts[share] ?? 0)) / vcpus),
    );
    this.site.now = start;
    const weights = given.map(({ weight }, share) => ({ shareIdentifier: `s${share}`, weightFactor: weight }));
    this.site.fair('q', 'ce', { decay: window, weights });
    for (const share of given.keys()) for (let job = 0; job < 30; job += 1) this.#submit(share);
    this.place();
  }

  /** Answers what started. */
  place(): readonly JobId[] {
    const started = this.site.plan().decisions.map(({ jobId }) => jobId);
    for (const jobId of started) {
      const share = Number(/^s(\d+)-/.exec(jobId)?.[1]);
      const [lasts, kind] = [this.lasts[share], this.#kinds[share]];
      if (lasts === undefined || !kind) continue;
      const at = this.site.now + lasts * 1000;
      this.#running.set(jobId, { at, share, vcpuSeconds: kind.vcpus * lasts });
      this.#submit(share);
    }
    return started;
  }

  /** Time goes on to the end of the job that ends next. */
  endNext(): void {
    const [next] = [...this.#running].sort(([, a], [, b]) => a.at - b.at);
    assert.ok(next);
    const [jobId, { at, share, vcpuSeconds }] = next;
    this.#running.delete(jobId);
    this.site.now = at;
    this.site.finish(jobId);
    this.used[share] = (this.used[share] ?? 0) + vcpuSeconds;
  }

  #submit(share: number): void {
    this.#submitted += 1;
    this.site.share('q', `s${share}`, `s${share}-${this.#submitted}:${this.#kinds[share]?.vcpus ?? 1}`);
  }
}

test('shares that always have work get vCPU-time by inverse weight within 2 %, each job at most 1 % of its part of a window', () => {
  fc.assert(
    fc.property(kinds, (given) => {
      const queue = new Backlogged(given);
      while (queue.site.now < start + windows * window * 1000) {
        queue.endNext();
        queue.place();
      }
      const sum = queue.used.reduce((total, each) => total + each, 0);
      for (const [share, part] of queue.parts.entries()) {
        const error = (queue.used[share] ?? 0) / sum / part - 1;
        assert.ok(Math.abs(error) < 0.02, `share ${share} is ${(100 * error).toFixed(2)} % off`);
      }
    }),
    { numRuns: 3 },
  );
});

/** Milliseconds. Jobs here last some seconds, and all places come free again and again meanwhile. */
const round = (window / 2) * 1000;

test('no share that always has work waits through a round in which all others are served, half a window here', () => {
  fc.assert(
    fc.property(kinds, (given) => {
      const queue = new Backlogged(given);
      const startedAt = given.map(() => start);
      while (queue.site.now < start + (windows / 5) * window * 1000) {
        queue.endNext();
        for (const jobId of queue.place()) startedAt[Number(/^s(\d+)-/.exec(jobId)?.[1])] = queue.site.now;
        for (const [share, at] of startedAt.entries())
          assert.ok(queue.site.now - at < round, `share ${share} waits for ${(queue.site.now - at) / 1000} s`);
      }
    }),
    { numRuns: 5 },
  );
});

test('a newcomer’s job is the next one that its queue places, whatever ran before', () => {
  const moment = fc.record({
    ends: fc.integer({ min: 1, max: 200 }),
    milliseconds: fc.integer({ min: 1, max: 50_000 }),
  });
  fc.assert(
    fc.property(kinds, moment, (given, { ends, milliseconds }) => {
      const queue = new Backlogged(given);
      for (let end = 0; end < ends; end += 1) {
        queue.endNext();
        queue.place();
      }
      queue.site.now += milliseconds;
      queue.site.share('q', 'newcomer', 'newcomer');
      let started = queue.place();
      while (started.length === 0) {
        queue.endNext();
        started = queue.place();
      }
      assert.equal(started[0], 'newcomer');
    }),
    { numRuns: 40 },
  );
});
