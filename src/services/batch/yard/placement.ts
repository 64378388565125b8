import { createHash } from 'node:crypto';
import { formatArn, nameOfArn } from '../../../core/arn.ts';
import type { EpochMilliseconds, TaskId } from '../../../core/ids.ts';
import type { PlacedContainer, PlaceId, Placement } from '../../../core/job.ts';
import { defaultContainer, type NodeSpecification } from '../../../core/job-specification.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';

/** Where an attempt runs, with the ARNs that ECS would give it. */
export function placementOf(
  environment: ComputeEnvironmentRecord,
  { pool, instance }: PlaceId,
  taskId: TaskId,
  containers: readonly PlacedContainer[],
  now: EpochMilliseconds,
): Placement {
  return {
    taskId,
    computeEnvironmentArn: environment.arn,
    taskArn: formatArn('ecs', environment, `task/${nameOfArn(environment.ecsClusterArn)}/${taskId}`),
    containerInstanceArn: containerInstanceArn(environment, instance),
    containers,
    pool,
    instance,
    placedAt: now,
  };
}

/** The containers of a node with their log streams, where those could be opened. */
export function placedContainers(
  { containers }: NodeSpecification,
  streams: ReadonlyMap<string, { readonly streamName: string }> | undefined,
): readonly PlacedContainer[] {
  return containers.map(({ name = defaultContainer, essential = true }) => {
    const logStreamName = streams?.get(name)?.streamName;
    return {
      name,
      ...(logStreamName === undefined ? {} : { logStreamName }),
      ...(essential ? {} : { essential: false as const }),
    };
  });
}

/** The same for every task of this instance in this environment, as one registered container instance. */
export function containerInstanceArn(environment: ComputeEnvironmentRecord, instance: string): string {
  const id = createHash('sha256').update(`${environment.uuid}/${instance}`).digest('hex').slice(0, 32);
  return formatArn('ecs', environment, `container-instance/${nameOfArn(environment.ecsClusterArn)}/${id}`);
}
