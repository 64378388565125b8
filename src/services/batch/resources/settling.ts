import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { isTerminal, jobStatuses } from '../../../core/job.ts';
import type { Logger } from '../../../core/logger.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import { TurnUnits } from '../../../core/turn-units.ts';
import type { Turns } from '../../../core/turns.ts';
import { unitsOfJob, unitsPerTurn } from '../../../jobs/index.ts';
import type { FactLog, JobListQuery, Ledger, Store, Transaction } from '../../../store/index.ts';
import { jobQueueArn } from '../names.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  defaultUpdatePolicy,
  healthyQueue,
  type JobQueueRecord,
  jobQueueRecords,
  type QuotaShareRecord,
  quotaShareRecords,
  shareKey,
  shareRecords,
} from '../records.ts';
import { endWaiting, type WaitingServiceJobs } from '../service-jobs/change.ts';
import type { ServiceHeads } from '../service-jobs/heads.ts';
import type { Yard } from '../yard/index.ts';
import type { AccountRoles } from './account-roles.ts';
import { tellOfEnvironment } from './environment-facts.ts';
import { type Health, healthOf } from './environment-health.ts';
import { forgetSetups, launchSetupOf } from './launch-setup.ts';
import type { FindTemplate } from './launch-template.ts';

export interface SettlingOptions {
  readonly ledger: Ledger;
  readonly facts: FactLog;
  readonly yard: Yard;
  /** Changes of one service job. */
  readonly jobTurns: Turns;
  readonly serviceHeads: ServiceHeads;
  /** Whether an engine of this server runs pods. */
  readonly runsPods: boolean;
  readonly findTemplate: FindTemplate;
  readonly roles: Pick<AccountRoles, 'problemOf'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

/**
 * Takes compute environments and queues on from CREATING, UPDATING and DELETING, after the change that put them there
 * is durable. Works from their stored status alone: after a crash `resume` takes up what was left.
 */
export class ResourceSettling {
  readonly #options: SettlingOptions;

  constructor(options: SettlingOptions) {
    this.#options = options;
  }

