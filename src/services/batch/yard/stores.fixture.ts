import { setImmediate as nextTurn } from 'node:timers/promises';
import { CommitFailed } from '../../../core/errors.ts';
import type { JobId } from '../../../core/ids.ts';
import type { LoadedState, Store } from '../../../store/index.ts';

/** Passes everything on to another store; its kinds keep back what a test wants kept back. */
class PassingStore implements Store {
  protected readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  get installationId() {
    return this.store.installationId;
  }

  takeLead() {
    return this.store.takeLead();
  }

  get reads(): Store['reads'] {
    return this.store.reads;
  }

  load(): Promise<LoadedState> {
    return this.store.load();
  }

  commit(changes: Parameters<Store['commit']>[0]): Promise<void> {
    return this.store.commit(changes);
  }

  settled(): Promise<void> {
    return this.store.settled();
  }

  resume(): void {
    this.store.resume();
  }

  close() {
    return this.store.close();
  }
}

/** A store whose next commit fails when a test says so; then everything fails until `resume`, as the contract demands. */
export class FallibleStore extends PassingStore {
  #refusal: Promise<never> | undefined;
  #failsNext = false;
  commits = 0;
  #held: Promise<void> | undefined;
  /** Jobs in a slice of what is loaded, and turns that each slice takes, as from a driver on a thread. */
  slices: { readonly size: number; readonly turns: number } | undefined;
  /** Holds up the reads of jobs. */
  beforeJobs: (jobIds: readonly JobId[]) => Promise<void> = async () => {};
  /** Hears how many finished jobs a read has answered. */
  onFinishedJobs: (found: number) => void = () => {};

  override get reads(): Store['reads'] {
    const { reads } = this.store;
    const jobs: typeof reads.jobs = async (inScope, jobIds) => {
      await this.beforeJobs(jobIds);
      return reads.jobs(inScope, jobIds);
    };
    const finishedJobs: typeof reads.finishedJobs = async (query) => {
      const found = await reads.finishedJobs(query);
      this.onFinishedJobs(found.length);
      return found;
    };
    return { ...reads, jobs, finishedJobs };
  }

  override async load(): Promise<LoadedState> {
    const loaded = await super.load();
    return this.slices ? { ...loaded, jobs: slowly(loaded.jobs, this.slices) } : loaded;
  }

  failNext(fails = true): void {
    this.#failsNext = fails;
  }

  /** Keeps commits back, and all that waits for them, until what it answers is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  override commit(changes: Parameters<Store['commit']>[0]): Promise<void> {
    this.commits += 1;
    if (this.#failsNext) {
      this.#failsNext = false;
      this.#refusal = Promise.reject(new CommitFailed('failed', 'the test wants it so'));
      this.#refusal.catch(() => {});
    }
    return this.#refusal ?? this.#held?.then(() => super.commit(changes)) ?? super.commit(changes);
  }

  override settled(): Promise<void> {
    return this.#refusal ?? this.#held?.then(() => super.settled()) ?? super.settled();
  }

  override resume(): void {
    this.#refusal = undefined;
    super.resume();
  }
}

async function* slowly(
  slices: LoadedState['jobs'],
  { size, turns }: { readonly size: number; readonly turns: number },
): LoadedState['jobs'] {
  for await (const { jobs, bits } of slices) {
    for (let from = 0; from < jobs.length; from += size) {
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      yield { jobs: jobs.slice(from, from + size), bits };
    }
  }
}

/** The store as one server sees it: once another has taken over, nothing that this one still does reaches it. */
export class ServersStore extends PassingStore {
  #fence: Promise<never> | undefined;

  get isFenced(): boolean {
    return this.#fence !== undefined;
  }

  fence(): void {
    this.#fence = Promise.reject(new CommitFailed('not-leading', 'another server has taken over'));
    this.#fence.catch(() => {});
  }

  override load() {
    return this.#fence ?? super.load();
  }

  override commit(changes: Parameters<Store['commit']>[0]): Promise<void> {
    return this.#fence ?? super.commit(changes);
  }

  override settled(): Promise<void> {
    return this.#fence ?? super.settled();
  }

  override resume(): void {
    if (!this.#fence) super.resume();
  }
}
