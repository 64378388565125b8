import { createHash } from 'node:crypto';
import { formatArn } from '../../../core/arn.ts';
import type { EpochMilliseconds, TaskId } from '../../../core/ids.ts';
import type { Placement } from '../../../core/job.ts';
import type { EnginePool } from '../../../engines/index.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';

/** Where an attempt runs, with the ARNs that ECS would give it. */
export function placementOf(
  environment: ComputeEnvironmentRecord,
  { id: pool, instance }: Pick<EnginePool, 'id' | 'instance'>,
  taskId: TaskId,
  { streamName, sideCars }: { readonly streamName: string | undefined; readonly sideCars: readonly string[] },
  now: EpochMilliseconds,
): Placement {
  const cluster = environment.ecsClusterArn.split('/').at(-1);
  return {
    taskId,
    computeEnvironmentArn: environment.arn,
    taskArn: formatArn('ecs', environment, `task/${cluster}/${taskId}`),
    containerInstanceArn: formatArn(
      'ecs',
      environment,
      `container-instance/${cluster}/${containerInstanceId(environment, instance)}`,
    ),
    ...(streamName === undefined ? {} : { logStreamName: streamName }),
    ...(sideCars.length > 0 && { sideCars }),
    pool,
    instance,
    placedAt: now,
  };
}

/** The same for every task of this instance in this environment, as one registered container instance. */
function containerInstanceId(environment: ComputeEnvironmentRecord, instance: string): string {
  return createHash('sha256').update(`${environment.uuid}/${instance}`).digest('hex').slice(0, 32);
}
