import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { findServiceEnvironment, serviceEnvironmentArn } from '../names.ts';
import {
  type JobQueueRecord,
  jobQueueRecords,
  type SchedulingPolicyRecord,
  type ServiceEnvironmentRecord,
} from '../records.ts';
import { demand, refuse } from '../refusals.ts';
import { countsTypes } from './capacity-limits.ts';
import { namedAccess } from './named-access.ts';

/** As the schema leaves it: both members are there. */
export type GivenServiceOrder = readonly { readonly order: number; readonly serviceEnvironment: string }[];

/** Access to one service environment, with the tags that it has. */
export const serviceEnvironmentAccess = namedAccess(findServiceEnvironment, serviceEnvironmentArn);

/** The one service environment of a queue, by ARN. The words: cdk-preflight; of none, as of compute environments. */
export function resolveServiceOrder(ledger: Ledger, scope: Scope, given: GivenServiceOrder): GivenServiceOrder {
  const [first, ...others] = given;
  demand(first, 'serviceEnvironmentOrder is required.');
  demand(others.length === 0, 'Job queue can only have 1 service environment.');
  const environment = findServiceEnvironment(ledger, scope, first.serviceEnvironment);
  if (!environment) {
    return refuse('Service environments must be created and valid before attaching them to a job queue.');
  }
  return [{ order: first.order, serviceEnvironment: environment.arn }];
}

/** The service environment of a queue; undefined of any other queue. */
export function environmentOf(ledger: Ledger, queue: JobQueueRecord): ServiceEnvironmentRecord | undefined {
  const [first] = queue.serviceEnvironmentOrder ?? [];
  return first && findServiceEnvironment(ledger, queue, first.serviceEnvironment);
}

export function queuesOf(ledger: Ledger, environment: ServiceEnvironmentRecord): readonly JobQueueRecord[] {
  return ledger.list(jobQueueRecords, environment).filter((queue) => environmentOf(ledger, queue) === environment);
}

/**
 * Quota shares divide up what service environments have of each instance type (AWS's guide, "Create quota management resources"). No
 * words are reported of AWS.
 */
export function demandTypes(environment: Pick<ServiceEnvironmentRecord, 'arn' | 'capacityLimits'>): void {
  if (countsTypes(environment.capacityLimits)) return;
  refuse(
    `The capacity limits of ${environment.arn} must be of instance types: a queue with a quota share policy has it.`,
  );
}

/** Refuses a policy of quota shares where there are none. The words: cdk-preflight. */
export function checkQuotaManagement(
  ledger: Ledger,
  queue: JobQueueRecord,
  policy: SchedulingPolicyRecord | undefined,
): void {
  if (!policy?.quotaSharePolicy) return;
  const environment = environmentOf(ledger, queue);
  demand(environment, 'Quota Management feature is only supported for SageMaker Training job queues.');
  demandTypes(environment);
}
