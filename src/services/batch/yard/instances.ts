import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { invariant } from '../../../core/errors.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { TurnUnits } from '../../../core/turn-units.ts';
import { lostReason } from '../../../engines/index.ts';
import {
  type InstanceReport,
  type InstanceToLaunch,
  type Jobs,
  placementsOn,
  TimedInstances,
  type TimedInstancesOptions,
} from '../../../jobs/index.ts';
import { unseenOutcomes } from '../../../lifecycle/index.ts';
import {
  amountOf,
  describeLaunch,
  describeScaleIn,
  type EndDecision,
  type InstanceDecision,
  type LaunchDecision,
  type ReserveDecision,
} from '../../../scheduler/index.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { computeEnvironmentArn } from '../names.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  type FleetRecord,
  fleetRecords,
  type InstanceRecord,
  instancePlace,
  instanceRecords,
} from '../records.ts';
import { subnetFor } from '../resources/launch-facts.ts';
import { launchSetupOf } from '../resources/launch-setup.ts';
import type { InstanceToRegister, PlacedInstance, YardInstances } from './contract.ts';
import { keepEnded } from './ended-instances.ts';
import type { JobJournal } from './job-journal.ts';
import type { QueueModel } from './queue-model.ts';
import { type Replacement, Replacements } from './replacements.ts';
import type { TaskRuns } from './task-runs.ts';

/** Tasks of an instance that was taken back that are ended in one transaction. */
const tasksPerTurn = 100;
/** Instances are spread over these of their region, in turn, where it is not known which zone their subnet is in. */
const zoneLetters = ['a', 'b', 'c'];

/** What becomes of instances by themselves. */
export type InstanceTiming = Pick<TimedInstancesOptions, 'bootDelay' | 'interruptionSeed'>;

export interface InstancesOptions {
  readonly ledger: Ledger;
  readonly journal: JobJournal;
  readonly jobs: Jobs;
  readonly queues: QueueModel;
  readonly runs: TaskRuns;
  readonly timing: InstanceTiming;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onError: (error: unknown) => void;
}

/** The instances of compute environments: stores what the scheduler decides of them, and tells it what becomes of them. */
export class Instances implements YardInstances {
  readonly #options: InstancesOptions;
  readonly #provider: TimedInstances;
  readonly #replacements: Replacements;
  /** Where the records of instances are, by id. */
  readonly #scopes = new Map<string, Scope>();
  #isOpen = false;

