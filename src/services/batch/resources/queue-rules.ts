import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { findComputeEnvironment } from '../names.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';
import { demand, refuse } from '../refusals.ts';
import { isFargate } from './compute-resources.ts';
import { architectureOf } from './instance-types.ts';

/** A queue has environments of one sort (reference of CreateJobQueue). No words are reported of AWS. */
export const eitherOrder = 'A job queue can have either a computeEnvironmentOrder or a serviceEnvironmentOrder.';

/** As the schema leaves it: both members are there. */
export type GivenOrder = readonly { readonly order: number; readonly computeEnvironment: string }[];

/**
 * Checks the environments of a queue and gives them by ARN, in ascending order: VALID, of one provisioning model and one
 * architecture, no more than `limit`. Spec 03 §9.4. The words: cdk-preflight; of mixed environments none are reported.
 */
export function resolveEnvironmentOrder(
  ledger: Ledger,
  scope: Scope,
  given: GivenOrder | undefined,
  limit: number,
): GivenOrder {
  demand(given && given.length > 0, 'computeEnvironmentOrder is required.');
  demand(given.length <= limit, `Only ${limit} environments are allowed in job queue request.`);
  const orders = new Set(given.map(({ order }) => order));
  demand(orders.size === given.length, 'Duplicate ComputeEnvironment order values.');
  const environments = given.map(({ computeEnvironment }) => attachable(ledger, scope, computeEnvironment));
  demand(new Set(environments).size === given.length, 'Duplicate ComputeEnvironments within order list.');
  checkAlike(environments);
  return given
    .map(({ order }, index) => ({ order, computeEnvironment: environments[index]?.arn ?? '' }))
    .sort((a, b) => a.order - b.order);
}

function attachable(ledger: Ledger, scope: Scope, reference: string): ComputeEnvironmentRecord {
  const record = findComputeEnvironment(ledger, scope, reference);
  if (record?.status === 'VALID' || record?.status === 'UPDATING') return record;
  // What makes one of Kubernetes INVALID here is the server's set-up: its jobs can be tried out nevertheless, and wait.
  if (record?.status === 'INVALID' && record.kubernetes) return record;
  return refuse('Compute Environments must be created and valid before attaching them to a job queue');
}

function checkAlike(environments: readonly ComputeEnvironmentRecord[]): void {
  const pods = new Set(environments.map(({ kubernetes }) => kubernetes !== undefined));
  demand(pods.size === 1, 'Compute environments of EKS and ECS can not be mixed.');
  const resources = environments.map(({ computeResources }) => computeResources);
  const models = new Set(resources.map((given) => given !== undefined && isFargate({ type: given.type })));
  demand(models.size === 1, 'Fargate and EC2 compute environments can not be mixed.');
  const architectures = resources.flatMap((given) => (given?.instanceTypes ?? []).map(architectureOf));
  const one = new Set(architectures).size <= 1;
  demand(one, 'Compute environments of different architectures can not be mixed.');
}
