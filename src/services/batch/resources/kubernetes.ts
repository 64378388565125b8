import { parseArn } from '../../../core/arn.ts';
import { checkNamespace } from '../kubernetes-names.ts';
import { demand } from '../refusals.ts';
import type { CreateComputeEnvironmentInput } from '../schemas/compute-environment.ts';

type Given = NonNullable<CreateComputeEnvironmentInput['eksConfiguration']>;

/**
 * Checks an environment whose jobs are pods. Spec 04 §9.1, 01 items 53 and 60. The words: cdk-preflight, but for those of service
 * roles, unmanaged environments and `BEST_FIT`, of which none are reported. The cluster is not looked for.
 */
export function checkKubernetes(input: CreateComputeEnvironmentInput, given: Given, region: string): void {
  const cluster = parseArn(given.eksClusterArn);
  const known = cluster?.service === 'eks' && /^cluster\/[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(cluster.resource);
  demand(known, 'eksClusterArn must be an EKS cluster ARN.');
  const near = cluster.region === region;
  demand(near, 'eksClusterArn must be in the same AWS region as the compute environment.');
  checkNamespace(given.kubernetesNamespace, 'kube-');
  demand(input.type === 'MANAGED', 'eksConfiguration is not applicable for unmanaged Compute Environments');
  demand(!input.serviceRole, 'serviceRole is not applicable for EKS Compute Environments.');
  const { type, allocationStrategy, minvCpus } = input.computeResources ?? {};
  if (type === undefined) return;
  const onEc2 = type === 'EC2' || type === 'SPOT';
  demand(onEc2, 'Supported compute types for EKS compute environments are [EC2, SPOT].');
  demand(allocationStrategy, 'allocationStrategy is required for EKS Compute Environments.');
  const progressive = allocationStrategy !== 'BEST_FIT';
  demand(progressive, 'allocationStrategy BEST_FIT is not applicable for EKS Compute Environments.');
  demand(minvCpus !== undefined, 'Resource minvCpus is required.');
}
