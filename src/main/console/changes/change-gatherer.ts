import type { Clock } from '../../../core/clock.ts';
import type { AccountId, JobId, Milliseconds, Region } from '../../../core/ids.ts';
import { pauseUnless } from '../../../core/pause.ts';
import type { ToldChange } from './told-change.ts';

/** What has changed in a region since the last time this was told. */
export interface GatheredChanges {
  /** `aws-global` for what is the same in all of them. */
  readonly region: Region;
  /** By their names in the registry, each once. */
  readonly services: readonly string[];
  /** The jobs that changed, each once; absent where `services` has no Batch, or there were too many. */
  readonly jobs?: readonly JobId[];
}

/** So many jobs are named; of more it is only said that there were any. */
const mostJobs = 100;

/** Gathers what changes in an account for one who is told of it now and then. Holds no more than the names of services and some jobs, by region. */
export class ChangeGatherer {
  readonly #account: AccountId;
  #regions = new Map<Region, RegionChanges>();
  #wake: () => void = () => {};

  constructor(account: AccountId) {
    this.#account = account;
  }

  offer({ scope, service, jobId }: ToldChange): void {
    if (scope.account !== this.#account) return;
    let region = this.#regions.get(scope.region);
    if (!region) {
      region = new RegionChanges();
      this.#regions.set(scope.region, region);
    }
    region.add(service, jobId);
    this.#wake();
  }

  /** What has changed since it was last taken. */
  take(): readonly GatheredChanges[] {
    const taken = [...this.#regions].map(([region, changes]) => ({ region, ...changes.gathered() }));
    this.#regions = new Map();
    return taken;
  }

  /** Resolves once something has changed, `patience` is over, or `signal` is aborted. */
  async changed(patience: Milliseconds, clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.#regions.size > 0) return;
    const waking = new AbortController();
    this.#wake = () => waking.abort();
    await pauseUnless(clock, patience, AbortSignal.any([signal, waking.signal]));
    this.#wake = () => {};
  }
}

class RegionChanges {
  readonly #services = new Set<string>();
  #jobs = new Set<JobId>();
  #areMany = false;

  add(service: string, jobId: JobId | undefined): void {
    this.#services.add(service);
    if (service === 'batch' && jobId !== undefined && !this.#areMany) this.#jobs.add(jobId);
    if (this.#jobs.size <= mostJobs) return;
    this.#areMany = true;
    this.#jobs = new Set();
  }

  gathered(): Omit<GatheredChanges, 'region'> {
    const isNamed = this.#services.has('batch') && !this.#areMany;
    return { services: [...this.#services], ...(isNamed && { jobs: [...this.#jobs] }) };
  }
}
