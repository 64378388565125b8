import { createHash } from 'node:crypto';
import { formatArn, type Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds, TaskId } from '../../../core/ids.ts';
import type { Placement } from '../../../core/job.ts';
import type { EnginePool } from '../../../engines/index.ts';
import { containerDetailOf } from '../container-detail.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';
import type { SpecifiedJob } from './specification-cache.ts';

/** Where a container's lines go, by the awslogs options of its definition (spec 03 §3). */
export interface LogTarget {
  readonly scope: Scope;
  readonly groupName: string;
  readonly streamName: string;
  readonly createGroup: boolean;
}

export const defaultLogGroup = '/aws/batch/job';

/** Spec 03 §3.2-3.3: the group of the options or `/aws/batch/job`; `prefix/default/task` or `definition/default/task`. */
export function logTarget(scope: Scope, job: SpecifiedJob, taskId: TaskId): LogTarget {
  const options = containerDetailOf(job.specification).logConfiguration?.options ?? {};
  const prefix = options['awslogs-stream-prefix'] ?? definitionName(job.jobDefinitionArn).slice(0, 200);
  return {
    scope: { account: scope.account, region: (options['awslogs-region'] ?? scope.region) as Scope['region'] },
    groupName: options['awslogs-group'] ?? defaultLogGroup,
    streamName: `${prefix}/default/${taskId}`,
    createGroup: options['awslogs-create-group'] === 'true',
  };
}

/** Where an attempt runs, with the ARNs that ECS would give it. */
export function placementOf(
  environment: ComputeEnvironmentRecord,
  { id: pool, instance }: Pick<EnginePool, 'id' | 'instance'>,
  taskId: TaskId,
  streamName: string | undefined,
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
    pool,
    instance,
    placedAt: now,
  };
}

/** The same for every task of this instance in this environment, as one registered container instance. */
function containerInstanceId(environment: ComputeEnvironmentRecord, instance: string): string {
  return createHash('sha256').update(`${environment.uuid}/${instance}`).digest('hex').slice(0, 32);
}

function definitionName(arn: string): string {
  return arn.split('job-definition/').at(-1)?.split(':')[0] ?? arn;
}
