import type { Scope } from '../../../core/arn.ts';
import type { Region, TaskId } from '../../../core/ids.ts';
import { type ContainerRecord, defaultContainer, type NodeSpecification } from '../../../core/job-specification.ts';
import type { LogSink } from '../../../engines/index.ts';
import type { JobEntry } from '../../../jobs/index.ts';
import type { Transaction } from '../../../store/index.ts';
import { bufferBytesOf, eventStartOf, isTrue } from '../definition/awslogs-options.ts';
import { nodeHeld, type SpecificationCache, type SpecifiedJob } from './specification-cache.ts';

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
  /** How the first line of an event is told, where it may have many. */
  readonly eventStart?: string;
  /** How much may wait for a job that does not wait itself. */
  readonly bufferBytes?: number;
}

const defaultLogGroup = '/aws/batch/job';

/** Spec 03 §3.2-3.3: the group of the options or `/aws/batch/job`; `prefix/container/task` or `definition/container/task`. */
export function logTarget(
  scope: Scope,
  { jobDefinitionArn }: Pick<SpecifiedJob, 'jobDefinitionArn'>,
  { log, name = defaultContainer }: ContainerRecord,
  taskId: TaskId,
): LogTarget {
  const options = log?.options ?? {};
  const prefix = options['awslogs-stream-prefix'] ?? definitionName(jobDefinitionArn).slice(0, 200);
  const eventStart = eventStartOf(options);
  const bufferBytes = bufferBytesOf(options);
  return {
    scope: { account: scope.account, region: (options['awslogs-region'] ?? scope.region) as Region },
    groupName: options['awslogs-group'] ?? defaultLogGroup,
    streamName: `${prefix}/${name}/${taskId}`,
    createGroup: isTrue(options['awslogs-create-group']),
    ...(eventStart === undefined ? {} : { eventStart }),
    ...(bufferBytes === undefined ? {} : { bufferBytes }),
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

/** A stream that this process has opened. */
interface OpenStream {
  readonly container: string;
  readonly target: LogTarget;
  readonly stream: string;
}

/** Where a node's containers write of one task. */
export interface TaskOfNode {
  readonly scope: Scope;
  readonly job: SpecifiedJob;
  readonly node: NodeSpecification;
  readonly taskId: TaskId;
}

/** Whose task it was. */
interface LogHolder {
  readonly job: Pick<JobEntry, 'scope' | 'jobId' | 'kind'>;
  readonly index?: number;
}

/** Where each task's lines go: a stream of CloudWatch Logs a container, opened with the placement and finished with the attempt. */
export class TaskLogs {
  readonly #options: TaskLogsOptions;
  readonly #open = new Map<TaskId, readonly OpenStream[]>();

  constructor(options: TaskLogsOptions) {
    this.#options = options;
  }

  /**
   * Opens the streams of a new attempt within the placement's transaction, by container. Throws `ServiceError` if a group is
   * missing.
   */
  open(transaction: Transaction, task: TaskOfNode): ReadonlyMap<string, LogTarget> {
    const streams = targetsOf(task).map(({ container, target }) => {
      const { stream } = this.#options.streams.open(transaction, target.scope, target);
      return { container, target, stream };
    });
    this.#open.set(task.taskId, streams);
    transaction.onRollback(() => this.#open.delete(task.taskId));
    return new Map(streams.map(({ container, target }) => [container, target]));
  }

  /** Memory is filled anew: a placement of before may not be in it. What is, is read when it is asked for. */
  clear(): void {
    this.#open.clear();
  }

  /** The engine's sinks for a placed task, by container; read from the store when another server process placed it. */
  async sinks(task: TaskOfNode): Promise<ReadonlyMap<string, LogSink>> {
    const streams = this.#open.get(task.taskId) ?? (await this.#stored(task));
    return new Map(streams.map(({ container, target, stream }) => [container, this.#sink(stream, target)]));
  }

  #sink(stream: string, { eventStart, bufferBytes }: LogTarget): LogSink {
    return {
      stream,
      ...this.#options.limits,
      ...(eventStart === undefined ? {} : { eventStart }),
      ...(bufferBytes === undefined ? {} : { bufferBytes }),
    };
  }

  /** The attempt is over, durably: its segments become rows. */
  async finish(holder: LogHolder, taskId: TaskId): Promise<void> {
    const streams = this.#open.get(taskId) ?? (await this.#targets(holder, taskId));
    this.#open.delete(taskId);
    for (const { target } of streams)
      await this.#options.streams.finish(target.scope, target.groupName, target.streamName);
  }

  async #stored(task: TaskOfNode): Promise<readonly OpenStream[]> {
    const found: OpenStream[] = [];
    for (const { container, target } of targetsOf(task)) {
      const stream = await this.#options.streams.keyOf(target.scope, target.groupName, target.streamName);
      if (stream !== undefined) found.push({ container, target, stream });
    }
    return found;
  }

  async #targets(holder: LogHolder, taskId: TaskId) {
    const { scope, jobId } = holder.job;
    const job = (await this.#options.specifications.fetch([holder.job])).get(jobId);
    const node = job && nodeHeld(job.specification, holder);
    return node ? targetsOf({ scope, job, node, taskId }) : [];
  }
}

function targetsOf({ scope, job, node, taskId }: TaskOfNode) {
  return node.containers.map((container) => ({
    container: container.name ?? defaultContainer,
    target: logTarget(scope, job, container, taskId),
  }));
}
