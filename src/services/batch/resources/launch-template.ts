import { demand } from '../refusals.ts';
import type { GivenComputeResources } from '../schemas/compute-environment.ts';

type LaunchTemplate = NonNullable<GivenComputeResources['launchTemplate']>;
type Override = NonNullable<LaunchTemplate['overrides']>[number];

const version = /^(\d+|\$Default|\$Latest)?$/;
const mostOverrides = 10;

/** Checks how a launch template is named. Spec 04 §5.4; its contents are never looked up. */
export function checkLaunchTemplate(template: LaunchTemplate | undefined): void {
  if (!template) return;
  const { overrides = [] } = template;
  const named = countNames(template);
  const one = named === 1 || (named === 0 && overrides.length > 0);
  demand(one, 'One of LaunchTemplateId and LaunchTemplateName or LaunchTemplate.overrides should be provided');
  checkVersion(template.version);
  demand(overrides.length <= mostOverrides, `LaunchTemplate.overrides size cannot be greater than ${mostOverrides}`);
  for (const override of overrides) checkOverride(override);
  const targets = overrides.flatMap(({ targetInstanceTypes }) => targetInstanceTypes ?? []);
  demand(new Set(targets).size === targets.length, 'LaunchTemplate.overrides have duplicate targetInstanceTypes');
}

function checkOverride(override: Override): void {
  demand(
    countNames(override) === 1,
    'LaunchTemplate.overrides should have either LaunchTemplateId or LaunchTemplateName',
  );
  demand(override.targetInstanceTypes?.length, 'LaunchTemplate.overrides.targetInstanceTypes[] is required');
  checkVersion(override.version);
}

function countNames({ launchTemplateId, launchTemplateName }: LaunchTemplate): number {
  return [launchTemplateId, launchTemplateName].filter(Boolean).length;
}

function checkVersion(given: string | undefined): void {
  const known = version.test(given ?? '');
  demand(known, 'LaunchTemplateVersion must be either empty or a number or $Default or $Latest');
}
