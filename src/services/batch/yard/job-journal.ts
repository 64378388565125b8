import { parseArn, type Scope } from '../../../core/arn.ts';
import { invariant } from '../../../core/errors.ts';
import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { ConsumableRequest } from '../../../core/job.ts';
import type { FactPart, JobEntry, JobTransaction, Journal, StatusChange } from '../../../jobs/index.ts';
import type { IdleInstanceName, StoredShare } from '../../../scheduler/index.ts';
import type { JobFact, Ledger, Outbox, Transaction } from '../../../store/index.ts';
import { findConsumableResource } from '../names.ts';
import { type ConsumableResourceRecord, consumableResourceRecords, instanceRecords } from '../records.ts';
import type { ConsumablePlace } from './contract.ts';
import { putShares } from './stored-shares.ts';

/** Hears of what happens to jobs. */
interface JournalListener {
  /** There is less of a consumable resource: that is taken. */
  readonly consumed: (place: ConsumablePlace) => void;
  /** A job, or something of it, has changed its status in the transaction. */
  readonly changed: (transaction: JobTransaction, job: JobEntry, change: StatusChange) => void;
  /** A job, or something of it, is RUNNABLE no more, once the transaction is taken. */
  readonly left: (transaction: JobTransaction, jobId: JobId, at: EpochMilliseconds) => void;
}

/** What follows in the scheduler from what happens to jobs, and is to be stored with that. */
interface ChangedOfScheduler {
  takeChangedShares(): readonly StoredShare[];
  takeIdleInstances(): readonly IdleInstanceName[];
}

/** Where changes and facts of jobs go: the ledger's transactions, and the log of facts. */
export class JobJournal implements Journal {
  readonly #ledger: Ledger;
  readonly #outbox: Outbox;
  readonly #hears: JournalListener;
  readonly #changed: ChangedOfScheduler;
  /** Stores what becomes of shares already. */
  #storing: JobTransaction | undefined;

  /** `changed` is asked what else is to be stored with what happens to jobs. */
  constructor(ledger: Ledger, outbox: Outbox, hears: JournalListener, changed: ChangedOfScheduler) {
    this.#changed = changed;
    this.#ledger = ledger;
    this.#outbox = outbox;
    this.#hears = hears;
  }

  transact(work: (transaction: JobTransaction) => void): void {
    this.#ledger.transact(work);
  }

  fact(transaction: JobTransaction, fact: StatusChange, job: JobEntry): void {
    this.#storeShares(transaction);
    this.#hears.changed(transaction, job, fact);
    if (fact.from === 'RUNNABLE') this.#hears.left(transaction, fact.jobId, fact.at);
    this.#outbox.append(transaction as Transaction, loggedFact(fact));
  }

  /** One row for each share that the transaction touches: once the scheduler has heard of all of it. */
  #storeShares(transaction: JobTransaction): void {
    if (this.#storing === transaction) return;
    this.#storing = transaction;
    transaction.onAccepted(() =>
      transaction.onAccepted(() => {
        this.#storing = undefined;
        putShares(transaction as Transaction, this.#changed.takeChangedShares());
        this.#storeIdle(transaction as Transaction);
      }),
    );
  }

  /** An instance that is gone meanwhile is nobody's. */
  #storeIdle(transaction: Transaction): void {
    for (const { computeEnvironmentArn, id, idleSince } of this.#changed.takeIdleInstances()) {
      const scope = scopeOfArn(computeEnvironmentArn);
      const record = this.#ledger.get(instanceRecords, scope, id);
      if (record) transaction.put(instanceRecords, { ...record, idleSince });
    }
  }

  consumed(transaction: JobTransaction, consumables: readonly ConsumableRequest[]): void {
    for (const { resource, quantity } of consumables) {
      const record = consumableAt(this.#ledger, resource);
      // One that was deleted meanwhile is nobody's any more.
      if (record?.type !== 'NON_REPLENISHABLE') continue;
      const total = Math.max(0, record.total - quantity);
      (transaction as Transaction).put(consumableResourceRecords, { ...record, total });
      transaction.onAccepted(() => this.#hears.consumed(record));
    }
  }
}

function scopeOfArn(arn: string): Scope {
  const place = parseArn(arn);
  invariant(place, `${arn} is no ARN`);
  return { account: place.account, region: place.region } as Scope;
}

/** The consumable resource of an ARN, if it is there. */
function consumableAt(ledger: Ledger, arn: string): ConsumableResourceRecord | undefined {
  const place = parseArn(arn);
  return place && findConsumableResource(ledger, { account: place.account, region: place.region } as Scope, arn);
}

/** Every submission makes two: what they have is put in one object, not spread into one after the other. */
function loggedFact(fact: StatusChange): JobFact {
  const { scope, jobId, at, from, to, part, reason, attempt, placement, attempts, startedAt, stoppedAt } = fact;
  const { account, region } = scope;
  const logged: Mutable<JobFact> = { account, region, kind: 'job', jobId, at, to };
  if (from !== undefined) logged.from = from;
  if (reason !== undefined) logged.reason = reason;
  if (attempt) logged.attempt = attempt;
  if (placement) logged.placement = placement;
  if (attempts !== undefined) logged.attempts = attempts;
  if (startedAt !== undefined) logged.startedAt = startedAt;
  if (stoppedAt !== undefined) logged.stoppedAt = stoppedAt;
  return part ? Object.assign(logged, placeOf(part)) : logged;
}

type Mutable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

/** Whom the fact is about, as the log says it. */
function placeOf(part: FactPart): Pick<JobFact, 'index' | 'node' | 'runs'> {
  switch (part.kind) {
    case 'child':
      return { index: part.index };
    case 'node':
      return { node: part.index };
    case 'children':
      return { runs: part.runs };
  }
}
