import type { JobStatus } from '../core/job.ts';
import type { ConsumableJobsQuery, JobListPlace, JobListQuery } from './queries.ts';
import type { JobRecord } from './records.ts';
import type { ServiceJobListQuery, ServiceJobRecord } from './service-jobs.ts';

/** The part of a list query that no index answers. */
export type JobFilter = Pick<JobListQuery, 'jobName' | 'jobDefinition' | 'shareIdentifier'>;

interface Filtered extends Pick<JobRecord, 'jobName' | 'jobDefinitionArn'> {
  readonly shareIdentifier?: string | null;
}

/** Compiles the filters of a list query to one predicate; all of them must hold. */
export function jobFilter(filter: JobFilter): (job: Filtered) => boolean {
  const name = filter.jobName === undefined ? anything : textPattern(filter.jobName.toLowerCase());
  const definition = filter.jobDefinition === undefined ? anything : definitionPattern(filter.jobDefinition);
  const share = filter.shareIdentifier;
  return (job) =>
    (share === undefined || job.shareIdentifier === share) &&
    name(job.jobName.toLowerCase()) &&
    definition(job.jobDefinitionArn);
}

/** Whether a list must look at jobs that it does not answer with. */
export function isFiltered({ jobName, jobDefinition, shareIdentifier }: JobFilter): boolean {
  return jobName !== undefined || jobDefinition !== undefined || shareIdentifier !== undefined;
}

/** How many jobs a list looks at before it answers with what it has found: a few milliseconds. */
const scanLimit = 500;

/** One more than fit on the page, to see whether there is another. */
export function scanSize(query: JobListQuery): number {
  return isFiltered(query) ? scanLimit : Math.min(query.limit + 1, scanLimit);
}

/** The page that the newest `candidates` make, of which `scanSize` were asked for: it ends where it is full, or they do. */
export function pageOf<Candidate extends Filtered & JobListPlace>(
  candidates: readonly Candidate[],
  query: JobListQuery,
): { readonly found: readonly Candidate[]; readonly next?: JobListPlace } {
  return pageBy(candidates, { limit: query.limit, size: scanSize(query), matches: jobFilter(query) });
}

interface Scan<Candidate> {
  readonly limit: number;
  /** How many candidates were asked for. */
  readonly size: number;
  readonly matches: (candidate: Candidate) => boolean;
}

function pageBy<Candidate extends JobListPlace>(
  candidates: readonly Candidate[],
  { limit, size, matches }: Scan<Candidate>,
): { readonly found: readonly Candidate[]; readonly next?: JobListPlace } {
  const found = candidates.filter(matches);
  const page = found.slice(0, limit);
  const hasMore = found.length > page.length || candidates.length === size;
  const last = found.length > page.length ? page.at(-1) : candidates.at(-1);
  return hasMore && last ? { found: page, next: { createdAt: last.createdAt, number: last.number } } : { found: page };
}

/** A job that needs a consumable resource, as far as a list of those is filtered by it. */
interface ConsumableCandidate extends JobListPlace, Pick<JobRecord, 'jobName'> {
  readonly status: JobStatus;
}

/** How many jobs a list of those that need a consumable resource looks at. */
export function consumableScanSize({ statuses, jobNames, limit }: ConsumableJobsQuery): number {
  return statuses || jobNames ? scanLimit : Math.min(limit + 1, scanLimit);
}

/** As `pageOf`, of the jobs that need a consumable resource: of `consumableScanSize` candidates. */
export function consumablePageOf<Candidate extends ConsumableCandidate>(
  candidates: readonly Candidate[],
  query: ConsumableJobsQuery,
): { readonly found: readonly Candidate[]; readonly next?: JobListPlace } {
  const { statuses, jobNames, limit } = query;
  const names = jobNames?.map((name) => textPattern(name.toLowerCase()));
  const matches = ({ status, jobName }: Candidate) =>
    (statuses?.includes(status) ?? true) && (names?.some((name) => name(jobName.toLowerCase())) ?? true);
  return pageBy(candidates, { limit, size: consumableScanSize(query), matches });
}

/** A service job, as far as a list is filtered by it. */
interface ServiceCandidate extends JobListPlace, Pick<ServiceJobRecord, 'jobName'> {
  readonly shareIdentifier: string | null;
  readonly quotaShareName: string | null;
}

/** Whether a list of service jobs must look at some that it does not answer with. */
export function filtersServiceJobs({ jobName, shareIdentifier, quotaShareName }: ServiceJobListQuery): boolean {
  return jobName !== undefined || shareIdentifier !== undefined || quotaShareName !== undefined;
}

/** How many service jobs a list looks at. */
export function serviceScanSize(query: ServiceJobListQuery): number {
  return filtersServiceJobs(query) ? scanLimit : Math.min(query.limit + 1, scanLimit);
}

/** As `pageOf`, of service jobs: of `serviceScanSize` candidates. */
export function servicePageOf<Candidate extends ServiceCandidate>(
  candidates: readonly Candidate[],
  query: ServiceJobListQuery,
): { readonly found: readonly Candidate[]; readonly next?: JobListPlace } {
  const { jobName, shareIdentifier: share, quotaShareName: quotaShare, limit } = query;
  const name = jobName === undefined ? anything : textPattern(jobName.toLowerCase());
  const matches = (job: Candidate) =>
    (share === undefined || job.shareIdentifier === share) &&
    (quotaShare === undefined || job.quotaShareName === quotaShare) &&
    name(job.jobName.toLowerCase());
  return pageBy(candidates, { limit, size: serviceScanSize(query), matches });
}

type Pattern = (text: string) => boolean;

const anything: Pattern = () => true;

/** Equal, or with a trailing `*` beginning with what precedes it. A `*` elsewhere is itself. */
function textPattern(pattern: string): Pattern {
  if (!pattern.endsWith('*')) return (text) => text === pattern;
  const prefix = pattern.slice(0, -1);
  return (text) => text.startsWith(prefix);
}

/** A definition answers to its ARN and to `name:revision`, both with and without the revision. */
function definitionPattern(pattern: string): Pattern {
  const matches = textPattern(pattern);
  return (arn) => {
    const named = arn.slice(arn.indexOf('/') + 1);
    return matches(arn) || matches(named) || matches(withoutRevision(arn)) || matches(withoutRevision(named));
  };
}

function withoutRevision(definition: string): string {
  return definition.slice(0, definition.lastIndexOf(':'));
}
