import type { Scope } from '../../../core/arn.ts';
import type { JobId } from '../../../core/ids.ts';
import type { JobSpecification, StoreReads } from '../../../store/index.ts';

/** What a start needs to know of a job beyond its compact record. */
export interface SpecifiedJob {
  readonly jobName: string;
  readonly jobDefinitionArn: string;
  readonly specification: JobSpecification;
}

/** Jobs kept at once: at some 2 KB each, a few MB. A job that waits longer is read from the store when its turn comes. */
const capacity = 2_000;

/** The specifications of jobs submitted last, so that a job that starts at once is not read back from the store. */
export class SpecificationCache {
  readonly #reads: StoreReads;
  readonly #jobs = new Map<JobId, SpecifiedJob>();

  constructor(reads: StoreReads) {
    this.#reads = reads;
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

  drop(jobId: JobId): void {
    this.#jobs.delete(jobId);
  }

  /** Reads those that are not here, one read a scope, and keeps them. Jobs that the store does not know are left out. */
  async fetch(wanted: readonly { readonly scope: Scope; readonly jobId: JobId }[]): Promise<void> {
    const missing = wanted.filter(({ jobId }) => !this.#jobs.has(jobId));
    const groups = Map.groupBy(missing, ({ scope }) => `${scope.account}|${scope.region}`);
    for (const group of groups.values()) await this.#read(group);
  }

  async #read(group: readonly { readonly scope: Scope; readonly jobId: JobId }[]): Promise<void> {
    const [first] = group;
    if (!first) return;
    const ids = group.map(({ jobId }) => jobId);
    for (const { record, specification } of await this.#reads.jobs(first.scope, ids)) {
      const { jobName, jobDefinitionArn } = record;
      this.put(record.jobId, { jobName, jobDefinitionArn, specification });
    }
  }
}
