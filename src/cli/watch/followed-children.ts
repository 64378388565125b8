import type { JobDetail, JobSummary } from '@aws-sdk/client-batch';
import type { Milliseconds } from '../../core/ids.ts';
import { isTerminal, type JobStatus } from '../../core/job.ts';
import type { Client } from '../client/client.ts';
import { describeInTurn } from './array-children.ts';
import { childrenOf, hasRun, linesOf } from './array-logs.ts';
import { JobLogReader, type LogSelection } from './job-logs.ts';
import { mergeByTime } from './merge-lines.ts';
import type { ChildLine } from './stored-lines.ts';
import { type Ask, patiently, type WatchOptions } from './watch.ts';

const endStatuses = ['SUCCEEDED', 'FAILED'] as const;

/** A look at an array of so many children costs much: one a second. */
const large = 1_000;
const largePace: Milliseconds = 1_000;
const smallPace: Milliseconds = 100;
/** Lines of one child that are held at once while it is followed. */
const followedPage = 1_000;

export interface FollowArrayOptions extends WatchOptions {
  readonly client: Client;
  readonly selection: LogSelection;
}

/** Which children have been read to their end, and how far the others. */
export class FollowedChildren {
  readonly #arrayJobId: string;
  readonly #client: Client;
  readonly #selection: LogSelection;
  readonly #ask: Ask;
  readonly #done = new Set<string>();
  readonly #readers = new Map<string, JobLogReader>();
  readonly #clock: WatchOptions['clock'];
  readonly #pace: Milliseconds;
  #lookAt: Milliseconds = Number.NEGATIVE_INFINITY;

  constructor({ jobId = '', arrayProperties }: JobDetail, options: FollowArrayOptions) {
    this.#arrayJobId = jobId;
    this.#clock = options.clock;
    this.#pace = (arrayProperties?.size ?? 0) > large ? largePace : smallPace;
    this.#client = options.client;
    this.#selection = { ...options.selection, page: followedPage };
    this.#ask = (question) => patiently(options, question);
  }

  /** All lines of children that have ended. */
  async *past(): AsyncGenerator<ChildLine, void> {
    const ended = await childrenOf(this.#client, this.#arrayJobId, endStatuses, this.#ask);
    yield* linesOf(this.#client, ended, this.#selection, this.#ask);
    for (const { jobId = '' } of ended) this.#done.add(jobId);
  }

  /**
   * The lines since the last call of children that run, or have ended since; nothing so soon after the last call that it is not
   * worth it. `array`: as it is now; once it has ended, all that is left.
   */
  async *news({ status, arrayProperties }: JobDetail): AsyncGenerator<ChildLine, void> {
    const now = this.#clock.monotonic();
    if (now < this.#lookAt && !isTerminal(status as JobStatus)) return;
    this.#lookAt = now + this.#pace;
    const { SUCCEEDED = 0, FAILED = 0 } = arrayProperties?.statusSummary ?? {};
    const endedCount = SUCCEEDED + FAILED;
    // In this order: one that ends in between is in both lists, not in none.
    const running = await childrenOf(this.#client, this.#arrayJobId, ['RUNNING'], this.#ask);
    const ended = endedCount > this.#done.size ? await this.#endedSince() : [];
    const isEnded = new Set(ended.map(({ jobId }) => jobId));
    const live = running.filter(({ jobId }) => !isEnded.has(jobId));
    const ids = [...ended.filter(hasRun), ...live].flatMap(({ jobId }) => jobId ?? []);
    const jobs = (await Array.fromAsync(describeInTurn(this.#client, ids, this.#ask))).flat();
    yield* mergeByTime(jobs.map((job) => this.#read(job)));
    for (const { jobId = '' } of ended) {
      this.#done.add(jobId);
      this.#readers.delete(jobId);
    }
  }

  async #endedSince(): Promise<readonly JobSummary[]> {
    const ended = await childrenOf(this.#client, this.#arrayJobId, endStatuses, this.#ask);
    return ended.filter(({ jobId = '' }) => !this.#done.has(jobId));
  }

  async *#read(job: JobDetail): AsyncGenerator<ChildLine, void> {
    const { jobId = '', arrayProperties } = job;
    const reader = this.#readers.get(jobId) ?? new JobLogReader(this.#client, this.#selection, this.#ask);
    this.#readers.set(jobId, reader);
    for await (const line of reader.read(job)) yield { ...line, index: arrayProperties?.index ?? 0, jobId };
  }
}
