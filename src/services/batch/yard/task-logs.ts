import type { Scope } from '../../../core/arn.ts';
import type { Region, TaskId } from '../../../core/ids.ts';
import { defaultContainer, nodeSpecification } from '../../../core/job-specification.ts';
import type { LogSink } from '../../../engines/index.ts';
import type { JobEntry } from '../../../jobs/index.ts';
import type { Transaction } from '../../../store/index.ts';
import type { SpecificationCache, SpecifiedJob } from './specification-cache.ts';

/** What the yard needs of the Logs service to give each attempt its stream. The server hands it over. */
export interface TaskLogStreams {
  /** Opens a stream within the transaction. Throws `ServiceError` if the group is missing and is not to be created. */
  open(
    transaction: Transaction,
    scope: Scope,
    stream: { readonly groupName: string; readonly streamName: string; readonly createGroup: boolean },
  ): { readonly stream: string };
  /** The key by which engines know an open stream; undefined if there is none. */
  keyOf(scope: Scope, groupName: string, streamName: string): Promise<string | undefined>;
  /** Nothing more will be written: segments become rows. May be repeated. */
  finish(scope: Scope, groupName: string, streamName: string): Promise<void>;
}

/** Where a container's lines go, by the awslogs options of its definition (spec 03 §3). */
export interface LogTarget {
  readonly scope: Scope;
  readonly groupName: string;
  readonly streamName: string;
  readonly createGroup: boolean;
}

const defaultLogGroup = '/aws/batch/job';

/** Spec 03 §3.2-3.3: the group of the options or `/aws/batch/job`; `prefix/default/task` or `definition/default/task`. */
export function logTarget(scope: Scope, job: SpecifiedJob, taskId: TaskId): LogTarget {
  const [container] = nodeSpecification(job.specification)?.containers ?? [];
  const options = container?.log?.options ?? {};
  const prefix = options['awslogs-stream-prefix'] ?? definitionName(job.jobDefinitionArn).slice(0, 200);
  return {
    scope: { account: scope.account, region: (options['awslogs-region'] ?? scope.region) as Region },
    groupName: options['awslogs-group'] ?? defaultLogGroup,
    streamName: `${prefix}/${container?.name ?? defaultContainer}/${taskId}`,
    createGroup: options['awslogs-create-group'] === 'true',
  };
}

function definitionName(arn: string): string {
  return arn.split('job-definition/').at(-1)?.split(':')[0] ?? arn;
}

export interface TaskLogsOptions {
  readonly streams: TaskLogStreams;
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
    transaction.onRollback(() => this.#open.delete(taskId));
    return target;
  }

  /** Memory is filled anew: a placement of before may not be in it. What is, is read when it is asked for. */
  clear(): void {
    this.#open.clear();
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
