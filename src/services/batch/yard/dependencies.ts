import type { Scope } from '../../../core/arn.ts';
import type { JobId } from '../../../core/ids.ts';
import { isTerminal, type TerminalStatus } from '../../../core/job.ts';
import type { Ledger, StoreReads } from '../../../store/index.ts';
import type { ActiveJobs, JobEntry } from './active-jobs.ts';
import type { JobTransitions } from './transitions.ts';

/** Dependents moved in one turn of the event loop; the rest goes on in the next. */
const dependentsPerTurn = 500;

export interface DependenciesOptions {
  readonly ledger: Ledger;
  readonly jobs: ActiveJobs;
  readonly transitions: JobTransitions;
  readonly reads: StoreReads;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells PENDING jobs what became of those they wait for. What is still to be told lives in memory only: after a crash
 * `recheck` finds it again, because a PENDING job names what it waits for and the store knows how that ended.
 */
export class Dependencies {
  readonly #options: DependenciesOptions;
  readonly #news: { readonly dependent: JobId; readonly dependency: JobId; readonly status: TerminalStatus }[] = [];
  #running = false;

  constructor(options: DependenciesOptions) {
    this.#options = options;
  }

  /** A job has ended, durably. */
  finished(dependency: JobId, status: TerminalStatus): void {
    for (const dependent of this.#options.jobs.dependentsOf(dependency))
      this.#news.push({ dependent, dependency, status });
    this.#run();
  }

  /** Looks up the dependencies of a PENDING job that are no longer active: at start, and after a submission raced with an end. */
  async recheck(scope: Scope, dependent: JobId): Promise<void> {
    const entry = this.#options.jobs.get(dependent);
    if (entry?.state.status !== 'PENDING') return;
    const gone = entry.waitingFor.filter((id) => !this.#options.jobs.get(id));
    for (const { record } of await this.#options.reads.jobs(scope, gone)) {
      const { status } = record.state;
      if (isTerminal(status)) this.#news.push({ dependent, dependency: record.jobId, status });
    }
    this.#run();
  }

  #run(): void {
    if (this.#running || this.#news.length === 0) return;
    this.#running = true;
    setImmediate(() => {
      this.#running = false;
      try {
        this.#tell(this.#news.splice(0, dependentsPerTurn));
      } catch (error) {
        // Refused while memory is rebuilt: `recheck` finds it again.
        this.#options.onError(error);
      }
      this.#run();
    });
  }

  #tell(news: readonly { dependent: JobId; dependency: JobId; status: TerminalStatus }[]): void {
    this.#options.ledger.transact((transaction) => {
      for (const { dependent, dependency, status } of news) {
        const entry = this.#options.jobs.get(dependent);
        if (entry?.waitingFor.includes(dependency))
          this.#options.transitions.tell(transaction, entry, dependency, status);
      }
    });
  }
}

/** Whether some dependency of a PENDING job ended before the job entered memory. */
export function waitsForTheGone(jobs: ActiveJobs, entry: JobEntry): boolean {
  return entry.state.status === 'PENDING' && entry.waitingFor.some((id) => !jobs.get(id));
}
