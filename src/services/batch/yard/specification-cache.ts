import type { Scope } from '../../../core/arn.ts';
import type { JobId } from '../../../core/ids.ts';
import type { NodeSpecification } from '../../../core/job-specification.ts';
import { nodeSpecification } from '../../../core/node-specification.ts';
import type { JobEntry } from '../../../jobs/index.ts';
import type { JobSpecification, StoreReads } from '../../../store/index.ts';

/** What a start needs to know of a job beyond its compact record. */
export interface SpecifiedJob {
  readonly jobName: string;
  readonly jobDefinitionArn: string;
  readonly specification: JobSpecification;
}

/**
 * Jobs kept at once. A job that waits longer is read from the store when its turn comes, together with those that start
 * with it. What is kept survives collections and is copied in each: more costs more than reading saves.
 */
const capacity = 500;

/** The specifications of jobs submitted last, so that a job that starts at once is not read back from the store. */
export class SpecificationCache {
  readonly #reads: StoreReads;
  readonly #jobs = new Map<JobId, SpecifiedJob>();

  constructor(reads: StoreReads) {
    this.#reads = reads;
  }

  /** Whether a job with so many before it may start before others have pushed it out. */
  isWorthKeeping(jobsAhead: number): boolean {
    return jobsAhead < capacity;
  }

  put(jobId: JobId, job: SpecifiedJob): void {
    this.#jobs.set(jobId, job);
    if (this.#jobs.size <= capacity) return;
    const oldest = this.#jobs.keys().next();
    if (!oldest.done) this.#jobs.delete(oldest.value);
  }

  peek(jobId: JobId): SpecifiedJob | undefined {
    return this.#jobs.get(jobId);
  }

  /**
   * All that is wanted: what is here, and the rest from the store, one read a scope. Jobs that the store does not know
   * are left out. Keeps what it read, which may push out what was here: use the answer, not `peek`.
   */
  async fetch(
    wanted: readonly { readonly scope: Scope; readonly jobId: JobId }[],
  ): Promise<ReadonlyMap<JobId, SpecifiedJob>> {
    const found = new Map<JobId, SpecifiedJob>();
    for (const { jobId } of wanted) {
      const job = this.#jobs.get(jobId);
      if (job) found.set(jobId, job);
    }
    const missing = wanted.filter(({ jobId }) => !found.has(jobId));
    const groups = Map.groupBy(missing, ({ scope }) => `${scope.account}|${scope.region}`);
    for (const group of groups.values()) await this.#read(group, found);
    return found;
  }

  async #read(
    group: readonly { readonly scope: Scope; readonly jobId: JobId }[],
    found: Map<JobId, SpecifiedJob>,
  ): Promise<void> {
    const [first] = group;
    if (!first) return;
    const ids = group.map(({ jobId }) => jobId);
    for (const { record, specification } of await this.#reads.jobs(first.scope, ids)) {
      const { jobName, jobDefinitionArn } = record;
      const job = { jobName, jobDefinitionArn, specification };
      found.set(record.jobId, job);
      this.put(record.jobId, job);
    }
  }
}

/** What runs of a job as the task of `index`: a child of an array has an index too, and runs what all of them run. */
export function nodeHeld(
  specification: JobSpecification,
  { job, index }: { readonly job: Pick<JobEntry, 'kind'>; readonly index?: number },
): NodeSpecification | undefined {
  return nodeSpecification(specification, job.kind === 'multiNode' ? index : undefined);
}
