import { CommitFailed } from '../../core/errors.ts';
import type { InstallationId } from '../../core/ids.ts';
import type { RandomSource } from '../../core/random.ts';
import { CommitQueue } from '../commit-queue.ts';
import type { Change, LoadedState, Store, StoreReads } from '../contract.ts';
import { newInstallationId } from '../installation.ts';
import { loadFrom } from './load.ts';
import { type Mutation, mutation } from './mutations.ts';
import { type MemoryReads, memoryReads } from './reads.ts';
import type { Journal } from './table.ts';
import { createTables } from './tables.ts';

export interface MemoryStoreOptions {
  readonly random: RandomSource;
  /** @default a new one */
  readonly installationId?: InstallationId;
}

/** A store that keeps nothing beyond the process: for `--ephemeral` and for tests. Its epoch is always 1. */
export async function openMemoryStore(options: MemoryStoreOptions): Promise<Store> {
  const journal: Journal = [];
  const tables = createTables(journal);
  const queue = new CommitQueue<Mutation>({ write: (batch) => applyWhole(batch) }, queueMicrotask);
  const read = <Answer>(answer: () => Answer) =>
    new Promise<Answer>((resolve, reject) => queue.afterPending(() => Promise.try(answer).then(resolve, reject)));

  async function applyWhole(batch: readonly Mutation[]): Promise<void> {
    try {
      for (const apply of batch) apply(tables);
    } catch (cause) {
      for (const undo of journal.toReversed()) undo();
      throw cause instanceof CommitFailed ? cause : new CommitFailed('failed', 'a change failed', { cause });
    } finally {
      journal.length = 0;
    }
  }

  return {
    installationId: options.installationId ?? newInstallationId(options.random),
    epoch: 1,
    reads: afterPending(memoryReads(tables), read),
    load: (): Promise<LoadedState> => read(() => loadFrom(tables)),
    commit: (changes: readonly Change[]) => {
      if (changes.length === 0) return queue.settled();
      return queue.commit((batch) => {
        for (const change of changes) batch.push(mutation(change));
      });
    },
    settled: () => queue.settled(),
    resume: () => queue.resume(),
    close: () => queue.close(),
  };
}

/** Makes each read wait until what was committed before it has been applied. */
function afterPending(reads: MemoryReads, read: <Answer>(answer: () => Answer) => Promise<Answer>): StoreReads {
  return {
    jobs: (...input) => read(() => reads.jobs(...input)),
    listJobs: (...input) => read(() => reads.listJobs(...input)),
    finishedJobs: (...input) => read(() => reads.finishedJobs(...input)),
    countFinishedJobs: () => read(() => reads.countFinishedJobs()),
    transitions: (...input) => read(() => reads.transitions(...input)),
    logStream: (...input) => read(() => reads.logStream(...input)),
    logStreams: (...input) => read(() => reads.logStreams(...input)),
    liveLogStreams: (...input) => read(() => reads.liveLogStreams(...input)),
    logSegments: (...input) => read(() => reads.logSegments(...input)),
    expiredLogSegments: (...input) => read(() => reads.expiredLogSegments(...input)),
    oldestFinishedLogStreams: (...input) => read(() => reads.oldestFinishedLogStreams(...input)),
    logBytes: () => read(() => reads.logBytes()),
    idempotency: (...input) => read(() => reads.idempotency(...input)),
    execution: (...input) => read(() => reads.execution(...input)),
    listExecutions: (...input) => read(() => reads.listExecutions(...input)),
    executionHistory: (...input) => read(() => reads.executionHistory(...input)),
    frames: (...input) => read(() => reads.frames(...input)),
    mapRun: (...input) => read(() => reads.mapRun(...input)),
    mapRuns: (...input) => read(() => reads.mapRuns(...input)),
    finishedExecutions: (...input) => read(() => reads.finishedExecutions(...input)),
    hasExecutionOf: (...input) => read(() => reads.hasExecutionOf(...input)),
  };
}
