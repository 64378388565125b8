import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { CommitFailed, ServiceError } from '../../../core/errors.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { DueKind, DueOutcome, DueWork, Ledger, Transaction } from '../../../store/index.ts';
import type { CancelledCall, Executions } from '../contract.ts';
import type { ServiceCaller } from './caller.ts';
import { stoppingActions } from './execution-role.ts';
import { submittedJob } from './submitted-job.ts';
import type { TaskRun } from './task-run.ts';

/** Longer than a call may take that begins a try's work: a stop that was noted meanwhile is not held beyond, after a crash. */
const heldFor: Milliseconds = 60_000;
const stopsAtOnce = 50;
/** What Batch takes as a reason. */
const longestReason = 1024;

export interface CancellationsOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly caller: ServiceCaller;
  readonly executions: () => Executions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A try of a Task state that ended before what it began: that is to be stopped, also when the server dies before it is. */
interface TaskCancellation extends Scope {
  /** The key of the try. */
  readonly key: string;
  readonly executionArn: string;
  /** As whom the job is terminated. */
  readonly roleArn: string;
  readonly kind: 'job' | 'execution';
  /** The job or execution, if that was known: a job is also found by the key. */
  readonly begun?: string;
  readonly cause: string;
}

/**
 * Stops what tries began that have ended before it. Each stop is due work from the step that asks for it until it is
 * durable, so that a crash leaves nothing running.
 */
export class Cancellations {
  readonly #options: CancellationsOptions;
  readonly #kind: DueKind<TaskCancellation>;
  /** Stops that wait for the answer of the call that begins their work, by the key of the try. */
  readonly #held = new Set<string>();

  constructor(options: CancellationsOptions) {
    this.#options = options;
    this.#kind = {
      kind: 'states.task-cancellation',
      longestWait: heldFor,
      atOnce: stopsAtOnce,
      perform: ({ body }, signal) => this.#stop(body, signal),
    };
    options.due.register(this.#kind);
  }

  /** Notes the stop in the transaction of the step that ended the try. While its work is being begun, the stop waits. */
  note(transaction: Transaction, call: CancelledCall, cause: string, run: TaskRun | undefined): void {
    const isBeginning = run?.isBeginning === true;
    const body = bodyOf(call, cause, run?.begun);
    if (!body) return;
    if (isBeginning) transaction.onAccepted(() => this.#held.add(call.key));
    this.#put(transaction, body, isBeginning ? heldFor : 0);
  }

  /** The try's work has begun, or was when its stop was noted. */
  carryOut(call: CancelledCall, cause: string, begun: string | undefined): void {
    if (!this.#held.delete(call.key)) return;
    const body = bodyOf(call, cause, begun);
    if (body) this.#change((transaction) => this.#put(transaction, body, 0));
  }

  /**
   * The call that begins a try's work has answered; says whether the try was cancelled meanwhile. What was begun is then
   * stopped. After a failed commit nobody knows: the noted stop finds out.
   */
  settle(run: TaskRun, error: unknown): boolean {
    if (run.stopCause === undefined) return false;
    if (run.begun !== undefined) this.carryOut(run.call, run.stopCause, run.begun);
    else if (!(error instanceof CommitFailed)) this.clear(run.call);
    return true;
  }

  /** Nothing was begun, or it has ended by itself. */
  clear(call: Pick<CancelledCall, 'key' | 'account' | 'region'>): void {
    this.#held.delete(call.key);
    this.#change((transaction) => this.#options.due.delete(transaction, this.#kind, dueKey(call)));
  }

  /** Memory is rebuilt: what is noted in the store is all there is. */
  reset(): void {
    this.#held.clear();
  }

  #put(transaction: Transaction, body: TaskCancellation, delay: Milliseconds): void {
    const { due, clock } = this.#options;
    due.put(transaction, this.#kind, { key: dueKey(body), dueAt: clock.now() + delay, body });
  }

  #change(work: (transaction: Transaction) => void): void {
    const { ledger, logger } = this.#options;
    try {
      ledger.transact(work);
    } catch (error) {
      // What cannot be stored now is done from its row: the next server, or this one later, stops what it finds.
      if (!(error instanceof CommitFailed)) logger.error({ err: error }, 'a cancellation could not be changed');
    }
  }

  async #stop(body: TaskCancellation, signal: AbortSignal): Promise<DueOutcome<TaskCancellation>> {
    if (body.kind === 'job') await this.#terminateJob(body, signal);
    else await this.#stopExecution(body);
    return { kind: 'done' };
  }

  async #terminateJob(record: TaskCancellation, signal: AbortSignal): Promise<void> {
    const jobId = record.begun ?? (await submittedJob(this.#options.ledger.store.reads, record, record.key));
    if (jobId === undefined) return;
    const input = { jobId, reason: reasonOf(record).slice(0, longestReason) };
    // Whom the role trusts was asked when the job was begun: as whom it was, it is stopped.
    const of = { ...record, actions: stoppingActions, isTaken: true } as const;
    const answer = await this.#options.caller.call(of, ['batch', 'TerminateJob', input], { signal, idempotent: false });
    if (answer.kind === 'error') this.#unlessRefused(record, answer.error);
  }

  async #stopExecution(record: TaskCancellation): Promise<void> {
    if (record.begun === undefined) return;
    try {
      await this.#options.executions().stop(record, record.begun, { cause: reasonOf(record) });
    } catch (error) {
      this.#unlessRefused(record, error);
    }
  }

  /** A refusal says that there is nothing to stop, and stays one however often it is asked. */
  #unlessRefused(record: TaskCancellation, error: unknown): void {
    if (!(error instanceof ServiceError) || error.status >= 500 || error.status === 429) throw error;
    const { executionArn, begun } = record;
    this.#options.logger.info({ execution: executionArn, begun, err: error }, 'what a task began was not stopped');
  }
}

/** Undefined for what AWS does not stop: only `.sync` waits for what it begins. */
function bodyOf(call: CancelledCall, cause: string, begun: string | undefined): TaskCancellation | undefined {
  const { key, executionArn, roleArn, resource } = call;
  if (!isWaitedFor(resource)) return undefined;
  return {
    ...scopeOf(call),
    key,
    executionArn,
    roleArn,
    kind: resource.service === 'batch' ? 'job' : 'execution',
    ...(begun === undefined ? {} : { begun }),
    cause,
  };
}

function dueKey({ account, region, key }: Scope & { readonly key: string }): string {
  return `${account}|${region}|${key}`;
}

/** Whether the task goes on until what it began has ended (`.sync`). */
export function isWaitedFor(
  resource: CancelledCall['resource'],
): resource is CancelledCall['resource'] & { readonly kind: 'service' } {
  return resource.kind === 'service' && (resource.pattern === 'sync' || resource.pattern === 'sync:2');
}

function reasonOf({ executionArn, cause }: TaskCancellation): string {
  const because = cause === '' ? '' : `: ${cause}`;
  return `Stopped by the Step Functions execution ${executionArn}${because}`;
}
