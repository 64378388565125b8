import type { JobDetail, JobSummary } from '@aws-sdk/client-batch';
import { isTerminal, type JobStatus } from '../../core/job.ts';
import type { Client } from '../client/client.ts';
import { describeInTurn } from './array-children.ts';
import { childrenOf, hasRun, linesOf } from './array-logs.ts';
import { JobLogReader, type LogSelection } from './job-logs.ts';
import { mergeByTime } from './merge-lines.ts';
import type { ChildLine } from './stored-lines.ts';
import { type Ask, patiently, type Seen, type WatchOptions, watch } from './watch.ts';
import { describeJob } from './watch-job.ts';

const endStatuses = ['SUCCEEDED', 'FAILED'] as const;

/** Looks at an array of so many children cost much: one a second. */
const large = 1_000;
const largePace = 1_000;
const smallPace = 100;
/** Lines of one child that are held at once while it is followed. */
const followedPage = 1_000;

export interface FollowArrayOptions extends WatchOptions {
  readonly client: Client;
  readonly selection: LogSelection;
}

/**
 * What the children write until all have ended: first what those have written that have ended already, by time, then what the
 * others write, as it is found, by time. Each line once. Survives a restart of the server.
 */
export async function* followArray(array: JobDetail, options: FollowArrayOptions): AsyncGenerator<ChildLine, void> {
  const size = array.arrayProperties?.size ?? 0;
  const jobId = array.jobId ?? '';
  const followed = new FollowedChildren(jobId, options);
  yield* followed.past();
  const pace = size > large ? largePace : smallPace;
  yield* watch({ ...options, pace }, async function* (ask) {
    const { status, arrayProperties } = await ask(() => describeJob(options.client, jobId));
    const { SUCCEEDED = 0, FAILED = 0 } = arrayProperties?.statusSummary ?? {};
    let seen: Seen = 'nothing new';
    for await (const line of followed.news(SUCCEEDED + FAILED)) {
      seen = 'news';
      yield line;
    }
    return isTerminal(status as JobStatus) && followed.readToTheEnd === size ? 'the end' : seen;
  });
}

/** Which children have been read to their end, and how far the others. */
class FollowedChildren {
  readonly #arrayJobId: string;
  readonly #client: Client;
  readonly #selection: LogSelection;
  readonly #ask: Ask;
  readonly #done = new Set<string>();
  readonly #readers = new Map<string, JobLogReader>();

  constructor(arrayJobId: string, options: FollowArrayOptions) {
    this.#arrayJobId = arrayJobId;
    this.#client = options.client;
    this.#selection = { ...options.selection, page: followedPage };
    this.#ask = (question) => patiently(options, question);
  }

  get readToTheEnd(): number {
    return this.#done.size;
  }

  /** All lines of children that have ended. */
  async *past(): AsyncGenerator<ChildLine, void> {
    const ended = await childrenOf(this.#client, this.#arrayJobId, endStatuses, this.#ask);
    yield* linesOf(this.#client, ended, this.#selection, this.#ask);
    for (const { jobId = '' } of ended) this.#done.add(jobId);
  }

  /** The lines since the last call of children that run, or have ended since. `endedCount`: how many have ended in all. */
  async *news(endedCount: number): AsyncGenerator<ChildLine, void> {
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
