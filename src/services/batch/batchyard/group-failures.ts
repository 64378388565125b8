import { z } from 'zod';
import type { JobId } from '../../../core/ids.ts';
import { type AttemptRecord, childId } from '../../../core/job.ts';
import type { Operation, RequestContext } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { withoutIds } from '../../../core/without-ids.ts';
import { decidingContainer } from '../../../lifecycle/index.ts';
import { isJobId, jobArn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { pageSize } from '../page.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { integer } from '../schema-members.ts';
import { childIndexes, readJobs, type ShownJob } from '../shown-jobs.ts';
import { attemptsOf } from '../views/attempts.ts';
import { reasonOf } from '../views/job.ts';

export interface GroupFailuresInput {
  readonly jobId: string;
  /** Groups, the largest. @default 50 */
  readonly maxResults?: number | undefined;
}

/** How children of an array, or attempts of a job, failed that failed alike. */
export interface FailedAlike {
  readonly count: number;
  readonly exitCode?: number;
  readonly statusReason?: string;
  /** What the engine says of the container. */
  readonly reason?: string;
  /** Which it was of several. */
  readonly container?: string;
  /** Indexes of children, or numbers of attempts from 1: first and last of each run, rising. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
  /** The first of them, and what it wrote, if it wrote to a stream of the usual group. */
  readonly example: { readonly jobId: string; readonly logStreamName?: string };
}

export interface GroupFailuresOutput {
  readonly of: 'child' | 'attempt';
  /** How many failed. */
  readonly failed: number;
  /** The largest first; of groups of one size that which begins first. */
  readonly groups: readonly FailedAlike[];
  /** How many failed otherwise than these groups. */
  readonly others: number;
}

const usualGroups = 50;
/** Children that are read in one turn. */
const childrenPerTurn = 500;

/** Groups what failed of a job by how it did: failed children of an array, or failed attempts of another job. */
export function groupFailures(runtime: BatchRuntime): Operation<GroupFailuresInput, GroupFailuresOutput> {
  return batchyardOperation<GroupFailuresInput, GroupFailuresOutput>(runtime, {
    schema: z.object({ jobId: z.string(), maxResults: integer.optional() }),
    readOnly: true,
    audit: 'management',
    access: ({ jobId }, context) => [
      { action: 'batchyard:GroupFailures', resource: jobArn(context, textOf(jobId) ?? '*') },
    ],
    handler: async ({ jobId, maxResults }, context) => {
      const limit = pageSize(maxResults, usualGroups);
      const [job] = isJobId(jobId) ? await readJobs(runtime.store.reads, context, [jobId]) : [];
      if (!job) return refuse(`Job ${jobId} not found.`);
      const isArray = job.record.kind === 'array' && !job.part;
      const groups = new Groups();
      if (isArray) await addChildren(runtime, context, job, groups);
      else addAttempts(job, groups);
      return { of: isArray ? 'child' : 'attempt', ...groups.largest(limit) };
    },
  });
}

async function addChildren({ store }: BatchRuntime, context: RequestContext, job: ShownJob, groups: Groups) {
  const { record } = job;
  if (record.kind !== 'array') return;
  const indexes = await childIndexes(store.reads, record, 'FAILED');
  for (let from = 0; from < indexes.length; from += childrenPerTurn) {
    const ids = indexes.slice(from, from + childrenPerTurn).map((index) => childId(record.jobId, index));
    for (const child of await readJobs(store.reads, context, ids)) {
      const index = child.part?.kind === 'child' ? child.part.index : 0;
      groups.add({
        member: index,
        jobId: child.id,
        attempt: attemptsOf(child.state).at(-1),
        statusReason: reasonOf(child.state),
      });
    }
  }
}

/** All attempts have failed, but for the last of a job that has succeeded; one that failed without any failed once. */
function addAttempts({ id, state }: ShownJob, groups: Groups): void {
  const attempts = attemptsOf(state);
  const failed = state.status === 'SUCCEEDED' ? attempts.slice(0, -1) : attempts;
  for (const [index, attempt] of failed.entries())
    groups.add({ member: index + 1, jobId: id, attempt, statusReason: attempt.statusReason });
  if (attempts.length === 0 && state.status === 'FAILED')
    groups.add({ member: 0, jobId: id, attempt: undefined, statusReason: reasonOf(state) });
}

interface Failed {
  readonly member: number;
  readonly jobId: JobId;
  /** Absent: it never started. */
  readonly attempt: AttemptRecord | undefined;
  readonly statusReason: string | undefined;
}

interface Group extends Omit<FailedAlike, 'ranges' | 'count'> {
  count: number;
  readonly ranges: [first: number, last: number][];
}

/** Failures by what they have in common, added in rising order of their members. */
class Groups {
  readonly #byWords = new Map<string, Group>();

  add(failed: Failed): void {
    const how = howOf(failed);
    const key = JSON.stringify(how);
    const known = this.#byWords.get(key);
    const { member } = failed;
    if (!known) this.#byWords.set(key, { ...how, count: 1, ranges: [[member, member]], example: exampleOf(failed) });
    else {
      known.count += 1;
      const last = known.ranges.at(-1);
      if (last && last[1] + 1 === member) last[1] = member;
      else known.ranges.push([member, member]);
    }
  }

  largest(limit: number): Omit<GroupFailuresOutput, 'of'> {
    const groups = [...this.#byWords.values()].sort((a, b) => b.count - a.count);
    const count = (of: readonly Group[]) => of.reduce((sum, each) => sum + each.count, 0);
    return { failed: count(groups), groups: groups.slice(0, limit), others: count(groups.slice(limit)) };
  }
}

function howOf({
  attempt,
  statusReason,
}: Failed): Pick<FailedAlike, 'exitCode' | 'statusReason' | 'reason' | 'container'> {
  const container = attempt && decidingContainer(attempt.containers);
  return {
    ...(container?.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(statusReason === undefined ? {} : { statusReason: withoutIds(statusReason) }),
    ...(container?.reason === undefined ? {} : { reason: withoutIds(container.reason) }),
    ...(container && (attempt?.containers.length ?? 0) > 1 && { container: container.name }),
  };
}

function exampleOf({ jobId, attempt }: Failed): FailedAlike['example'] {
  const logStreamName = attempt && decidingContainer(attempt.containers)?.logStreamName;
  return { jobId, ...(logStreamName === undefined ? {} : { logStreamName }) };
}
