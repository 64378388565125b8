import { formatArn, type Scope } from '../../../core/arn.ts';
import type { AccountId, Region } from '../../../core/ids.ts';
import type { EngineKind } from '../../../engines/index.ts';
import type { ComputeEnvironmentRecord, ConsumableResourceRecord, JobQueueRecord } from '../records.ts';

export const scope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
export const environmentArn = formatArn('batch', scope, 'compute-environment/main');
export const queueArn = formatArn('batch', scope, 'job-queue/main');

export const environment: ComputeEnvironmentRecord = {
  ...scope,
  name: 'main',
  uuid: 'uuid',
  arn: environmentArn,
  ecsClusterArn: formatArn('ecs', scope, 'cluster/main'),
  kind: 'MANAGED',
  state: 'ENABLED',
  status: 'VALID',
  statusReason: '',
  computeResources: { type: 'EC2', maxvCpus: 1_000, subnets: [] },
  engine: 'mock',
  tags: {},
  createdAt: 0,
};

export const queue: JobQueueRecord = {
  ...scope,
  name: 'main',
  arn: queueArn,
  state: 'ENABLED',
  status: 'VALID',
  statusReason: '',
  priority: 1,
  computeEnvironmentOrder: [{ order: 1, computeEnvironment: environmentArn }],
  jobStateTimeLimitActions: [],
  tags: {},
  createdAt: 0,
};

export function consumable(
  name: string,
  total: number,
  type: ConsumableResourceRecord['type'] = 'REPLENISHABLE',
): ConsumableResourceRecord {
  return {
    ...scope,
    name,
    arn: formatArn('batch', scope, `consumable-resource/${name}`),
    type,
    total,
    tags: {},
    createdAt: 0,
  };
}

/** An environment of a second engine and a queue for it alone, named after the engine. */
export function resourcesOn(engine: EngineKind) {
  const arn = formatArn('batch', scope, `compute-environment/${engine}`);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: arn }];
  return {
    environment: { ...environment, name: engine, uuid: engine, arn, engine },
    queue: { ...queue, name: engine, arn: formatArn('batch', scope, `job-queue/${engine}`), computeEnvironmentOrder },
  };
}
