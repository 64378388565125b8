import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { Leaf, TerminalStatus } from '../../../core/job.ts';
import { childCode } from '../../../jobs/index.ts';
import type { RunTimes, ServerState } from '../../../simulator/index.ts';
import type { JobListQuery, JobRecord, StoreReads } from '../../../store/index.ts';

/** Whose attempts last alike. */
interface Kind {
  readonly jobQueueArn: string;
  readonly jobDefinitionArn: string;
}

/** Attempts that are looked at of each definition, and of each array. */
const mostAttempts = 50;
/** Definitions that are asked about for one estimate; of those beyond nothing is known. */
const mostDefinitions = 100;
/** Pages of a list that is filtered: a few hundred jobs are looked at for each. */
const mostPages = 3;
/** Arrays whose own children are looked at. */
const mostArrays = 20;
/** How long what was read is good for. */
const keptFor: Milliseconds = 30_000;
const mostKept = 1_000;

/** How long attempts lasted, by the definition and queue of their jobs: read from the jobs that have ended. */
export class RunTimeHistory {
  readonly #reads: StoreReads;
  readonly #clock: { monotonic(): Milliseconds };
  readonly #known = new Map<string, { readonly at: Milliseconds; readonly times: readonly Milliseconds[] }>();

  constructor(reads: StoreReads, clock: { monotonic(): Milliseconds }) {
    this.#reads = reads;
    this.#clock = clock;
  }

  /** Of all jobs of a state; of an array that is there its own children tell too. */
  async of({ jobs: { jobs, arrays } }: ServerState): Promise<RunTimes> {
    const times = new Map<string, readonly Milliseconds[]>();
    for (const { job } of [...jobs, ...arrays]) {
      const key = keyOf(job.traits);
      if (!times.has(key) && times.size < mostDefinitions) times.set(key, await this.#timesOf(job.traits));
    }
    for (const [key, own] of await this.#ofChildren(arrays)) times.set(key, [...(times.get(key) ?? []), ...own]);
    const sorted = new Map([...times].map(([key, each]) => [key, each.toSorted((a, b) => a - b)]));
    return (job) => sorted.get(keyOf(job)) ?? [];
  }

  async #timesOf(kind: Kind): Promise<readonly Milliseconds[]> {
    const key = keyOf(kind);
    const now = this.#clock.monotonic();
    const known = this.#known.get(key);
    if (known && now - known.at < keptFor) return known.times;
    const times = await this.#read(kind);
    this.#known.delete(key);
    this.#known.set(key, { at: now, times });
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
    return times;
  }

  /** Those that succeeded, else those that failed by themselves, else those that succeeded of any revision. */
  async #read({ jobQueueArn, jobDefinitionArn }: Kind): Promise<readonly Milliseconds[]> {
    const anyRevision = jobDefinitionArn.slice(0, jobDefinitionArn.lastIndexOf(':'));
    const succeeded = await this.#ended('SUCCEEDED', { jobQueueArn, jobDefinition: jobDefinitionArn });
    if (succeeded.length > 0) return succeeded;
    const failed = await this.#ended('FAILED', { jobQueueArn, jobDefinition: jobDefinitionArn });
    if (failed.length > 0) return failed;
    return this.#ended('SUCCEEDED', { jobQueueArn, jobDefinition: anyRevision });
  }

  async #ended(
    status: TerminalStatus,
    query: Pick<JobListQuery, 'jobQueueArn' | 'jobDefinition'>,
  ): Promise<readonly Milliseconds[]> {
    const times: Milliseconds[] = [];
    let after: JobListQuery['after'];
    for (let page = 0; page < mostPages; page += 1) {
      const limit = mostAttempts - times.length;
      const { jobs, next } = await this.#reads.listJobs({
        ...query,
        statuses: [status],
        limit,
        ...(after && { after }),
      });
      for (const job of jobs) if (times.length < mostAttempts) times.push(...(await this.#timesIn(job)));
      after = next;
      if (!after || times.length >= mostAttempts) break;
    }
    return times.slice(0, mostAttempts);
  }

  async #timesIn(job: JobRecord): Promise<readonly Milliseconds[]> {
    if (job.kind !== 'array') return timesOf(job.state);
    const indexes = Array.from({ length: Math.min(job.size, mostAttempts) }, (_, index) => index);
    const children = await this.#reads.arrayChildren([{ number: job.number, indexes }]);
    return children.flatMap(({ state }) => timesOf(state));
  }

  /** By definition and queue. */
  async #ofChildren(arrays: ServerState['jobs']['arrays']): Promise<ReadonlyMap<string, readonly Milliseconds[]>> {
    const asked = arrays.flatMap(({ job, stored: { codes } }) => {
      const indexes = firstOf(codes, childCode.succeeded, mostAttempts);
      return indexes.length > 0 ? [{ number: job.number, key: keyOf(job.traits), indexes }] : [];
    });
    const some = asked.slice(0, mostArrays);
    if (some.length === 0) return new Map();
    const keys = new Map(some.map(({ number, key }) => [number, key]));
    const rows = await this.#reads.arrayChildren(some);
    const times = new Map<string, Milliseconds[]>();
    for (const { number, state } of rows) {
      const key = keys.get(number) ?? '';
      times.set(key, [...(times.get(key) ?? []), ...timesOf(state)]);
    }
    return times;
  }
}

function firstOf(codes: Uint8Array, wanted: number, most: number): readonly number[] {
  const found: number[] = [];
  for (let at = codes.indexOf(wanted); at >= 0 && found.length < most; at = codes.indexOf(wanted, at + 1))
    found.push(at);
  return found;
}

/** Of the last attempt, unless somebody stopped it. */
function timesOf({ attempts, stop }: Pick<Leaf, 'attempts' | 'stop'>): readonly Milliseconds[] {
  const { startedAt, stoppedAt }: { startedAt?: EpochMilliseconds; stoppedAt?: EpochMilliseconds } =
    attempts.at(-1) ?? {};
  if (stop || startedAt === undefined || stoppedAt === undefined) return [];
  return [Math.max(0, stoppedAt - startedAt)];
}

function keyOf({ jobQueueArn, jobDefinitionArn }: Kind): string {
  return `${jobQueueArn} ${jobDefinitionArn}`;
}
