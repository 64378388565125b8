import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds, TaskId } from '../../../core/ids.ts';
import type { Placement } from '../../../core/job.ts';
import { defaultContainer, type NodeSpecification, requestOf } from '../../../core/job-specification.ts';
import type { LaunchType } from '../../../core/task-variables.ts';
import { heldTask, type Jobs } from '../../../jobs/index.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';
import type { QueueModel } from './queue-model.ts';
import { nodeHeld, type SpecificationCache } from './specification-cache.ts';
import { logTarget } from './task-logs.ts';

/** A task that a job holds, as it may be told to the task itself. */
export interface TaskDescription {
  readonly scope: Scope;
  readonly placement: Placement;
  readonly status: 'STARTING' | 'RUNNING';
  readonly startedAt?: EpochMilliseconds;
  readonly jobDefinitionArn: string;
  readonly launchType: LaunchType;
  /** In the order of its definition. */
  readonly containers: readonly ContainerDescription[];
}

export interface ContainerDescription {
  readonly name: string;
  readonly image: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly log: { readonly driver: string; readonly group: string; readonly region: string; readonly stream: string };
}

export interface DescriptionSources {
  readonly jobs: Jobs;
  readonly queues: QueueModel;
  readonly specifications: SpecificationCache;
}

/** The task, if a job holds it; what its job was submitted as may have to be read from the store. */
export async function describeTask(
  taskId: TaskId,
  { jobs, queues, specifications }: DescriptionSources,
): Promise<TaskDescription | undefined> {
  const holder = jobs.byTask(taskId);
  const held = holder && heldTask(holder);
  if (!holder || !held) return undefined;
  const { scope, jobId } = holder.job;
  const job = specifications.peek(jobId) ?? (await specifications.fetch([holder.job])).get(jobId);
  const node = job && nodeHeld(job.specification, holder);
  if (!node) return undefined;
  const { placement, status, startedAt } = held;
  return {
    ...{ scope, placement, status, jobDefinitionArn: job.jobDefinitionArn },
    ...(startedAt === undefined ? {} : { startedAt }),
    launchType: launchTypeOf(queues.environment(placement.computeEnvironmentArn)),
    containers: containersOf(node, placement, (container) => logTarget(scope, job, container, taskId)),
  };
}

/** Of an environment that is gone, or says nothing of it, EC2. */
export function launchTypeOf(environment: ComputeEnvironmentRecord | undefined): LaunchType {
  return environment?.computeResources?.type.startsWith('FARGATE') ? 'FARGATE' : 'EC2';
}

type Container = NodeSpecification['containers'][number];

function containersOf(
  { containers }: NodeSpecification,
  placement: Placement,
  targetOf: (container: Container) => ReturnType<typeof logTarget>,
): readonly ContainerDescription[] {
  return containers.map((container, index) => {
    const { groupName: group, streamName: stream, scope } = targetOf(container);
    const { vcpus, memoryMiB } = requestOf(container.resources);
    return {
      // Named as it was placed.
      name: placement.containers[index]?.name ?? container.name ?? defaultContainer,
      ...{ image: container.image, vcpus, memoryMiB },
      log: { driver: container.log?.driver ?? 'awslogs', group, region: scope.region, stream },
    };
  });
}
