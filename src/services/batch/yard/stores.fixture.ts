import { CommitFailed } from '../../../core/errors.ts';
import type { JobId } from '../../../core/ids.ts';
import type { Store } from '../../../store/index.ts';

/** A store whose next commit fails when a test says so; then everything fails until `resume`, as the contract demands. */
export class FallibleStore implements Store {
  readonly #store: Store;
  #refusal: Promise<never> | undefined;
  #failsNext = false;
  commits = 0;
  /** Holds up the reads of jobs. */
  beforeJobs: (jobIds: readonly JobId[]) => Promise<void> = async () => {};

  constructor(store: Store) {
    this.#store = store;
  }

  get installationId() {
    return this.#store.installationId;
  }

  get epoch() {
    return this.#store.epoch;
  }

  get reads(): Store['reads'] {
    const { reads } = this.#store;
    const jobs: typeof reads.jobs = async (inScope, jobIds) => {
      await this.beforeJobs(jobIds);
      return reads.jobs(inScope, jobIds);
    };
    return { ...reads, jobs };
  }

  failNext(fails = true): void {
    this.#failsNext = fails;
  }

  load() {
    return this.#store.load();
  }

  commit(changes: Parameters<Store['commit']>[0]): Promise<void> {
    this.commits += 1;
    if (this.#failsNext) {
      this.#failsNext = false;
      this.#refusal = Promise.reject(new CommitFailed('failed', 'the test wants it so'));
      this.#refusal.catch(() => {});
    }
    return this.#refusal ?? this.#store.commit(changes);
  }

  settled(): Promise<void> {
    return this.#refusal ?? this.#store.settled();
  }

  resume(): void {
    this.#refusal = undefined;
    this.#store.resume();
  }

  close() {
    return this.#store.close();
  }
}

/** The store as one server sees it: once another has taken over, nothing that this one still does reaches it. */
export class ServersStore implements Store {
  readonly #store: Store;
  #fence: Promise<never> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  get installationId() {
    return this.#store.installationId;
  }

  get epoch() {
    return this.#store.epoch;
  }

  get reads() {
    return this.#store.reads;
  }

  get isFenced(): boolean {
    return this.#fence !== undefined;
  }

  fence(): void {
    this.#fence = Promise.reject(new CommitFailed('lost-leadership', 'another server has taken over'));
    this.#fence.catch(() => {});
  }

  load() {
    return this.#fence ?? this.#store.load();
  }

  commit(changes: Parameters<Store['commit']>[0]): Promise<void> {
    return this.#fence ?? this.#store.commit(changes);
  }

  settled(): Promise<void> {
    return this.#fence ?? this.#store.settled();
  }

  resume(): void {
    if (!this.#fence) this.#store.resume();
  }

  close() {
    return this.#store.close();
  }
}
