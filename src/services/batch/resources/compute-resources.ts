import { demand, invalid } from '../refusals.ts';
import type { GivenComputeResources } from '../schemas/compute-environment.ts';
import { checkImages, defaultImages, type Orchestration } from './image-types.ts';
import { checkInstanceTypes, isSetOfTypes, type KnownTypes } from './instance-types.ts';
import { checkLaunchTemplate } from './launch-template.ts';
import { checkManagedInstances, isManagedInstances, refuseManagedInstances } from './managed-instances.ts';

/** Members that mean nothing on Fargate, and are refused there (spec 04 §12.3). */
const ec2Members = [
  'allocationStrategy',
  'bidPercentage',
  'desiredvCpus',
  'imageId',
  'instanceTypes',
  'ec2Configuration',
  'ec2KeyPair',
  'instanceRole',
  'launchTemplate',
  'minvCpus',
  'placementGroup',
  'spotIamFleetRole',
  'tags',
  'scalingPolicy',
] as const;
const mostFargateSubnets = 16;
const mostFargateSecurityGroups = 5;
const scaleDownDelay = { least: 20, most: 10_080 };

/**
 * Checks the capacity of a managed environment. The words in this file: cdk-preflight, but for those of subnets, of which none are
 * reported, and of scaling policies. What names things of EC2 and IAM is kept as it is: AWS looks for them later, and
 * says so in the environment's status (spec 06 item 7; of an image aws-quickstart/quickstart-illumina-dragen issue 35).
 */
export function checkComputeResources(
  given: GivenComputeResources,
  orchestration: Orchestration,
  types: KnownTypes,
): void {
  if (isManagedInstances(given)) checkManagedInstances(given, types);
  else {
    refuseManagedInstances(given);
    if (isFargate(given)) checkFargate(given);
    else checkEc2(given, orchestration, types);
  }
  checkCapacity(given);
}

export function isFargate({ type }: { readonly type: string | undefined }): boolean {
  return type === 'FARGATE' || type === 'FARGATE_SPOT';
}

/** Checks that the numbers fit each other: 0 <= min <= desired <= max. The words: cdk-preflight. */
export function checkCapacity({
  minvCpus = 0,
  maxvCpus,
  desiredvCpus,
}: {
  readonly minvCpus?: number | undefined;
  readonly maxvCpus: number;
  readonly desiredvCpus?: number | undefined;
}): void {
  demand(minvCpus >= 0, 'minvCpus should be greater than or equal to 0.');
  demand(maxvCpus >= minvCpus, 'maxvCpus should be greater than or equal to minvCpus.');
  if (desiredvCpus === undefined) return;
  const between = desiredvCpus >= minvCpus && desiredvCpus <= maxvCpus;
  demand(between, 'desiredvCpus should be between minvCpus and maxvCpus.');
}

/** What was given, and AWS's defaults beside it. */
export function withDefaults(
  given: GivenComputeResources,
  orchestration: Orchestration,
  types: KnownTypes,
): GivenComputeResources {
  if (isManagedInstances(given)) return given;
  const { subnets = [], securityGroupIds = [] } = given;
  if (isFargate(given)) return { ...given, subnets, securityGroupIds };
  const { minvCpus = 0, desiredvCpus = minvCpus, instanceTypes = [], ec2Configuration = [] } = given;
  const images = ec2Configuration.length > 0 ? ec2Configuration : defaultImages(instanceTypes, orchestration, types);
  return { ...given, minvCpus, desiredvCpus, subnets, securityGroupIds, ec2Configuration: images };
}

function checkFargate(given: GivenComputeResources): void {
  for (const member of ec2Members) demand(given[member] === undefined, `${member} is not applicable for Fargate.`);
  const { subnets = [], securityGroupIds = [] } = given;
  demand(subnets.length > 0, 'Subnets are required.');
  demand(subnets.length <= mostFargateSubnets, `Fargate supports a maximum of ${mostFargateSubnets} subnets.`);
  demand(securityGroupIds.length > 0, 'Security group ids are required.');
  const fits = securityGroupIds.length <= mostFargateSecurityGroups;
  demand(fits, `Fargate supports a maximum of ${mostFargateSecurityGroups} security groups.`);
}

function checkEc2(given: GivenComputeResources, orchestration: Orchestration, types: KnownTypes): void {
  demand(given.instanceRole, 'Instance role is required.');
  checkInstanceTypes(given.instanceTypes, types);
  checkLaunchTemplate(given.launchTemplate, given.instanceTypes);
  checkImages(given, orchestration, types);
  checkAllocationStrategy(given);
  // Without subnets (no longer required since June 2026) AWS takes the default VPC, and its security group.
  const grouped = (given.securityGroupIds ?? []).length > 0 || given.launchTemplate || !given.subnets?.length;
  demand(grouped, 'Security group ids are required.');
  const bid = given.bidPercentage ?? 100;
  demand(bid >= 0 && bid <= 100, 'Bid percentage must be between 0 to 100.');
  checkScalingPolicy(given);
}

/** What a strategy is only for; tried there of `BEST_FIT_PROGRESSIVE_ORDERED`. */
const strategyTypes: Readonly<Record<string, string>> = {
  BEST_FIT_PROGRESSIVE_ORDERED: 'EC2',
  SPOT_CAPACITY_OPTIMIZED: 'SPOT',
  SPOT_CAPACITY_OPTIMIZED_PRIORITIZED: 'SPOT',
  SPOT_PRICE_CAPACITY_OPTIMIZED: 'SPOT',
};
/** They go by the order of the list, which a set has not. */
const orderedStrategies = ['BEST_FIT_PROGRESSIVE_ORDERED', 'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED'];

function checkAllocationStrategy({
  type,
  allocationStrategy = 'BEST_FIT',
  spotIamFleetRole,
  instanceTypes = [],
}: GivenComputeResources): void {
  const needed = strategyTypes[allocationStrategy] ?? type;
  demand(needed === type, `Allocation strategy ${allocationStrategy} requires compute resource type ${needed}.`);
  if (orderedStrategies.includes(allocationStrategy) && instanceTypes.some(isSetOfTypes)) {
    invalid(
      `Instance type bundles (e.g. optimal, default_x86_64) are not allowed for ${allocationStrategy} allocation strategy. Specify instance families or types directly.`,
    );
  }
  const needsFleetRole = type === 'SPOT' && allocationStrategy === 'BEST_FIT';
  demand(!needsFleetRole || spotIamFleetRole, 'compute resource spotIamFleetRole is required.');
}

/** Spec 04 §5.3. No words are reported of AWS. */
function checkScalingPolicy({ scalingPolicy }: GivenComputeResources): void {
  const minutes = scalingPolicy?.minScaleDownDelayMinutes ?? 0;
  const { least, most } = scaleDownDelay;
  const fits = minutes === 0 || (minutes >= least && minutes <= most);
  demand(fits, `minScaleDownDelayMinutes must be 0, or between ${least} and ${most}.`);
}
