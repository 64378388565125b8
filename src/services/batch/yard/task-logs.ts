import type { Scope } from '../../../core/arn.ts';
import type { TaskId } from '../../../core/ids.ts';
import type { LogSink } from '../../../engines/index.ts';
import type { JobEntry } from '../../../jobs/index.ts';
import type { Transaction } from '../../../store/index.ts';
import type { LogStreams } from './log-streams.ts';
import { type LogTarget, logTarget } from './placement.ts';
import type { SpecificationCache, SpecifiedJob } from './specification-cache.ts';

export interface TaskLogsOptions {
  readonly streams: LogStreams;
  readonly specifications: SpecificationCache;
  readonly limits: { readonly rateBytesPerSecond: number; readonly maximumBytes: number };
}

/** Where each task's lines go: a stream of CloudWatch Logs, opened with the placement and finished with the attempt. */
export class TaskLogs {
  readonly #options: TaskLogsOptions;
  readonly #open = new Map<TaskId, { readonly target: LogTarget; readonly stream: string }>();

  constructor(options: TaskLogsOptions) {
    this.#options = options;
  }

  /** Opens the stream of a new attempt within the placement's transaction. Throws `ServiceError` if its group is missing. */
  open(transaction: Transaction, scope: Scope, job: SpecifiedJob, taskId: TaskId): LogTarget {
    const target = logTarget(scope, job, taskId);
    const { stream } = this.#options.streams.open(transaction, target.scope, target);
    this.#open.set(taskId, { target, stream });
    return target;
  }

  /** The engine's sink for a placed task; read from the store when another server process placed it. */
  async sink(entry: JobEntry, job: SpecifiedJob, taskId: TaskId): Promise<LogSink | undefined> {
    const stream = this.#open.get(taskId)?.stream ?? (await this.#storedKey(entry, job, taskId));
    return stream === undefined ? undefined : { stream, ...this.#options.limits };
  }

  /** The attempt is over, durably: its segments become rows. */
  async finish(entry: JobEntry, taskId: TaskId): Promise<void> {
    const target = this.#open.get(taskId)?.target ?? (await this.#targetOf(entry, taskId));
    this.#open.delete(taskId);
    if (target) await this.#options.streams.finish(target.scope, target.groupName, target.streamName);
  }

  async #storedKey(entry: JobEntry, job: SpecifiedJob, taskId: TaskId): Promise<string | undefined> {
    const target = logTarget(entry.scope, job, taskId);
    return this.#options.streams.keyOf(target.scope, target.groupName, target.streamName);
  }

  async #targetOf(entry: JobEntry, taskId: TaskId): Promise<LogTarget | undefined> {
    const job = (await this.#options.specifications.fetch([entry])).get(entry.jobId);
    return job && logTarget(entry.scope, job, taskId);
  }
}
