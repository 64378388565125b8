import type { Ended, Evaluation, EvaluationResult } from '../asl/index.ts';
import type { CancelTimer, Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { isShortOfFiles } from '../core/short-of-files.ts';
import { type Asker, type Evaluations, EvaluationsBusy, EvaluationsClosed } from './evaluations.ts';
import { Lanes } from './lanes.ts';
import { EvaluationThread, type ThreadEvents } from './thread.ts';

export interface EvaluationPoolOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many evaluations go on at once. @default 2 */
  readonly threads?: number;
  /** How long an evaluation may take, by the monotonic clock, once a thread has it. @default 5 s */
  readonly deadline?: Milliseconds;
  /** @default a worker thread */
  readonly startThread?: (events: ThreadEvents) => Thread;
}

type Thread = Pick<EvaluationThread, 'position' | 'send' | 'rest' | 'end'>;

interface Job {
  readonly evaluation: Evaluation;
  readonly by: Asker;
  readonly resolve: (result: EvaluationResult) => void;
  readonly reject: (error: Error) => void;
}

/** A thread of the pool, and what it is at. */
interface Place {
  readonly thread: Thread;
  isReady: boolean;
  work: { readonly job: Job; readonly began: Milliseconds; readonly cancelDeadline: CancelTimer } | undefined;
  cancelRest: CancelTimer | undefined;
}

/** A thread that has had nothing to do for so long goes. */
const longestRest: Milliseconds = 60_000;
/** How long until a thread is tried again for which there was no file. */
const filesAfter: Milliseconds = 1_000;
/** Ended threads that are not yet gone, since a call of the platform is not cut short; with more no new one is started. */
const mostDying = 4;

/** Threads for evaluations, started when first needed. One that is over its deadline or memory is ended, and replaced. */
export class EvaluationPool implements Evaluations {
  readonly #options: EvaluationPoolOptions;
  readonly #threads: number;
  readonly #lanes = new Lanes<Job>();
  readonly #places = new Set<Place>();
  readonly #dying = new Set<Promise<void>>();
  #cancelRetry: CancelTimer | undefined;
  #isClosed = false;

  constructor(options: EvaluationPoolOptions) {
    this.#options = options;
    this.#threads = options.threads ?? 2;
  }

  evaluate(evaluation: Evaluation, by: Asker): Promise<EvaluationResult> {
    if (this.#isClosed) return Promise.reject(new EvaluationsClosed());
    if (this.#lanes.waiting(by.lane) >= (by.mostWaiting ?? Number.POSITIVE_INFINITY)) {
      return Promise.reject(new EvaluationsBusy());
    }
    const { promise, resolve, reject } = Promise.withResolvers<EvaluationResult>();
    this.#lanes.add(by.lane, { evaluation, by, resolve, reject });
    this.#dispatch();
    return promise;
  }

  /** Ends all threads; what was asked and is not answered is rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry?.();
    const jobs = this.#lanes.drain();
    for (const place of [...this.#places]) {
      if (place.work) jobs.push(place.work.job);
      this.#remove(place);
    }
    for (const { reject } of jobs) reject(new EvaluationsClosed());
    await Promise.all(this.#dying);
  }

  #dispatch(): void {
    for (const place of this.#places) {
      if (!place.isReady || place.work) continue;
      const busy = [...this.#places].filter(({ work }) => work).length;
      const job = this.#lanes.take(this.#threads - busy, this.#threads);
      if (!job) break;
      this.#begin(place, job);
    }
    if (this.#lanes.isEmpty || this.#isClosed) return;
    const mayStart = !this.#cancelRetry && this.#places.size < this.#threads && this.#dying.size < mostDying;
    if (mayStart && ![...this.#places].some(({ work }) => !work)) this.#start();
  }

  #start(): void {
    const { startThread = (events) => new EvaluationThread(events) } = this.#options;
    const thread = startThread({
      ready: () => {
        place.isReady = true;
        this.#rest(place);
        this.#dispatch();
      },
      replied: (reply) => {
        if (reply.kind === 'broken') this.#options.logger.error({ fault: reply.message }, 'an evaluation broke');
        const broken = { kind: 'ended', reason: { kind: 'broken' }, position: thread.position } as const;
        this.#finish(place, reply.kind === 'done' ? reply.result : broken);
      },
      died: (cause) => this.#onDeath(place, cause),
    });
    const place: Place = { thread, isReady: false, work: undefined, cancelRest: undefined };
    this.#places.add(place);
  }

  #begin(place: Place, job: Job): void {
    const { clock, deadline = 5_000 } = this.#options;
    place.cancelRest?.();
    const milliseconds = deadline * (job.by.patience ?? 1);
    const cancelDeadline = clock.after(milliseconds, () => this.#cut(place, { kind: 'deadline', milliseconds }));
    place.work = { job, began: clock.monotonic(), cancelDeadline };
    place.thread.send(job.evaluation);
  }

  /** The evaluation has come to its own end. */
  #finish(place: Place, result: EvaluationResult): void {
    const job = this.#release(place);
    this.#rest(place);
    job?.resolve(result);
    this.#dispatch();
  }

  #release(place: Place): Job | undefined {
    const { work } = place;
    if (!work) return undefined;
    work.cancelDeadline();
    place.work = undefined;
    this.#lanes.done(work.job.by.lane, this.#options.clock.monotonic() - work.began);
    return work.job;
  }

  /** Ends the thread together with its evaluation; nobody else hears of it. */
  #cut(place: Place, reason: Ended['reason']): void {
    const { position } = place.thread;
    const job = this.#release(place);
    this.#remove(place);
    if (job) this.#options.logger.warn({ lane: job.by.lane, reason }, 'an evaluation was ended');
    job?.resolve({ kind: 'ended', reason, position });
    this.#dispatch();
  }

  #onDeath(place: Place, cause: unknown): void {
    const isMemory = (cause as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (place.isReady) {
      this.#cut(place, { kind: isMemory ? 'memory' : 'broken' });
      return;
    }
    if (isShortOfFiles(cause)) this.#waitForFiles(cause);
    this.#remove(place);
    if (this.#cancelRetry) return;
    // It never came to life, and the next would not either.
    for (const { reject } of this.#lanes.drain()) reject(new Error('no thread can evaluate', { cause }));
  }

  /** A thread needs files, and there are none. Requests are told to come again; nobody's execution fails of it. */
  #waitForFiles(cause: unknown): void {
    this.#options.logger.warn({ problem: String(cause) }, 'no file is left for a thread: evaluations wait');
    this.#cancelRetry = this.#options.clock.after(filesAfter, () => {
      this.#cancelRetry = undefined;
      this.#dispatch();
    });
    for (const job of this.#lanes.drain()) {
      if (job.by.mostWaiting === undefined) this.#lanes.add(job.by.lane, job);
      else job.reject(new Error('no thread can evaluate', { cause }));
    }
  }

  #rest(place: Place): void {
    place.thread.rest();
    place.cancelRest = this.#options.clock.after(longestRest, () => this.#remove(place));
  }

  #remove(place: Place): void {
    place.cancelRest?.();
    place.work?.cancelDeadline();
    this.#places.delete(place);
    const gone = place.thread.end().finally(() => {
      this.#dying.delete(gone);
      if (!this.#isClosed) this.#dispatch();
    });
    this.#dying.add(gone);
  }
}
