import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { Scope } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { Region } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { ServiceDefinition } from '../core/operation.ts';
import type { RandomSource } from '../core/random.ts';
import type { Engine, EngineKind, EngineStatus, MockWorld } from '../engines/index.ts';
import { EvaluationPool } from '../evaluation/index.ts';
import { OperationRegistry } from '../gateway/index.ts';
import { awsQuotas, createBatchService, defaultQuotas, JobYard } from '../services/batch/index.ts';
import { createEventsService } from '../services/events/index.ts';
import { createLogsService, type LogsService } from '../services/logs/index.ts';
import { createSnsService, type SnsService } from '../services/sns/index.ts';
import {
  DueWork,
  type FactLog,
  idempotencyTrim,
  Ledger,
  type LoadedState,
  Outbox,
  type Store,
  StoreUnavailable,
} from '../store/index.ts';
import { BackupRefused, type BackupSource, writeBackup } from './backup.ts';
import type { CompiledOptions } from './compiled-options.ts';
import type { DataDirectory } from './data-directory.ts';
import { chooseDefaultEngine, openEngines } from './engines.ts';
import { describeHost } from './host.ts';
import { MemoryKeeper } from './memory-keeper.ts';
import { defaultEngineRecords, serverRecords } from './records.ts';
import type { Releasers } from './releasers.ts';
import { ServiceCalls } from './service-calls.ts';
import { openStatesStack, type StatesStack } from './states-stack.ts';
import { transitionMetrics } from './transition-metrics.ts';

export interface BatchStackOptions {
  readonly options: CompiledOptions;
  readonly directory: DataDirectory;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly version: string;
  readonly mockWorld?: MockWorld;
  /** Services that stand on nothing of these. */
  readonly others: readonly ServiceDefinition[];
  /** Writes the database, as it is at one moment, to a new file. */
  readonly backUpDatabase: BackupSource['backUpDatabase'];
  /** What links to this server begin with; asked at each use. */
  readonly baseUrl: () => string;
  readonly metrics: Registry;
  readonly onFatal: (error: unknown) => void;
  readonly releasers: Releasers;
}

/** All services with all that they stand on, filled from the store and running. */
export interface BatchStack {
  readonly registry: OperationRegistry;
  /** What anybody may read by its path. */
  readonly document: SnsService['document'];
  /** The engine of new compute environments. */
  readonly engine: EngineStatus;
  /** Whether memory is whole. */
  ready(): boolean;
  /** Resolves once memory holds only what is durable, after a commit failed. */
  readable(): Promise<void>;
  runningJobs(): number;
  /** Terminates every running job and waits until none is left. */
  stopJobs(): Promise<void>;
  /** Answers those who wait for something to happen: the server is about to stop. */
  dismissWaiting(): void;
}

const terminationReason = 'Terminated: the server was stopped with its jobs';

export async function openBatchStack(parts: BatchStackOptions): Promise<BatchStack> {
  const { options, directory, store, clock, random, logger, version, releasers } = parts;
  const keeper: MemoryKeeper = new MemoryKeeper({
    ...parts,
    ledger: new Ledger({ store, types: serverRecords, onFailed: (failure) => keeper.onLedgerFailed(failure) }),
    fill: (loaded) => yard.fill(loaded),
    begin: (loaded) => begin(loaded),
    pause: () => {
      states.pause();
      sns.pause();
      outbox.pause();
      due.pause();
      yard.pause();
    },
  });
  const { ledger } = keeper;
  const loaded = await store.load();
  ledger.rebuild(loaded.records);
  const host = describeHost(store.installationId, options.host);
  const session = { installationId: store.installationId, epoch: store.epoch };
  const logDirectory = join(directory.path, 'logs');
  const defaultEngine = settleDefaultEngine(ledger, options);
  const engineParts = { ...parts, dataDirectory: directory.path, logRoot: logDirectory, session, host };
  const engines = await openEngines(defaultEngine, engineParts);
  releasers.add(() => closeAll(engines));
  const limits = { maximumBytes: options.logs.diskBytes };
  const logs = createLogsService({ ledger, store, clock, random, logDirectory, limits, logger });
  releasers.add(() => logs.close());
  const due = new DueWork({ ledger, clock, logger });
  const trim = idempotencyTrim(ledger, clock);
  due.register(trim);
  const calls = new ServiceCalls();
  const onError = (error: unknown) => keeper.onInternalError(error);
  const { account, snsLinkLocal: allowLinkLocal } = options;
  const sns = createSnsService({ ledger, due, clock, random, logger, account, allowLinkLocal, baseUrl: parts.baseUrl });
  const evaluations = releasers.use(new EvaluationPool({ clock, logger }), (it) => it.close());
  const retention = options.retention.finishedExecutions;
  // The log is built with its consumers, some of which write facts themselves.
  const facts: FactLog = { append: (transaction, fact) => outbox.append(transaction, fact) };
  const shared = { ledger, facts, due, clock, random, logger };
  const states = openStatesStack({ ...shared, metrics: parts.metrics, calls, evaluations, retention, onError });
  const consumers = [transitionMetrics(parts.metrics), states.consumer];
  const outbox: Outbox = new Outbox({ ledger, consumers, clock, logger });
  const yard = openYard({ options, ledger, outbox, engines, logs, clock, random, logger, keeper });
  const batch = createBatchService({
    ...shared,
    store,
    yard,
    engines: { default: defaultEngine, enabled: [...engines.keys()] },
    quotas: options.quotas === 'aws' ? awsQuotas : defaultQuotas,
    installation: {
      version,
      describeEngines: () => yard.engineStatuses(),
      backUp: (to) => backUp({ dataDirectory: directory.path, backUpDatabase: parts.backUpDatabase }, to),
    },
  });
  const begin = async (state: LoadedState) => {
    outbox.open(state);
    await yard.begin();
    batch.resume();
    await logs.streams.finishAbandoned(({ streamName }) =>
      yard.hasTask(streamName.slice(streamName.lastIndexOf('/') + 1)),
    );
    sns.open();
    await states.open(state);
    due.open();
    trim.begin(due);
  };
  const events = createEventsService({ managedRules: states.managedRules });
  const services = [batch.definition, batch.batchyard, logs.definition, sns.definition, states.definition, events];
  const registry = new OperationRegistry([...services, ...parts.others]);
  calls.open(registry);
  await yard.fill(loaded);
  await begin(loaded);
  releasers.add(() => closeServices({ keeper, states, sns, outbox, due, yard }));
  batch.ensureRegion({ account: options.account, region: options.region });
  logs.sweeper.start();
  return stackOf({ registry, states, sns, yard, keeper, engine: yard.engineStatus(defaultEngine) });
}

