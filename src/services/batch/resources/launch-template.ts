import type { Scope } from '../../../core/arn.ts';
import type { LaunchTemplates, NamedTemplate } from '../records.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import type { GivenComputeResources } from '../schemas/compute-environment.ts';
import { familyOf, isSetOfTypes } from './instance-types.ts';

type LaunchTemplate = NonNullable<GivenComputeResources['launchTemplate']>;
type Override = NonNullable<LaunchTemplate['overrides']>[number];

const version = /^(\d+|\$Default|\$Latest)?$/;
const mostOverrides = 10;

/**
 * Checks how launch templates are named, and for which instance types. Spec 04 §5.4. The words: cdk-preflight, but for those of sets as
 * targets and of families that overlap with their sizes.
 */
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

/** Each target once, and only what the environment may have: as it names it, a size of its family, or anything if it has a set. */
function checkTargets(targets: readonly string[], instanceTypes: readonly string[]): void {
  refuseAny(
    targets.filter((target, index) => targets.indexOf(target) !== index),
    (twice) => `LaunchTemplate.overrides have duplicate targetInstanceTypes: ${twice}`,
  );
  refuseAny(
    targets.filter(isSetOfTypes),
    (sets) => `LaunchTemplate.overrides cannot have targetInstanceTypes: ${sets}`,
  );
  refuseAny(
    targets.filter((target) => target !== familyOf(target) && targets.includes(familyOf(target))),
    (sizes) => `LaunchTemplate.overrides have targetInstanceTypes that overlap with their families: ${sizes}`,
  );
  if (instanceTypes.some(isSetOfTypes)) return;
  refuseAny(
    targets.filter((type) => !instanceTypes.includes(type) && !instanceTypes.includes(familyOf(type))),
    (strange) =>
      `LaunchTemplate.overrides:${strange} have targetInstanceTypes that do not exist in computeResource.InstanceTypes.`,
  );
}

/** A version of a launch template that EC2 has here. */
export interface KnownTemplate {
  readonly id: string;
  readonly version: number;
  /** By the names of EC2's API. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a name and version mean now. Undefined if EC2 has none here: an environment may name what does not exist. */
export type FindTemplate = (scope: Scope, named: NamedTemplate) => KnownTemplate | undefined;

/** Every template that an environment names and EC2 has here. */
export function knownTemplates(
  scope: Scope,
  given: LaunchTemplates | undefined,
  find: FindTemplate,
): readonly (KnownTemplate & Pick<NamedTemplate, 'userdataType'>)[] {
  return [...(given ? [given] : []), ...(given?.overrides ?? [])].flatMap((named) => {
    const found = find(scope, named);
    return found ? [{ ...found, userdataType: named.userdataType }] : [];
  });
}

/** Refuses a way to set up nodes where the template leaves the image to AWS, which then knows the way. The words: cdk-preflight. */
export function checkUserdataTypes(scope: Scope, given: LaunchTemplates | undefined, find: FindTemplate): void {
  for (const { id, version, data, userdataType } of knownTemplates(scope, given, find)) {
    if (userdataType === undefined || data.ImageId) continue;
    refuse(
      `The userdataType attribute is only allowed when the launch template has an imageId. Launch template ${id} version ${version} does not have an imageId.`,
    );
  }
}

function refuseAny(wrong: readonly string[], words: (list: string) => string): void {
  if (wrong.length > 0) invalid(words(`[${[...new Set(wrong)].join(', ')}]`));
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
