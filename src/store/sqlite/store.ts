import type { Scope } from '../../core/arn.ts';
import type { InstallationId } from '../../core/ids.ts';
import type { RandomSource } from '../../core/random.ts';
import { CommitQueue } from '../commit-queue.ts';
import type { ExecutionReadName, JobListQuery, LastingStore, StoredFrame, StoreReads } from '../contract.ts';
import { historyPage } from '../execution-rows.ts';
import { newInstallationId } from '../installation.ts';
import type {
  IdempotencyRecord,
  JobRecord,
  LogSegmentRecord,
  LogStreamRecord,
  MapRunRecord,
  TransitionRecord,
} from '../records.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import type { Column } from './connection.ts';
import { fromExecutionRow, fromJobColumns, fromStoredColumns, fromSummaryRow } from './decode.ts';
import { encodeChange } from './encode.ts';
import { loadFrom } from './load.ts';
import { WorkerLink } from './worker-link.ts';

export interface SqliteStoreOptions {
  /** The data directory, made (0700) if it is missing; the database in it is `store.sqlite`. */
  readonly directory: string;
  readonly random: RandomSource;
  /**
   * For a directory that has none yet; one that has keeps its own.
   * @default a new one
   */
  readonly installationId?: InstallationId;
  /**
   * The directory is a copy of another installation's: its database gets an installation id of its own.
   * @default false
   */
  readonly copied?: boolean;
  /**
   * Commits are known to be lost, and the operator wants to go on with what is left.
   * @default false
   */
  readonly acceptLostCommits?: boolean;
  /**
   * Hears, in words for the log, of what is not as it should be and keeps nothing from working.
   * @default nobody
   */
  readonly onNote?: (words: string) => void;
  /**
   * How large the database may grow, in bytes; beyond it commits fail as on a full disk.
   * @default no limit
   */
  readonly maximumBytes?: number;
}

/** Asks the worker once it has everything committed so far. */
type Read = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;

/**
 * Opens the embedded store of a data directory and begins a new epoch. All SQLite work is done in a worker thread.
 * Rejects with `StoreUnavailable`: another server has the directory, or a newer release wrote it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<LastingStore> {
  const { directory, random, installationId = newInstallationId(random), onNote = () => {}, ...rest } = options;
  const { copied = false, acceptLostCommits = false, maximumBytes } = rest;
  const request = { directory, newInstallationId: installationId, copied, acceptLostCommits };
  const link = new WorkerLink({ ...request, ...(maximumBytes === undefined ? {} : { maximumBytes }) }, onNote);
  const opened = await link.opened();
  const queue = new CommitQueue<Column>(link, setImmediate);
  const read: Read = (ask) => new Promise((resolve, reject) => queue.afterPending(() => ask().then(resolve, reject)));
  return {
    installationId: opened.installationId as InstallationId,
    epoch: opened.epoch,
    ...(opened.lostCommits && { lostCommits: opened.lostCommits }),
    reads: sqliteReads(link, read),
    load: () => read(() => loadFrom(link)),
    commit: (changes) => {
      if (changes.length === 0) return queue.settled();
      return queue.commit((batch) => {
        for (const change of changes) batch.push(...encodeChange(change));
      });
    },
    settled: () => queue.settled(),
    resume: () => queue.resume(),
    backUp: (path) => read(() => link.backUp(path)),
    close: async () => {
      await queue.close();
      await link.close();
    },
  };
}

function sqliteReads(link: WorkerLink, read: Read): StoreReads {
  return {
    jobs: async (scope, jobIds) => (await read(() => link.read('jobs', { scope, jobIds }))).map(fromStoredColumns),
    listJobs: (query) => read(() => listJobs(link, query)),
    finishedJobs: async (query) => (await read(() => link.read('finishedJobs', query))).map(fromJobColumns),
    countFinishedJobs: () => read(() => link.read('countFinishedJobs', undefined)),
    transitions: async (query) =>
      (await read(() => link.read('transitions', query))).map((text) => fromVersionedJson<TransitionRecord>(text)),
    logStream: async (scope, groupName, name) => {
      const text = await read(() => link.read('logStream', { scope, groupName, name }));
      return text === undefined ? undefined : fromVersionedJson<LogStreamRecord>(text);
    },
    logStreams: async (query) => streams(await read(() => link.read('logStreams', query))),
    liveLogStreams: async (limit) => streams(await read(() => link.read('liveLogStreams', { limit }))),
    logSegments: async (scope, groupName, streamName) =>
      segments(await read(() => link.read('logSegments', { scope, groupName, streamName }))),
    expiredLogSegments: async (query) => segments(await read(() => link.read('expiredLogSegments', query))),
    oldestFinishedLogStreams: async (limit) =>
      streams(await read(() => link.read('oldestFinishedLogStreams', { limit }))),
    logBytes: () => read(() => link.read('logBytes', undefined)),
    idempotency: async (scope, key) => {
      const text = await read(() => link.read('idempotency', { scope, key }));
      return text === undefined ? undefined : fromVersionedJson<IdempotencyRecord>(text);
    },
    ...executionReads(link, read),
  };
}

function executionReads(link: WorkerLink, read: Read): Pick<StoreReads, ExecutionReadName> {
  return {
    execution: async (scope, arn) => {
      const row = await read(() => link.read('execution', { scope, arn }));
      return row && fromExecutionRow(row);
    },
    listExecutions: async (query) => (await read(() => link.read('listExecutions', query))).map(fromSummaryRow),
    executionHistory: async (query) => historyPage(await read(() => link.read('historyRows', query)), query),
    frames: (scope, arn) => read(() => framesOf(link, { scope, arn })),
    mapRun: async (scope, arn) => {
      const text = await read(() => link.read('mapRun', { scope, arn }));
      return text === undefined ? undefined : fromVersionedJson<MapRunRecord>(text);
    },
    mapRuns: async (query) =>
      (await read(() => link.read('mapRuns', { after: '', ...query }))).map((text) =>
        fromVersionedJson<MapRunRecord>(text),
      ),
    finishedExecutions: async (query) => (await read(() => link.read('finishedExecutions', query))).map(fromSummaryRow),
    hasExecutionOf: (revisionId) => read(() => link.read('hasExecutionOf', { revisionId })),
  };
}

const frameSliceSize = 1000;

async function framesOf(
  link: WorkerLink,
  place: { readonly scope: Scope; readonly arn: string },
): Promise<StoredFrame[]> {
  const frames: StoredFrame[] = [];
  for (let after = ''; ; ) {
    const slice = await link.read('frameSlice', { ...place, after, limit: frameSliceSize });
    for (const [, frame] of slice) frames.push(fromVersionedJson<StoredFrame>(frame));
    const last = slice.at(-1);
    if (!last || slice.length < frameSliceSize) return frames;
    after = last[0];
  }
}

/** Asks slice by slice, so that a filter that few jobs pass holds up no commit. */
async function listJobs(link: WorkerLink, query: JobListQuery): Promise<JobRecord[]> {
  const found: JobRecord[] = [];
  for (let slice = query; ; ) {
    const { rows, next } = await link.read('jobSlice', slice);
    for (const row of rows) found.push(fromJobColumns(row));
    if (!next || found.length >= query.limit) return found;
    slice = { ...query, after: next, limit: query.limit - found.length };
  }
}

function streams(texts: readonly string[]): LogStreamRecord[] {
  return texts.map((text) => fromVersionedJson<LogStreamRecord>(text));
}

function segments(texts: readonly string[]): LogSegmentRecord[] {
  return texts.map((text) => fromVersionedJson<LogSegmentRecord>(text));
}
