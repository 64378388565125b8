import { demand, invalid, refuseUnsupported } from '../refusals.ts';
import type { GivenComputeResources } from '../schemas/compute-environment.ts';

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
const unsupportedMembers = ['managedInstancesProvider', 'capacityTags'];
/** What runs the jobs of an environment: containers of ECS, or pods. */
type Orchestration = 'ECS' | 'EKS';
const mostFargateSubnets = 16;
const mostFargateSecurityGroups = 5;
const scaleDownDelay = { least: 20, most: 10_080 };

/**
 * Checks the capacity of a managed environment. The words in this file: cdk-preflight, but for those of subnets, of which none are
 * reported, and of scaling policies. What names things of EC2 and IAM is kept as it is: AWS looks for them later, and
 * says so in the environment's status (spec 06 item 7; of an image aws-quickstart/quickstart-illumina-dragen issue 35).
 */
export function checkComputeResources(given: GivenComputeResources, orchestration: Orchestration): void {
  refuseUnsupported(given, unsupportedMembers, 'computeResources.');
  if (given.type === 'ECS_MANAGED_INSTANCES')
    refuseUnsupported({ [given.type]: true }, [given.type], 'computeResources.type ');
  if (isFargate(given)) checkFargate(given);
  else checkEc2(given, orchestration);
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

/** What was given, and AWS's defaults beside it. Of Kubernetes the image depends on the cluster, which is not known here. */
export function withDefaults(given: GivenComputeResources, orchestration: Orchestration): GivenComputeResources {
  const { subnets = [], securityGroupIds = [] } = given;
  if (isFargate(given)) return { ...given, subnets, securityGroupIds };
  const image = [{ imageType: orchestration === 'EKS' ? 'EKS_AL2023' : 'ECS_AL2023' }];
  const { minvCpus = 0, desiredvCpus = minvCpus, ec2Configuration = image } = given;
  return { ...given, minvCpus, desiredvCpus, subnets, securityGroupIds, ec2Configuration };
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

function checkEc2(given: GivenComputeResources, orchestration: Orchestration): void {
  demand(given.instanceRole, 'Instance role is required.');
  checkInstanceTypes(given.instanceTypes);
  checkLaunchTemplate(given.launchTemplate, given.instanceTypes);
  checkImageTypes(given, orchestration);
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
  if (orderedStrategies.includes(allocationStrategy) && instanceTypes.some((given) => setsOfTypes.includes(given))) {
    invalid(
      `Instance type bundles (e.g. optimal, default_x86_64) are not allowed for ${allocationStrategy} allocation strategy. Specify instance families or types directly.`,
    );
  }
  const needsFleetRole = type === 'SPOT' && allocationStrategy === 'BEST_FIT';
  demand(!needsFleetRole || spotIamFleetRole, 'compute resource spotIamFleetRole is required.');
}

/**
 * Refuses kinds of images that are not for its orchestration. AWS also refuses kinds that it does not know and, since July 2026, those of Amazon
 * Linux 2; here neither its latest list nor an end of support is of any matter, so that both are kept.
 */
function checkImageTypes({ ec2Configuration = [] }: GivenComputeResources, orchestration: Orchestration): void {
  const all = ec2Configuration.every(({ imageType }) => imageType.startsWith(`${orchestration}_`));
  demand(all, 'Invalid imageType in ComputeResources.ec2Configuration');
}

/** Spec 04 §5.3. No words are reported of AWS. */
function checkScalingPolicy({ scalingPolicy }: GivenComputeResources): void {
  const minutes = scalingPolicy?.minScaleDownDelayMinutes ?? 0;
  const { least, most } = scaleDownDelay;
  const fits = minutes === 0 || (minutes >= least && minutes <= most);
  demand(fits, `minScaleDownDelayMinutes must be 0, or between ${least} and ${most}.`);
}

type LaunchTemplate = NonNullable<GivenComputeResources['launchTemplate']>;
type Override = NonNullable<LaunchTemplate['overrides']>[number];

const version = /^(\d+|\$Default|\$Latest)?$/;
const mostOverrides = 10;

/** Checks how a launch template is named. Spec 04 §5.4; its contents are never looked up. */
export function checkLaunchTemplate(template: LaunchTemplate | undefined, instanceTypes: readonly string[] = []): void {
  if (!template) return;
  const { overrides = [] } = template;
  const named = countNames(template);
  const one = named === 1 || (named === 0 && overrides.length > 0);
  demand(one, 'One of LaunchTemplateId and LaunchTemplateName or LaunchTemplate.Overrides is required.');
  checkVersion(template.version);
  demand(overrides.length <= mostOverrides, `LaunchTemplate.overrides size cannot be greater than ${mostOverrides}`);
  for (const override of overrides) checkOverride(override);
  checkTargets(
    overrides.flatMap(({ targetInstanceTypes }) => targetInstanceTypes ?? []),
    instanceTypes,
  );
}

/** Each target once, and only what the environment may have: itself, its family, or anything if that has a set. */
function checkTargets(targets: readonly string[], instanceTypes: readonly string[]): void {
  const twice = targets.filter((target, index) => targets.indexOf(target) !== index);
  const list = (types: readonly string[]) => `[${[...new Set(types)].join(', ')}]`;
  if (twice.length > 0) invalid(`LaunchTemplate.overrides have duplicate targetInstanceTypes: ${list(twice)}`);
  if (instanceTypes.some((type) => setsOfTypes.includes(type))) return;
  const families = instanceTypes.map((type) => type.split('.')[0] ?? '');
  const strange = targets.filter(
    (type) => !instanceTypes.includes(type) && !families.includes(type.split('.')[0] ?? ''),
  );
  if (strange.length === 0) return;
  invalid(
    `LaunchTemplate.overrides:${list(strange)} have targetInstanceTypes that do not exist in computeResource.InstanceTypes.`,
  );
}

function checkOverride(override: Override): void {
  demand(
    countNames(override) === 1,
    'LaunchTemplate.overrides should have either LaunchTemplateId or LaunchTemplateName but not both.',
  );
  demand(
    override.targetInstanceTypes?.length,
    'LaunchTemplate.overrides.targetInstanceTypes[] is required for every override and cannot be empty.',
  );
  checkVersion(override.version);
}

function countNames({ launchTemplateId, launchTemplateName }: LaunchTemplate): number {
  return [launchTemplateId, launchTemplateName].filter(Boolean).length;
}

function checkVersion(given: string | undefined): void {
  const known = version.test(given ?? '');
  demand(known, 'LaunchTemplateVersion must be either empty or a number or $Default or $Latest.');
}

export type Architecture = 'x86_64' | 'arm64';

const instanceType = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)?$/;
/** Graviton families: a generation followed by `g` (`c7g`, `m6gd`, `g5g`, `im4gn`), and the first, `a1`. */
const armFamily = /^([a-z]+\d+g[a-z]*(-flex)?|a1|default_arm64)$/;
const setsOfTypes = ['optimal', 'default_x86_64', 'default_arm64'];

/** Checks instance types and families: known in form, of one architecture (spec 04 §1.20; the words also: aws/aws-cdk issue 31148). */
export function checkInstanceTypes(types: readonly string[] | undefined): void {
  demand(types && types.length > 0, 'Resource instanceTypes are required.');
  const wrong = types.find((type) => !setsOfTypes.includes(type) && !instanceType.test(type));
  // AWS looks these up at once, and goes on with the list of all it has (Netflix/metaflow issue 70).
  if (wrong !== undefined) {
    invalid(`Instance type can only be one of [${setsOfTypes.join(', ')}, a family, a size of one], got ${wrong}`);
  }
  const architectures = new Set(types.map(architectureOf));
  demand(architectures.size === 1, 'arm-based instance type cannot be used with other instance types.');
}

/** The architecture of an instance type, a family, or one of AWS's sets. */
export function architectureOf(type: string): Architecture {
  return armFamily.test(type.split('.')[0] ?? '') ? 'arm64' : 'x86_64';
}
