import { Counter, type Registry } from 'prom-client';
import type { Scope } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { ServiceDefinition } from '../core/operation.ts';
import type { RandomSource } from '../core/random.ts';
import type { Evaluations } from '../evaluation/index.ts';
import type { MayUseRole } from '../iam/index.ts';
import type { EventSource, ManagedRule } from '../services/events/index.ts';
import {
  createExecutions,
  createIntegrations,
  createStatesEvents,
  createStatesService,
  executionOperations,
  HistoryLog,
  LedgerMachineCatalog,
  MemoryActivityQueues,
  managedRules,
} from '../services/states/index.ts';
import type { DueWork, FactConsumer, FactLog, Ledger, LoadedState } from '../store/index.ts';
import type { ServiceCalls } from './service-calls.ts';

export interface StatesStackOptions {
  readonly ledger: Ledger;
  readonly facts: FactLog;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly calls: ServiceCalls;
  readonly evaluations: Evaluations;
  /** How long finished executions are kept. */
  readonly retention: Milliseconds;
  readonly onError: (error: unknown) => void;
  readonly mayUse: MayUseRole;
}

/** Step Functions with its executions. Nothing runs until `open`. */
export interface StatesStack {
  readonly definition: ServiceDefinition;
  /** Hears of the ends of jobs. */
  readonly consumer: FactConsumer;
  /** What EventBridge is told. */
  readonly events: EventSource;
  /** The EventBridge rules that Step Functions keeps. */
  managedRules(scope: Scope): readonly ManagedRule[];
  /** Takes up what the store holds; batch jobs and the registry must be there. */
  open(loaded: LoadedState): Promise<void>;
  /** Lets nothing happen until the next `open`. */
  pause(): void;
  /** Answers workers that wait for tasks of activities: the server is about to stop. */
  dismissWorkers(): void;
  /** Ends all activity, and waits until what is to be logged is. */
  close(): Promise<void>;
}

export function openStatesStack(options: StatesStackOptions): StatesStack {
  const { ledger, facts, due, clock, random, logger, calls, evaluations, onError, mayUse } = options;
  const invoke = calls.invoke.bind(calls);
  const catalog = new LedgerMachineCatalog(ledger, random);
  const activityQueues = new MemoryActivityQueues(clock);
  const historySink = new HistoryLog({ invoke, clock, random, logger });
  const integrations = createIntegrations({
    ...{ invoke, ledger, due, clock, random, logger, mayUse },
    services: () => calls.services(),
    activities: activityQueues,
    executions: () => executions,
  });
  const executions = createExecutions({
    ...{ ledger, facts, catalog, integrations, evaluations, clock, random, logger, historySink, onError },
    retention: options.retention,
    count: countExecutions(options.metrics),
  });
  const service = createStatesService({
    ...{ ledger, clock, random, logger, evaluations, catalog, integrations, activityQueues, executions, mayUse },
    executionOperations: executionOperations({ executions }),
  });
  const stop = () => {
    service.stop();
    executions.close();
  };
  return {
    definition: service.definition,
    consumer: integrations.consumer,
    events: createStatesEvents({
      reads: ledger.store.reads,
      redriveRefusal: (stored) => executions.redriveRefusal(stored),
    }),
    managedRules: (scope) => managedRules(ledger, scope),
    open: async (loaded) => {
      activityQueues.reset();
      await executions.open(loaded);
      service.resume();
      service.start();
    },
    pause: () => {
      service.pause();
      executions.pause();
      activityQueues.reset();
    },
    dismissWorkers: () => activityQueues.dismiss(),
    close: () => {
      stop();
      return historySink.close();
    },
  };
}

/** Counts executions at `/metrics`. */
function countExecutions(metrics: Registry): (what: string, kind: string) => void {
  const counter = new Counter({
    name: 'batchyard_executions_total',
    help: 'Executions of state machines that began or ended, by how and by type.',
    labelNames: ['event', 'type'],
    registers: [metrics],
  });
  return (event, type) => counter.inc({ event, type });
}
