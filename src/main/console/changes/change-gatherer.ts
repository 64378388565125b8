import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { JobId, Milliseconds } from '../../../core/ids.ts';
import { pauseUnless } from '../../../core/pause.ts';
import type { ToldChange } from './told-change.ts';

/** What has changed since the last time this was told. */
export interface GatheredChanges {
  /** By their names in the registry, each once. */
  readonly services: readonly string[];
  /** The jobs that changed, each once; absent where `services` has no Batch, or there were too many. */
  readonly jobs?: readonly JobId[];
}

/** So many jobs are named; of more it is only said that there were any. */
const mostJobs = 100;

/** IAM's and others' records that are the same in all regions. */
const everywhere = 'aws-global';

/** Gathers what changes in a scope for one who is told of it now and then. Holds no more than the names of all services and some jobs. */
export class ChangeGatherer {
  readonly #scope: Scope;
  readonly #services = new Set<string>();
  #jobs = new Set<JobId>();
  #areMany = false;
  #wake: () => void = () => {};

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  offer({ scope, service, jobId }: ToldChange): void {
    if (scope.account !== this.#scope.account) return;
    if (scope.region !== this.#scope.region && scope.region !== everywhere) return;
    this.#services.add(service);
    if (service === 'batch' && jobId !== undefined) this.#jobs.add(jobId);
    if (this.#jobs.size > mostJobs) {
      this.#areMany = true;
      this.#jobs = new Set();
    }
    this.#wake();
  }

  /** What has changed since it was last taken; undefined if nothing has. */
  take(): GatheredChanges | undefined {
    if (this.#services.size === 0) return undefined;
    const services = [...this.#services];
    const isNamed = this.#services.has('batch') && !this.#areMany;
    const gathered = { services, ...(isNamed && { jobs: [...this.#jobs] }) };
    this.#services.clear();
    this.#jobs = new Set();
    this.#areMany = false;
    return gathered;
  }

  /** Resolves once something has changed, `patience` is over, or `signal` is aborted. */
  async changed(patience: Milliseconds, clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.#services.size > 0) return;
    const waking = new AbortController();
    this.#wake = () => waking.abort();
    await pauseUnless(clock, patience, AbortSignal.any([signal, waking.signal]));
    this.#wake = () => {};
  }
}