  /** Stores `record`, tells the scheduler, and settles it once that is durable. */
  putEnvironment(transaction: Transaction, record: ComputeEnvironmentRecord): void {
    const { ledger, facts, clock } = this.#options;
    const before = ledger.get(computeEnvironmentRecords, record, record.name);
    transaction.put(computeEnvironmentRecords, record);
    tellOfEnvironment(facts, transaction, { before, after: record, at: clock.now() });
    this.#options.yard.resourcesChanged(transaction);
    transaction.onCommitted(() => this.#settle(record, () => this.#settleEnvironment(record, record.name)));
  }

  /** As `putEnvironment`, for a queue. */
  putQueue(transaction: Transaction, record: JobQueueRecord): void {
    transaction.put(jobQueueRecords, record);
    this.#options.yard.resourcesChanged(transaction);
    this.#options.serviceHeads.queueChanged(transaction, record);
    transaction.onCommitted(() => this.#settle(record, () => this.#settleQueue(record, record.name)));
  }

  /** Begins the deletion of a quota share: it goes once its jobs have been ended. */
  deleteQuotaShare(transaction: Transaction, record: QuotaShareRecord): void {
    transaction.put(quotaShareRecords, { ...record, status: 'DELETING' });
    this.#options.serviceHeads.quotaSharesChanged(transaction, record);
    transaction.onCommitted(() => this.#endQuotaShare(record));
  }

  /** Takes up everything that is on its way: at start, and after memory was rebuilt. */
  resume(): void {
    const { ledger } = this.#options;
    for (const record of ledger.all(computeEnvironmentRecords)) {
      this.#settle(record, () => this.#settleEnvironment(record, record.name));
    }
    for (const record of ledger.all(jobQueueRecords))
      this.#settle(record, () => this.#settleQueue(record, record.name));
    for (const record of ledger.all(quotaShareRecords)) if (record.status === 'DELETING') this.#endQuotaShare(record);
  }

  #settle({ arn }: { readonly arn: string }, step: () => void): void {
    try {
      step();
    } catch (error) {
      // While changes are refused (disk full...) things stay as they are; `resume` takes them up when that is over.
      this.#options.logger.error({ error, resource: arn }, 'could not settle a resource');
    }
  }

  #settleEnvironment(scope: Scope, name: string): void {
    const { ledger, facts, yard, clock } = this.#options;
    const record = ledger.get(computeEnvironmentRecords, scope, name);
    if (!record || this.#isSettled(record)) return;
    const health = this.#health(record);
    const isUpdated = record.status === 'UPDATING' && health.status === 'VALID';
    // Whatever the update changed: one before it may have left the environment INVALID.
    if (isUpdated && yard.instances.older(record).length > 0) {
      this.#replaceInstances(record);
      return;
    }
    ledger.transact((transaction) => {
      const { updating: _done, replacingSince: _since, ...settled } = record;
      const after = record.status === 'DELETING' ? undefined : { ...settled, ...health };
      if (after) {
        transaction.put(computeEnvironmentRecords, after);
        if (isUpdated) forgetSetups(transaction, ledger, record, record.setup);
      } else {
        transaction.delete(computeEnvironmentRecords, record, name);
        yard.instances.forget(transaction, record);
        forgetSetups(transaction, ledger, record);
      }
      tellOfEnvironment(facts, transaction, { before: record, ...(after && { after }), at: clock.now() });
      yard.resourcesChanged(transaction);
    });
  }

  /** Lets old instances go, and settles when they have. New ones are launched meanwhile: it is the scheduler's to say when. */
  #replaceInstances(record: ComputeEnvironmentRecord): void {
    const { ledger, yard, clock } = this.#options;
    const { replacingSince = clock.now(), updatePolicy = defaultUpdatePolicy } = record;
    if (record.replacingSince === undefined)
      ledger.transact((transaction) => {
        transaction.put(computeEnvironmentRecords, { ...record, replacingSince });
        yard.instances.closeOlder(transaction, record);
        yard.resourcesChanged(transaction);
      });
    const { terminateJobsOnUpdate, jobExecutionTimeoutMinutes } = updatePolicy;
    const timeout = terminateJobsOnUpdate ? 0 : jobExecutionTimeoutMinutes * 60_000;
    const onReplaced = () => this.#settle(record, () => this.#settleEnvironment(record, record.name));
    yard.instances.replace(record, { since: replacingSince, timeout, onReplaced });
  }

  /** How one of Kubernetes is depends on the engines that this server has, and may be another after a start. */
  #isSettled(record: ComputeEnvironmentRecord): boolean {
    if (record.status !== 'VALID' && record.status !== 'INVALID') return false;
    return !record.kubernetes || this.#health(record).status === record.status;
  }

  #health(record: ComputeEnvironmentRecord): Health {
    const { ledger, clock, random, runsPods, findTemplate, roles } = this.#options;
    const setup = launchSetupOf(ledger, record, record.setup);
    const requestId = uuidV7(clock.now(), random);
    return healthOf(record, { requestId, runsPods, findTemplate, setup, problemOf: (it) => roles.problemOf(it) });
  }

