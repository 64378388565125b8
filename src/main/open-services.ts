import { scopeOf } from '../core/arn.ts';
import { CommitFailed } from '../core/errors.ts';
import type { EngineKind, EngineStatus } from '../engines/index.ts';
import type { OperationRegistry } from '../gateway/index.ts';
import type { TaskWatch, UserKeys } from '../iam/index.ts';
import type { BatchService, StopOutcome } from '../services/batch/index.ts';
import type { OwnValue } from '../services/cloudwatch/index.ts';
import type { SnsService } from '../services/sns/index.ts';
import { Ledger } from '../store/index.ts';
import { collectedWhileRead } from './collected-slices.ts';
import { createServices, type Ground, type ServerServices } from './create-services.ts';
import { defaultEngineOf, recordDefaultEngine } from './default-engine.ts';
import { MemoryKeeper } from './memory-keeper.ts';
import { serverRecords } from './records.ts';
import { openEngines, type ServerEngines, serverEngines } from './server-engines.ts';
import { beginParts, closeParts, fillParts, pauseParts, type ServiceParts } from './service-order.ts';

export interface OpenServicesOptions extends Ground {
  readonly onFatal: (error: unknown) => void;
}

/** All services with all that they stand on, filled from the store and running. */
export interface OpenServices {
  readonly registry: OperationRegistry;
  /** Which tasks jobs hold. */
  readonly tasks: TaskWatch;
  /** The access keys of users. */
  readonly keys: UserKeys;
  /** What anybody may read by its path. */
  readonly document: SnsService['document'];
  /** Adds a value to a metric of the server's own. */
  readonly countOwn: (value: OwnValue) => void;
  /** The engine of new compute environments. */
  readonly engine: EngineStatus;
  /** Why changes are not taken that others could take, or this server a moment later; undefined when they are. */
  unready(): string | undefined;
  /** Resolves once memory holds only what is durable, after a commit failed. */
  readable(): Promise<void>;
  /** Something in memory broke its own rules: memory is rebuilt from the store. */
  onInternalError(error: unknown): void;
  runningJobs(): number;
  /** Ends every running task, in bounded time. */
  stopJobs(): Promise<StopOutcome>;
  /** What takes over a connection that asks for a command's session; undefined for any other one. */
  commandAt: BatchService['commands']['connection'];
  /** Ends the commands that run in jobs for clients. */
  endCommands(): Promise<void>;
  /** Answers those who wait for something to happen: the server is about to stop. */
  dismissWaiting(): void;
}

const terminationReason = 'Terminated: the server was stopped with its jobs';

/**
 * Takes the lead, builds every service, fills them from the store and sets them going; `service-order.ts` says in which order.
 * Without the lead they are filled and answer what is read; they are set going once it is taken.
 */
export async function openServices(options: OpenServicesOptions): Promise<OpenServices> {
  const { releasers } = options;
  const keeper = createKeeper(options, () => parts);
  const loaded = await keeper.load();
  const defaultEngine = await defaultEngineOf(loaded.records, options.options, options.clock);
  const engines = serverEngines(options, defaultEngine);
  const services = createServices({ ...options, keeper, engines, defaultEngine });
  const parts = partsOf({ ...services, keeper, engines, defaultEngine }, options);
  releasers.add(() => closeParts(parts));
  await keeper.open(loaded);
  return openOnes(services, keeper, defaultEngine);
}

/** Its ledger refuses changes until it is opened: one that was made meanwhile would be lost from memory when that is filled. */
function createKeeper(options: OpenServicesOptions, parts: () => ServiceParts): MemoryKeeper {
  const { store } = options;
  const keeper: MemoryKeeper = new MemoryKeeper({
    ...options,
    ledger: new Ledger({ store, types: serverRecords, onFailed: (failure) => keeper.onLedgerFailed(failure) }),
    fill: (loaded, onForgotten) => fillParts(parts(), collectedWhileRead(loaded), onForgotten),
    begin: (loaded) => beginParts(parts(), collectedWhileRead(loaded)),
    pause: () => pauseParts(parts()),
  });
  keeper.ledger.refuseChanges(new CommitFailed('failed', 'memory is being filled from the store'));
  return keeper;
}