/** Answers why a backup cannot be made, in words; what was not foreseen is thrown. */
async function backUp(source: BackupSource, to: string): Promise<string | undefined> {
  try {
    await writeBackup(source, to);
    return undefined;
  } catch (error) {
    const isForUser = error instanceof BackupRefused || error instanceof StoreUnavailable || isSystemError(error);
    if (isForUser) return error.message;
    throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

interface YardParts {
  readonly options: CompiledOptions;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly engines: ReadonlyMap<EngineKind, Engine>;
  readonly logs: LogsService;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly keeper: MemoryKeeper;
}

function openYard({ options, logs, keeper, ...parts }: YardParts): JobYard {
  const { finishedJobs: minimumAge, finishedJobCount: maximumCount, usage } = options.retention;
  return new JobYard({
    ...parts,
    logStreams: logs.streams,
    logLimits: { rateBytesPerSecond: options.logs.rateBytesPerSecond, maximumBytes: options.logs.attemptBytes },
    jobEnvironment: options.s3Endpoint === undefined ? {} : { AWS_ENDPOINT_URL_S3: options.s3Endpoint },
    retention: { minimumAge, usage, ...(maximumCount === undefined ? {} : { maximumCount }) },
    onError: (error) => keeper.onInternalError(error),
  });
}

/** Chooses the engine of new compute environments, and records it. */
function settleDefaultEngine(ledger: Ledger, options: CompiledOptions): EngineKind {
  const scope: Scope = { account: options.account, region: 'installation' as Region };
  const recorded = ledger.get(defaultEngineRecords, scope)?.kind;
  const chosen = chooseDefaultEngine(options, recorded);
  if (chosen !== recorded) {
    ledger.transact((transaction) => transaction.put(defaultEngineRecords, { ...scope, kind: chosen }));
  }
  return chosen;
}

function stackOf(parts: {
  readonly registry: OperationRegistry;
  readonly states: StatesStack;
  readonly sns: SnsService;
  readonly yard: JobYard;
  readonly keeper: MemoryKeeper;
  readonly engine: EngineStatus;
}): BatchStack {
  const { registry, states, sns, yard, keeper, engine } = parts;
  return {
    registry,
    engine,
    ready: () => keeper.ready,
    readable: () => keeper.readable(),
    runningJobs: () => yard.runningCount,
    stopJobs: () => {
      yard.terminateRunning(terminationReason);
      return yard.whenIdle();
    },
    document: (path) => sns.document(path),
    dismissWaiting: () => states.dismissWorkers(),
  };
}

/** First nothing may begin any more; then what is under way becomes durable, which the store's own close waits for. */
async function closeServices(parts: {
  readonly keeper: MemoryKeeper;
  readonly states: StatesStack;
  readonly sns: SnsService;
  readonly outbox: Outbox;
  readonly due: DueWork;
  readonly yard: JobYard;
}): Promise<void> {
  parts.keeper.close();
  await parts.states.close();
  await parts.due.close();
  parts.sns.close();
  parts.outbox.pause();
  parts.yard.close();
}

async function closeAll(engines: ReadonlyMap<EngineKind, Engine>): Promise<void> {
  await Promise.all([...engines.values()].map((engine) => engine.close()));
}
