import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { ResourceRequest } from '../../../core/job.ts';
import { type Decision, Scheduler, type WaitingReason } from '../../../scheduler/index.ts';
import type { Ledger } from '../../../store/index.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  type JobQueueRecord,
  jobQueueRecords,
} from '../records.ts';
import type { JobEntry } from './active-jobs.ts';

export interface QueueModelOptions {
  readonly ledger: Ledger;
  /** What the machine gives to jobs; vCPUs may be more than it has, memory never. */
  readonly host: ResourceRequest;
  /** Why an engine cannot run jobs now; undefined when it can. */
  readonly engineProblem: (environment: ComputeEnvironmentRecord) => string | undefined;
  /** Called when something may have become placeable. */
  readonly onChange: () => void;
}

/** The scheduler, fed from the ledger's records and the yard's jobs. */
export class QueueModel {
  readonly #options: QueueModelOptions;
  #scheduler: Scheduler;
  readonly #known = new Map<string, ComputeEnvironmentRecord | JobQueueRecord>();

  constructor(options: QueueModelOptions) {
    this.#options = options;
    this.#scheduler = this.#newScheduler();
  }

  /** Forgets everything: call `refresh` and enqueue every job again. */
  reset(): void {
    this.#scheduler = this.#newScheduler();
    this.#known.clear();
  }

  /** Takes over the queues and compute environments that the ledger holds, as they now are. */
  refresh(): void {
    const environments = this.#options.ledger.all(computeEnvironmentRecords);
    const queues = this.#options.ledger.all(jobQueueRecords);
    for (const record of environments) this.#putEnvironment(record);
    for (const record of queues) this.#putQueue(record);
    this.#removeAllBut(new Set([...environments, ...queues].map(({ arn }) => arn)));
    this.#options.onChange();
  }

  /** Tells the scheduler again which engines can run jobs. */
  refreshEngines(): void {
    for (const record of this.#options.ledger.all(computeEnvironmentRecords)) this.#applyEnvironment(record);
    this.#options.onChange();
  }

  enqueue(entry: JobEntry): void {
    this.#scheduler.apply({
      kind: 'job-queued',
      jobId: entry.jobId,
      queueArn: entry.jobQueueArn,
      sequence: entry.order,
      request: entry.resources,
    });
    this.#options.onChange();
  }

  dequeue(entry: JobEntry): void {
    this.#scheduler.apply(
      entry.deciding ? { kind: 'task-finished', jobId: entry.jobId } : { kind: 'job-removed', jobId: entry.jobId },
    );
    this.#options.onChange();
  }

  freeCapacity(entry: JobEntry): void {
    this.#scheduler.apply({ kind: 'task-finished', jobId: entry.jobId });
    this.#options.onChange();
  }

  /** A job that already runs, at a rebuild. */
  running(entry: JobEntry, computeEnvironmentArn: string): void {
    const { jobId, jobQueueArn: queueArn, resources: request } = entry;
    this.#scheduler.apply({ kind: 'job-running', jobId, queueArn, computeEnvironmentArn, request });
  }

  plan(now: EpochMilliseconds, limit: number): { readonly decisions: readonly Decision[]; readonly more: boolean } {
    return this.#scheduler.plan(now, limit);
  }

  explain(jobId: JobId): WaitingReason | undefined {
    return this.#scheduler.explain(jobId);
  }

  environment(arn: string): ComputeEnvironmentRecord | undefined {
    const record = this.#known.get(arn);
    return record && 'engine' in record ? record : undefined;
  }

  /** The engine of an environment, fixed when it was created. */
  engineOf(arn: string): string | undefined {
    return this.environment(arn)?.engine;
  }

  /** What the machine gives of what was asked. */
  footprintOf(request: ResourceRequest): ResourceRequest {
    const { host } = this.#options;
    return {
      vcpus: Math.min(request.vcpus, host.vcpus),
      memoryMiB: Math.min(request.memoryMiB, host.memoryMiB),
      gpus: Math.min(request.gpus, host.gpus),
    };
  }

  #newScheduler(): Scheduler {
    const scheduler = new Scheduler();
    scheduler.apply({ kind: 'host-capacity', ...this.#options.host });
    return scheduler;
  }

  #putEnvironment(record: ComputeEnvironmentRecord): void {
    if (this.#known.get(record.arn) === record) return;
    this.#known.set(record.arn, record);
    this.#applyEnvironment(record);
  }

  #applyEnvironment(record: ComputeEnvironmentRecord): void {
    const problem = this.#options.engineProblem(record);
    this.#scheduler.apply({
      kind: 'compute-environment-put',
      arn: record.arn,
      state: record.state,
      status: record.status,
      maxvCpus: maxvCpusOf(record, this.#options.host),
      ...(problem === undefined ? {} : { engineUnavailable: problem }),
    });
  }

  #putQueue(record: JobQueueRecord): void {
    if (this.#known.get(record.arn) === record) return;
    this.#known.set(record.arn, record);
    this.#scheduler.apply({
      kind: 'job-queue-put',
      arn: record.arn,
      priority: record.priority,
      acceptsPlacement: record.status === 'VALID' || record.status === 'UPDATING',
      computeEnvironmentArns: record.computeEnvironmentOrder.map(({ computeEnvironment }) => computeEnvironment ?? ''),
    });
  }

  #removeAllBut(arns: ReadonlySet<string>): void {
    for (const [arn, record] of this.#known) {
      if (arns.has(arn)) continue;
      this.#known.delete(arn);
      if ('priority' in record) this.#scheduler.apply({ kind: 'job-queue-removed', arn });
      else this.#scheduler.apply({ kind: 'compute-environment-removed', arn });
    }
  }
}

/** An unmanaged environment has the one host that is there; `unmanagedvCpus` only bounds fair share. */
function maxvCpusOf(record: ComputeEnvironmentRecord, host: ResourceRequest): number {
  return record.computeResources?.maxvCpus ?? host.vcpus;
}