interface PartsGround extends ServerServices {
  readonly keeper: MemoryKeeper;
  readonly engines: ServerEngines;
  readonly defaultEngine: EngineKind;
}

/** What each part does at the stages of `serviceOrder`. */
function partsOf(services: PartsGround, { options }: OpenServicesOptions): ServiceParts {
  const { keeper, outbox, yard, batch, logs, sns, sqs, states, due, trim, engines, rotation, defaultEngine } = services;
  const { jobListener, events, iam, cloudWatch } = services;
  const { ledger } = keeper;
  return {
    keeper,
    engines: { begin: () => openEngines(engines) },
    ledger: {
      fill: async ({ records }) => {
        await ledger.fill(records);
        iam.refilled();
        await events.open();
      },
    },
    outbox: { begin: (loaded) => outbox.open(loaded), pause: () => outbox.pause(), close: () => outbox.pause() },
    vault: {
      begin: () => rotation.begin(),
      pause: () => rotation.pause(),
      close: () => {
        rotation.pause();
        return rotation.idle();
      },
    },
    jobListener: { begin: () => jobListener.listen(), close: () => jobListener.close() },
    yard,
    batch: { begin: () => batch.resume(), pause: () => batch.pause(), close: () => batch.pause() },
    logs: {
      begin: async () => {
        await logs.filters.begin();
        await logs.streams.finishAbandoned(({ streamName }) =>
          yard.hasTask(streamName.slice(streamName.lastIndexOf('/') + 1)),
        );
        logs.sweeper.begin();
      },
      pause: () => {
        logs.filters.pause();
        logs.sweeper.pause();
      },
    },
    sns: { begin: () => sns.open(), pause: () => sns.pause(), close: () => sns.close() },
    sqs: { fill: () => sqs.fill(), pause: () => sqs.dismissWaiting() },
    cloudwatch: {
      fill: () => cloudWatch.metrics.fill(),
      begin: () => {
        cloudWatch.metrics.open();
        cloudWatch.alarms.open();
        cloudWatch.own.open();
      },
      pause: () => {
        cloudWatch.own.pause();
        cloudWatch.alarms.pause();
        cloudWatch.metrics.pause();
      },
      close: async () => {
        await cloudWatch.own.close();
        await cloudWatch.alarms.close();
        await cloudWatch.metrics.close();
      },
    },
    states: { begin: (loaded) => states.open(loaded), pause: () => states.pause(), close: () => states.close() },
    due: {
      begin: () => {
        due.open();
        trim.begin(due);
      },
      pause: () => due.pause(),
      close: () => due.close(),
    },
    installation: {
      begin: () => {
        recordDefaultEngine(ledger, options, defaultEngine);
        batch.ensureRegion(scopeOf(options));
      },
    },
  };
}

function openOnes(
  { registry, states, sns, sqs, batch, yard, tasks, iam, cloudWatch }: ServerServices,
  keeper: MemoryKeeper,
  engine: EngineKind,
): OpenServices {
  return {
    registry,
    tasks,
    keys: iam.keys,
    countOwn: (value) => cloudWatch.own.count(value),
    engine: yard.engineStatus(engine),
    unready: () => keeper.unready,
    readable: () => keeper.readable(),
    onInternalError: (error) => keeper.onInternalError(error),
    runningJobs: () => yard.runningCount,
    stopJobs: () => yard.stopRunning(terminationReason),
    document: (path) => sns.document(path),
    commandAt: (path, headers) => batch.commands.connection(path, headers),
    endCommands: () => batch.commands.close('the server stops'),
    dismissWaiting: () => {
      states.dismissWorkers();
      sqs.dismissWaiting();
    },
  };
}
