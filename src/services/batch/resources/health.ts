import { formatArn, type Scope } from '../../../core/arn.ts';

/** What AWS says of a compute environment that is well. */
export const healthyEnvironment = { status: 'VALID', statusReason: 'ComputeEnvironment Healthy' } as const;
/** What AWS says of a job queue that is well. */
export const healthyQueue = { status: 'VALID', statusReason: 'JobQueue Healthy' } as const;

/** The cluster of an environment: its name begins with the environment's (spec 04 §1.14). */
export function ecsClusterArn(scope: Scope, environmentName: string, uuid: string): string {
  return formatArn('ecs', scope, `cluster/${environmentName}_Batch_${uuid}`);
}

/** A resource that something is still being done to: it takes no other change meanwhile. */
export function isBeingModified(record: { readonly status: string }): boolean {
  return record.status === 'CREATING' || record.status === 'UPDATING' || record.status === 'DELETING';
}
