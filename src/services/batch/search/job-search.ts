import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { JobStatus } from '../../../core/job.ts';
import type { JobRecord } from '../../../core/job-record.ts';
import { decidingContainer } from '../../../lifecycle/index.ts';
import type { JobListPlace, JobListQuery, StoreReads } from '../../../store/index.ts';
import { attemptsOf } from '../views/attempts.ts';

/** What jobs are looked for; all of it must hold. An array is looked at itself, not its children. */
export interface JobSearch {
  /** ARNs. */
  readonly queues: readonly string[];
  /** @default every status */
  readonly statuses?: readonly JobStatus[] | undefined;
  /** As in ListJobs: a trailing `*` matches any rest. */
  readonly name?: string | undefined;
  readonly definition?: string | undefined;
  readonly share?: string | undefined;
  /** Exclusive bounds. */
  readonly createdAfter?: EpochMilliseconds | undefined;
  readonly createdBefore?: EpochMilliseconds | undefined;
  /** Jobs that have ended in between. */
  readonly stoppedAfter?: EpochMilliseconds | undefined;
  readonly stoppedBefore?: EpochMilliseconds | undefined;
  /** With that value; whatever value, if none is given. */
  readonly tag?: { readonly key: string; readonly value?: string | undefined } | undefined;
  /** Of the last attempt that has ended. */
  readonly exitCode?: number | undefined;
  /** ARN of who submitted it, or what that ends with: a user's name, or `root`. */
  readonly submittedBy?: string | undefined;
  /** `i-...`: the attempt that runs was placed there, or one that has ended. */
  readonly instance?: string | undefined;
  /** Words in its status reason or that of its container, whatever their case. */
  readonly reason?: string | undefined;
}

/** A part of what is looked for, newest first. */
export interface FoundJobs {
  readonly jobs: readonly JobRecord[];
  /** Where the next part begins; absent when all was looked at. */
  readonly next?: JobListPlace;
}

/** Jobs that one step reads whole, in one turn of the event loop: of all queues together, but some of each queue. */
const readPerStep = 125;
const leastPerQueue = 20;

/** So many steps until the page is full: what is found may be less than `limit`, or nothing, and yet not be all. */
export async function searchSteps(
  reads: Pick<StoreReads, 'listJobs'>,
  search: JobSearch,
  { limit, steps, ...from }: SearchPage & { readonly steps: number },
): Promise<FoundJobs> {
  const jobs: JobRecord[] = [];
  let after = from.after;
  for (let step = 0; step < steps && jobs.length < limit; step += 1) {
    const found = await searchStep(reads, search, { after, limit: limit - jobs.length });
    jobs.push(...found.jobs);
    if (!found.next) return { jobs };
    after = found.next;
  }
  return { jobs, ...(after && { next: after }) };
}

interface SearchPage {
  readonly after?: JobListPlace | undefined;
  readonly limit: number;
}

async function searchStep(
  reads: Pick<StoreReads, 'listJobs'>,
  search: JobSearch,
  { after, limit }: SearchPage,
): Promise<FoundJobs> {
  const matches = matcherOf(search);
  const share = Math.max(leastPerQueue, Math.floor(readPerStep / Math.max(1, search.queues.length)));
  const each = matches ? share : Math.min(limit, share);
  const pages = await Promise.all(search.queues.map((queue) => reads.listJobs(queryOf(search, queue, after, each))));
  // What is newer than the last that was looked at of each queue was looked at in all.
  const horizon = pages.flatMap(({ next }) => next ?? []).sort(newestFirst)[0];
  const looked = pages
    .flatMap(({ jobs }) => jobs)
    .filter((job) => horizon === undefined || newestFirst(job, horizon) <= 0)
    .sort(newestFirst);
  const found = matches ? looked.filter(matches) : looked;
  const jobs = found.slice(0, limit);
  const last = found.length > limit ? jobs.at(-1) : horizon;
  return { jobs, ...(last && { next: { createdAt: last.createdAt, number: last.number } }) };
}

function queryOf(
  { statuses, name, definition, share, createdAfter, createdBefore }: JobSearch,
  jobQueueArn: string,
  after: JobListPlace | undefined,
  limit: number,
): JobListQuery {
  return {
    ...{ jobQueueArn, limit },
    ...(after && { after }),
    ...(statuses && { statuses }),
    ...(name === undefined ? {} : { jobName: name }),
    ...(definition === undefined ? {} : { jobDefinition: definition }),
    ...(share === undefined ? {} : { shareIdentifier: share }),
    ...(createdAfter === undefined ? {} : { createdAfter }),
    ...(createdBefore === undefined ? {} : { createdBefore }),
  };
}

function newestFirst(a: JobListPlace, b: JobListPlace): number {
  return b.createdAt - a.createdAt || b.number - a.number;
}

type Matcher = (job: JobRecord) => boolean;

/** What the store's lists do not look for; undefined if that is nothing. */
function matcherOf(search: JobSearch): Matcher | undefined {
  const { stoppedAfter, stoppedBefore, tag, exitCode, submittedBy, instance, reason } = search;
  const all: Matcher[] = [];
  if (stoppedAfter !== undefined) all.push(({ state }) => (stoppedAtOf(state) ?? 0) > stoppedAfter);
  if (stoppedBefore !== undefined) all.push(({ state }) => (stoppedAtOf(state) ?? stoppedBefore) < stoppedBefore);
  if (tag) all.push(({ tags }) => Object.hasOwn(tags, tag.key) && (tag.value ?? tags[tag.key]) === tags[tag.key]);
  if (exitCode !== undefined) all.push((job) => exitCodeOf(job) === exitCode);
  if (submittedBy !== undefined) all.push((job) => isSubmittedBy(job, submittedBy));
  if (instance !== undefined) all.push((job) => ranOn(job, instance));
  if (reason !== undefined) {
    const words = reason.toLowerCase();
    all.push((job) => reasonsOf(job).some((each) => each.toLowerCase().includes(words)));
  }
  return all.length === 0 ? undefined : (job) => all.every((matches) => matches(job));
}

function stoppedAtOf(state: JobRecord['state']): number | undefined {
  return 'stoppedAt' in state ? state.stoppedAt : undefined;
}

function lastContainerOf({ state }: JobRecord) {
  const last = attemptsOf(state).at(-1);
  return last && decidingContainer(last.containers);
}

/** Of the last attempt that has ended; undefined where none has, or it never ran. */
function exitCodeOf(job: JobRecord): number | undefined {
  return lastContainerOf(job)?.exitCode;
}

function isSubmittedBy({ submittedBy: caller }: JobRecord, who: string): boolean {
  const ends = [`/${who}`, `:${who}`];
  return [caller?.principal, caller?.role].some((arn) => arn === who || ends.some((end) => arn?.endsWith(end)));
}

function ranOn({ state }: JobRecord, instance: string): boolean {
  if ('placement' in state && state.placement.instance === instance) return true;
  return attemptsOf(state).some(({ containerInstanceArn }) => containerInstanceArn.endsWith(`/${instance}`));
}

function reasonsOf(job: JobRecord): readonly string[] {
  const own = 'statusReason' in job.state ? job.state.statusReason : undefined;
  return [own, lastContainerOf(job)?.reason].filter((words) => words !== undefined);
}