  #settleQueue(scope: Scope, name: string): void {
    const { ledger, yard } = this.#options;
    const record = ledger.get(jobQueueRecords, scope, name);
    if (!record || record.status === 'VALID' || record.status === 'INVALID') return;
    if (record.status === 'DELETING') this.#deleteQueue(record);
    else
      ledger.transact((transaction) => {
        transaction.put(jobQueueRecords, { ...record, ...healthyQueue });
        yard.resourcesChanged(transaction);
      });
  }

  #deleteQueue(record: JobQueueRecord): void {
    const { ledger, yard } = this.#options;
    if (record.serviceEnvironmentOrder) {
      const words = `Job queue ${record.name} was deleted.`;
      this.#endServiceJobs(record, { jobQueueArn: record.arn }, words, () => this.#deleteEmptyQueue(record));
      return;
    }
    yard.onQueueEmpty(record.arn, () => this.#deleteEmptyQueue(record));
    endQueueJobs(ledger.store, yard, record).catch((error: unknown) => this.#couldNotEnd(record, error));
  }

  #deleteEmptyQueue(record: JobQueueRecord): void {
    const { ledger, yard, serviceHeads } = this.#options;
    if (ledger.get(jobQueueRecords, record, record.name)?.status !== 'DELETING') return;
    const shares = [...ledger.by(shareRecords, record, 'queue', { value: record.name }).take(sliceSize)];
    ledger.transact((transaction) => {
      for (const { queue, share } of shares) transaction.delete(shareRecords, record, shareKey(queue, share));
      // There may be more: they go in turns of their own.
      if (shares.length === sliceSize) {
        transaction.onCommitted(() => this.#settle(record, () => this.#deleteEmptyQueue(record)));
        return;
      }
      for (const { queue, name } of [...ledger.by(quotaShareRecords, record, 'queue', { value: record.name })])
        transaction.delete(quotaShareRecords, record, shareKey(queue, name));
      serviceHeads.forgetQueue(transaction, record);
      transaction.delete(jobQueueRecords, record, record.name);
      yard.resourcesChanged(transaction);
    });
  }

  #endQuotaShare(record: QuotaShareRecord): void {
    const { ledger, serviceHeads } = this.#options;
    const { queue, name } = record;
    const waiting = { jobQueueArn: jobQueueArn(record, queue), quotaShareName: name };
    this.#endServiceJobs(record, waiting, `Quota share ${name} was deleted.`, () => {
      if (ledger.get(quotaShareRecords, record, shareKey(queue, name))?.status !== 'DELETING') return;
      ledger.transact((transaction) => {
        transaction.delete(quotaShareRecords, record, shareKey(queue, name));
        serviceHeads.quotaSharesChanged(transaction, record);
      });
    });
  }

  /** Ends the service jobs of what is being deleted, then does the rest. */
  #endServiceJobs(of: { readonly arn: string }, waiting: WaitingServiceJobs, reason: string, then: () => void): void {
    const { ledger, facts, jobTurns, serviceHeads, clock } = this.#options;
    endWaiting({ ledger, store: ledger.store, facts, jobTurns, serviceHeads }, waiting, { reason, at: clock.now() })
      .then(then)
      .catch((error: unknown) => this.#couldNotEnd(of, error));
  }

  /** Every later start, and every rebuild of memory, takes the deletion up again. */
  #couldNotEnd({ arn }: { readonly arn: string }, error: unknown): void {
    this.#options.logger.error({ error, resource: arn }, 'could not end the jobs of what is being deleted');
  }
}

const active = jobStatuses.filter((status) => !isTerminal(status));
/** Jobs that one read brings. */
const sliceSize = 100;

/**
 * Asks every job of a queue that is being deleted to end. Takes them from the store slice by slice, newest first; each
 * slice waits until the one before is durable, so that a crash loses nothing but work not yet begun. A slice of arrays takes as many turns as their
 * children demand.
 */
export async function endQueueJobs(store: Store, yard: Pick<Yard, 'terminate'>, queue: JobQueueRecord): Promise<void> {
  const turn = new TurnUnits(unitsPerTurn);
  let after: JobListQuery['after'];
  for (;;) {
    const { jobs, next } = await store.reads.listJobs({
      jobQueueArn: queue.arn,
      statuses: active,
      limit: sliceSize,
      ...(after ? { after } : {}),
    });
    for (const job of jobs) {
      yard.terminate(job.jobId, `Job queue ${queue.name} was deleted.`);
      if (turn.spend(unitsOfJob(job.kind === 'array' ? job.size : 1))) await nextTurn();
    }
    await store.settled();
    if (!next) return;
    after = next;
  }
}
