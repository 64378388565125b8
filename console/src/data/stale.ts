import type { Changed } from '../worker/messages.ts';

/** What hangs on others than its own service: our own operations tell of Batch's, and of the rest what stands on it. */
const standsOn: Readonly<Record<string, readonly string[]>> = {
  batchyard: ['batch', 'states'],
  ecs: ['batch'],
  ec2: ['batch'],
  sts: ['iam'],
};

/**
 * Whether an answer that is kept under a key (service, operation, input) may look different now. Where it is known which jobs have
 * changed, what is asked of one other job is as it was.
 */
export function isStale([service, , input]: readonly unknown[], { services, jobs }: Omit<Changed, 'region'>): boolean {
  const hangsOn = [String(service), ...(standsOn[String(service)] ?? [])];
  if (!hangsOn.some((each) => services.includes(each))) return false;
  const asked = jobsOf(input);
  const isOfOthers = services.every((each) => each === 'batch' || !hangsOn.includes(each));
  if (!jobs || !asked || !isOfOthers) return true;
  return jobs.length === 0 || asked.some((id) => jobs.includes(parentOf(id)));
}

/** The jobs that alone a call is about, if it is. */
function jobsOf(input: unknown): readonly string[] | undefined {
  const { jobId, jobs, arrayJobId } = (input ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof jobId === 'string') return [jobId];
  if (typeof arrayJobId === 'string') return [arrayJobId];
  return Array.isArray(jobs) && jobs.every((each) => typeof each === 'string') ? jobs : undefined;
}

/** Of a child or a node its parent's: they change together. */
function parentOf(id: string): string {
  return id.split(/[:#]/)[0] ?? id;
}

/** What has changed, gathered. */
export function joined(
  left: Omit<Changed, 'region'> | undefined,
  right: Omit<Changed, 'region'>,
): Omit<Changed, 'region'> {
  if (!left) return right;
  const services = [...new Set([...left.services, ...right.services])];
  const isKnown = [left, right].every(({ services, jobs }) => jobs || !services.includes('batch'));
  return { services, ...(isKnown && { jobs: [...new Set([...(left.jobs ?? []), ...(right.jobs ?? [])])] }) };
}