  constructor(options: InstancesOptions) {
    this.#options = options;
    const { clock, timing } = options;
    this.#replacements = new Replacements(clock, (id) => this.#guard(() => this.#interrupt(id)));
    this.#provider = new TimedInstances({
      ...timing,
      clock,
      report: (report) => this.#guard(() => this.#hear(report)),
    });
  }

  /** Tells the scheduler of all that are stored, a slice in a turn: after the environments, and before the jobs that run. */
  async fill(turn: TurnUnits): Promise<void> {
    const { ledger, queues } = this.#options;
    this.#replacements.forget();
    this.#scopes.clear();
    for (const record of ledger.all(instanceRecords)) {
      this.#scopes.set(record.id, scopeOf(record));
      queues.putInstance(arnOf(record), record);
      if (turn.spend(1)) await nextTurn();
    }
  }

  /** Instances come and go from now on; ends what was under way. */
  begin(): void {
    this.#isOpen = true;
    for (const record of this.#options.ledger.all(instanceRecords)) {
      if (record.closedBy === 'interruption') this.#endTasks(record.id);
      else this.#provide(record);
    }
  }

  pause(): void {
    this.#isOpen = false;
    this.#replacements.forget();
    for (const id of this.#scopes.keys()) this.#provider.end(id);
  }

  /** Stores what was decided, in one transaction, in the turn of its plan: jobs that are placed later stand on it. */
  carryOut(decisions: readonly InstanceDecision[]): void {
    const { ledger } = this.#options;
    ledger.transact((transaction) => {
      for (const decision of decisions) {
        const environment = this.#options.queues.environment(decision.computeEnvironmentArn);
        invariant(environment, `compute environment ${decision.computeEnvironmentArn} is not known`);
        if (decision.kind === 'launch') this.#launch(transaction, environment, decision);
        else if (decision.kind === 'end') this.#end(transaction, environment, decision);
        else this.#reserve(transaction, environment, decision);
        if (decision.kind !== 'reserve') this.#storeFleet(transaction, environment);
      }
    });
  }

  /** Forgets the instances of an environment that is deleted. */
  forget(transaction: Transaction, environment: ComputeEnvironmentRecord): void {
    const { ledger, clock } = this.#options;
    const all = [...ledger.by(instanceRecords, environment, 'environment', { value: environment.name })];
    for (const record of all) {
      const { id } = record;
      transaction.delete(instanceRecords, environment, id);
      keepEnded(transaction, ledger, { record, environment, at: clock.now() });
      transaction.onCommitted(() => this.#gone(id));
    }
    transaction.delete(fleetRecords, environment, environment.name);
  }

  older(environment: ComputeEnvironmentRecord): readonly InstanceRecord[] {
    const all = this.#options.ledger.by(instanceRecords, environment, 'environment', { value: environment.name });
    return [...all].filter(({ setup }) => setup !== environment.setup);
  }

  closeOlder(transaction: Transaction, environment: ComputeEnvironmentRecord): void {
    const { queues } = this.#options;
    for (const record of this.older(environment)) {
      if (record.state === 'closed') continue;
      transaction.put(instanceRecords, { ...record, state: 'closed', closedBy: 'update' });
      const { id } = record;
      transaction.onAccepted(() =>
        queues.apply({ kind: 'instance-closed', computeEnvironmentArn: environment.arn, id }),
      );
    }
  }

  replace(environment: ComputeEnvironmentRecord, replacement: Omit<Replacement, 'ids'>): void {
    const ids = this.older(environment).map(({ id }) => id);
    this.#replacements.begin(environment.arn, { ids, ...replacement });
  }

  *of(environment: ComputeEnvironmentRecord, after?: number): Generator<PlacedInstance> {
    const { ledger, queues } = this.#options;
    const query = { value: environment.name, ...(after !== undefined && { after: instancePlace(after) }) };
    for (const record of ledger.by(instanceRecords, environment, 'environment', query)) {
      const instance = queues.instance(environment.arn, record.id);
      if (instance) yield { record, instance };
    }
  }

  allocatedvCpus(computeEnvironmentArn: string): number {
    return this.#options.queues.allocatedvCpus(computeEnvironmentArn);
  }

  get(scope: Scope, id: string): InstanceRecord | undefined {
    return this.#options.ledger.get(instanceRecords, scope, id);
  }

  register(environment: ComputeEnvironmentRecord, { capacity, tags, by }: InstanceToRegister): InstanceRecord {
    const { ledger, queues, clock, logger } = this.#options;
    const [scope, now] = [scopeOf(environment), clock.now()];
    const { id, order } = queues.nextInstance(environment.arn);
    const record: InstanceRecord = {
      ...{ ...scope, id, order, tags, environment: environment.name, type: 'registered', purchase: 'registered' },
      ...{ vcpus: capacity.vcpus, capacity: amountOf(capacity), state: 'ready', price: 0, interruption: 0 },
      // Where jobs are told that their machine is.
      zone: `${environment.region}${zoneLetters[0]}`,
      launchReason: `Registered by ${by}.`,
      ...{ launchedAt: now, readyAt: now, idleSince: queues.now() },
    };
    ledger.transact((transaction) => {
      const before = ledger.get(fleetRecords, environment, environment.name);
      const fleet: FleetRecord = {
        ...{ ...scope, environment: environment.name, backoffs: {} },
        ...before,
        nextOrder: order + 1,
      };
      transaction.put(fleetRecords, fleet);
      transaction.put(instanceRecords, record);
      transaction.onAccepted(() => {
        this.#scopes.set(id, scope);
        queues.registered(fleet, record);
      });
    });
    logger.info({ environment: environment.name, instance: id, by }, 'an instance is registered');
    return record;
  }

  /**
   * It takes no more jobs. Drained it goes once those have ended that run on it; interrupted those end at once, as where Spot takes an
   * instance back.
   */
  close(scope: Scope, id: string, by: 'drain' | 'interruption'): void {
    const { ledger, queues } = this.#options;
    ledger.transact((transaction) => {
      const record = ledger.get(instanceRecords, scope, id);
      if (!record || record.closedBy === 'interruption') return;
      if (record.state === 'closed' && by === 'drain') return;
      transaction.put(instanceRecords, { ...record, state: 'closed', closedBy: by });
      if (record.state !== 'closed')
        transaction.onAccepted(() =>
          queues.apply({ kind: 'instance-closed', computeEnvironmentArn: arnOf(record), id }),
        );
      if (by === 'interruption') transaction.onCommitted(() => this.#guard(() => this.#endTasks(id)));
    });
  }

  /** Those that are launched and not ready yet. */
  starting(): readonly InstanceToLaunch[] {
    const found: InstanceToLaunch[] = [];
    for (const record of this.#options.ledger.all(instanceRecords)) {
      const launched = record.state === 'starting' ? toLaunch(record) : undefined;
      if (launched) found.push(launched);
    }
    return found;
  }

  get bootDelay(): Milliseconds {
    return this.#options.timing.bootDelay ?? 0;
  }

  /** Whether the instance of a task that is to start was taken back after that was decided: then it has ended, as all that ran there. */
  endsLost(instance: string): boolean {
    const scope = this.#scopes.get(instance);
    if (!scope || this.get(scope, instance)?.closedBy !== 'interruption') return false;
    this.#guard(() => this.#endTasks(instance));
    return true;
  }

  #launch(transaction: Transaction, environment: ComputeEnvironmentRecord, decision: LaunchDecision): void {
    const { type, instances, reason } = decision;
    const { ledger, clock, logger } = this.#options;
    const { purchase } = reason;
    const { name, vcpus, capacity, interruption } = type;
    const launchReason = describeLaunch({ ...decision, environment: environment.arn, instances: instances.length });
    logger.info({ environment: environment.name, launchReason }, 'instances are launched');
    const setup = launchSetupOf(ledger, environment, environment.setup);
    for (const { id, order } of instances) {
      const subnet = setup && subnetFor(setup, order);
      const record: InstanceRecord = {
        ...scopeOf(environment),
        ...{ id, order, type: name, vcpus, capacity, state: 'starting', purchase, interruption, launchReason },
        environment: environment.name,
        price: purchase === 'spot' ? type.spot : type.onDemand,
        zone: subnet?.zone ?? `${environment.region}${zoneLetters[order % zoneLetters.length]}`,
        ...(environment.setup === undefined ? {} : { setup: environment.setup }),
        launchedAt: clock.now(),
      };
      transaction.put(instanceRecords, record);
      this.#scopes.set(id, scopeOf(environment));
      transaction.onCommitted(() => {
        if (this.#isOpen) this.#provide(record);
      });
    }
  }

  /** Of one that was registered nothing becomes by itself. */
  #provide(record: InstanceRecord): void {
    const launched = toLaunch(record);
    if (!launched) return;
    if (record.readyAt === undefined) this.#provider.launch(launched);
    else this.#provider.adopt(launched, record.readyAt);
  }

  #reserve(
    transaction: Transaction,
    environment: ComputeEnvironmentRecord,
    { id, jobId: reservedFor }: ReserveDecision,
  ): void {
    const record = this.#options.ledger.get(instanceRecords, environment, id);
    invariant(record, `instance ${id} is not stored`);
    const { reservedFor: _, ...rest } = record;
    transaction.put(instanceRecords, reservedFor === undefined ? rest : { ...rest, reservedFor });
  }

  #end(transaction: Transaction, environment: ComputeEnvironmentRecord, { id, reason }: EndDecision): void {
    const why =
      reason.kind === 'closed'
        ? 'It took no more jobs, and none runs on it.'
        : describeScaleIn({ kind: 'end', id, reason });
    const { ledger, clock, logger } = this.#options;
    logger.info({ environment: environment.name, instance: id, why }, 'an instance ends');
    const record = ledger.get(instanceRecords, environment, id);
    transaction.delete(instanceRecords, environment, id);
    if (record) keepEnded(transaction, ledger, { record, environment, at: clock.now() });
    transaction.onCommitted(() => this.#gone(id));
  }

  #gone(id: string): void {
    this.#provider.end(id);
    this.#scopes.delete(id);
    this.#replacements.gone(id);
  }

  /** Its time is over: what still runs on it ends. */
  #interrupt(id: string): void {
    const scope = this.#scopes.get(id);
    if (scope && this.#isOpen) this.close(scope, id, 'interruption');
  }

  #storeFleet(transaction: Transaction, environment: ComputeEnvironmentRecord): void {
    const stored = this.#options.queues.storedFleet(environment.arn);
    if (stored) transaction.put(fleetRecords, { ...scopeOf(environment), environment: environment.name, ...stored });
  }

  /** What has become of an instance. Of one that is gone nothing is heard any more. */
  #hear(report: InstanceReport): void {
    const { ledger } = this.#options;
    const { id, at } = report;
    const scope = this.#scopes.get(id);
    const record = scope && ledger.get(instanceRecords, scope, id);
    if (!record || !this.#isOpen) return;
    if (report.kind === 'interrupted') {
      this.close(record, id, 'interruption');
      return;
    }
    if (record.state !== 'starting') return;
    ledger.transact((transaction) => {
      if (report.kind === 'ready') this.#arrived(transaction, record, at);
      else {
        transaction.delete(instanceRecords, record, id);
        this.#tell(transaction, record, 'instance-failed');
      }
    });
  }

  /** Tasks were found that run there: what starts as far as the store knows, which has lost the rest, is there. */
  found(transaction: Transaction, ids: readonly string[]): void {
    const { ledger, clock } = this.#options;
    for (const id of ids) {
      const scope = this.#scopes.get(id);
      const record = scope && ledger.get(instanceRecords, scope, id);
      if (record?.state === 'starting') this.#arrived(transaction, record, clock.now());
    }
  }

  #arrived(transaction: Transaction, record: InstanceRecord, readyAt: EpochMilliseconds): void {
    transaction.put(instanceRecords, { ...record, state: 'ready', readyAt, idleSince: this.#options.queues.now() });
    this.#tell(transaction, record, 'instance-ready');
  }

  #tell(transaction: Transaction, record: InstanceRecord, kind: 'instance-ready' | 'instance-failed'): void {
    const { ledger, queues } = this.#options;
    const environment = ledger.get(computeEnvironmentRecords, record, record.environment);
    transaction.onAccepted(() => {
      queues.apply({ kind, computeEnvironmentArn: arnOf(record), id: record.id });
      if (environment) this.#storeFleet(transaction, environment);
    });
  }

  /** Ends what runs on an instance that is lost, a slice in a turn. */
  #endTasks(id: string): void {
    const { jobs, journal, runs, clock } = this.#options;
    if (!this.#isOpen) return;
    const held = placementsOn(id, jobs.tasks().values());
    const slice = held.slice(0, tasksPerTurn);
    if (slice.length === 0) return;
    for (const placement of slice) runs.stopTask(placement, 0);
    const at: EpochMilliseconds = clock.now();
    journal.transact((transaction) => {
      for (const placement of slice) {
        const containers = unseenOutcomes(placement, at);
        const { taskId } = placement;
        jobs.report(transaction, {
          kind: 'ended',
          at,
          taskId,
          cause: 'lost',
          statusReason: lostReason(id),
          containers,
        });
      }
    });
    if (held.length > slice.length) setImmediate(() => this.#guard(() => this.#endTasks(id)));
  }

  /** Nobody waits for what is done here. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function arnOf(record: InstanceRecord): string {
  return computeEnvironmentArn(record, record.environment);
}

function toLaunch(record: InstanceRecord): InstanceToLaunch | undefined {
  const { id, type, purchase, interruption, launchedAt } = record;
  if (purchase === 'registered') return undefined;
  return { id, environmentArn: arnOf(record), type, purchase, interruption, launchedAt };
}
