import type { Clock } from '../../../core/clock.ts';
import { CommitFailed, ServiceError } from '../../../core/errors.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import type { CancelledCall, Executions } from '../contract.ts';
import { type TaskCancellationRecord, taskCancellationRecords } from '../records.ts';
import type { ServiceCaller } from './caller.ts';
import { stoppingActions } from './execution-role.ts';
import { submittedJob } from './submitted-job.ts';
import type { TaskRun } from './task-run.ts';

/** Until a stop that met an internal error is tried again. */
const retryAfter: Milliseconds = 1_000;
/** What Batch takes as a reason. */
const longestReason = 1024;

export interface CancellationsOptions {
  readonly ledger: Ledger;
  readonly caller: ServiceCaller;
  readonly executions: () => Executions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Stops what tries began that have ended before it. Each stop is a record of the ledger from the step that asks for it
 * until it is durable, so that a crash leaves nothing running.
 */
export class Cancellations {
  readonly #options: CancellationsOptions;
  #stopped = new AbortController();

  constructor(options: CancellationsOptions) {
    this.#options = options;
  }

  /** Notes the stop in the transaction of the step that ended the try. */
  note(transaction: Transaction, call: CancelledCall, cause: string, begun: string | undefined): void {
    const record = recordOf(call, cause, begun);
    if (record) transaction.put(taskCancellationRecords, record);
  }

  /** Stops what the try began, which is `begun` or found by the try's key, and forgets the note. */
  carryOut(call: CancelledCall, cause: string, begun: string | undefined): void {
    const noted = this.#options.ledger.get(taskCancellationRecords, call, call.key);
    const record = noted ?? recordOf(call, cause, begun);
    if (record) this.#stop(begun === undefined ? record : { ...record, begun });
  }

  /**
   * The call that begins a try's work has answered; says whether the try was cancelled meanwhile. What was begun is then
   * stopped. After a failed commit nobody knows: `resume` finds out.
   */
  settle(run: TaskRun, error: unknown): boolean {
    if (run.stopCause === undefined) return false;
    if (run.begun !== undefined) this.carryOut(run.call, run.stopCause, run.begun);
    else if (!(error instanceof CommitFailed)) this.clear(run.call);
    return true;
  }

  /** Nothing was begun, or it has ended by itself. */
  clear(call: Pick<CancelledCall, 'key' | 'account' | 'region'>): void {
    const { ledger, logger } = this.#options;
    if (!ledger.get(taskCancellationRecords, call, call.key)) return;
    try {
      ledger.transact((transaction) => transaction.delete(taskCancellationRecords, call, call.key));
    } catch (error) {
      // What cannot be stored now is done again after memory was rebuilt.
      if (!(error instanceof CommitFailed)) logger.error({ err: error }, 'a cancellation could not be forgotten');
    }
  }

  /** Takes up what a crash or a failed commit left undone. */
  resume(): void {
    for (const record of this.#options.ledger.all(taskCancellationRecords)) this.#stop(record);
  }

  /** Lets go of what is under way, until `resume`. */
  reset(): void {
    this.#stopped.abort();
    this.#stopped = new AbortController();
  }

  #stop(record: TaskCancellationRecord): void {
    const { signal } = this.#stopped;
    const { logger, clock } = this.#options;
    const work = record.kind === 'job' ? this.#terminateJob(record, signal) : this.#stopExecution(record);
    work
      .then(() => {
        if (!signal.aborted) this.clear({ ...record, key: record.name });
      })
      .catch((error) => {
        // After a failed commit memory is rebuilt, and `resume` takes the record up.
        if (signal.aborted || error instanceof CommitFailed) return;
        logger.error({ err: error, execution: record.executionArn }, 'what a task began could not be stopped; again');
        clock.after(retryAfter, () => {
          if (!signal.aborted) this.#stop(record);
        });
      });
  }

  async #terminateJob(record: TaskCancellationRecord, signal: AbortSignal): Promise<void> {
    const jobId = record.begun ?? (await submittedJob(this.#options.ledger.store.reads, record, record.name));
    if (jobId === undefined) return;
    const of = { ...record, key: record.name, actions: stoppingActions };
    const input = { jobId, reason: reasonOf(record).slice(0, longestReason) };
    const answer = await this.#options.caller.call(of, ['batch', 'TerminateJob', input], { signal, idempotent: false });
    if (answer.kind === 'error') this.#unlessRefused(record, answer.error);
  }

  async #stopExecution(record: TaskCancellationRecord): Promise<void> {
    if (record.begun === undefined) return;
    try {
      await this.#options.executions().stop(record, record.begun, { cause: reasonOf(record) });
    } catch (error) {
      this.#unlessRefused(record, error);
    }
  }

  /** A refusal says that there is nothing to stop, and stays one however often it is asked. */
  #unlessRefused(record: TaskCancellationRecord, error: unknown): void {
    if (!(error instanceof ServiceError) || error.status >= 500 || error.status === 429) throw error;
    const { executionArn, begun } = record;
    this.#options.logger.info({ execution: executionArn, begun, err: error }, 'what a task began was not stopped');
  }
}

/** Undefined for what AWS does not stop: only `.sync` waits for what it begins. */
function recordOf(
  { account, region, key, executionArn, roleArn, resource }: CancelledCall,
  cause: string,
  begun: string | undefined,
): TaskCancellationRecord | undefined {
  if (!isWaitedFor(resource)) return undefined;
  return {
    account,
    region,
    name: key,
    executionArn,
    roleArn,
    kind: resource.service === 'batch' ? 'job' : 'execution',
    ...(begun === undefined ? {} : { begun }),
    cause,
  };
}

/** Whether the task goes on until what it began has ended (`.sync`). */
export function isWaitedFor(
  resource: CancelledCall['resource'],
): resource is CancelledCall['resource'] & { readonly kind: 'service' } {
  return resource.kind === 'service' && (resource.pattern === 'sync' || resource.pattern === 'sync:2');
}

function reasonOf({ executionArn, cause }: TaskCancellationRecord): string {
  const because = cause === '' ? '' : `: ${cause}`;
  return `Stopped by the Step Functions execution ${executionArn}${because}`;
}
