import type { RequestContext } from '../../core/operation.ts';
import type { LaunchTemplateRecord, LaunchTemplateVersionRecord } from './records.ts';

interface GivenVersion {
  readonly LaunchTemplateData: object;
  readonly VersionDescription?: string | undefined;
  readonly ClientToken?: string | undefined;
}

/** A version of a template from what a call gives. `base` is what it does not say. */
export function newVersion(
  { account, region, id }: Pick<LaunchTemplateRecord, 'account' | 'region' | 'id'>,
  version: number,
  { LaunchTemplateData, VersionDescription, ClientToken }: GivenVersion,
  { now, principal }: RequestContext,
  base: LaunchTemplateVersionRecord['data'] = {},
): LaunchTemplateVersionRecord {
  return {
    ...{ account, region, templateId: id, version },
    ...(VersionDescription && { description: VersionDescription }),
    ...{ createdAt: now, createdBy: principal.arn },
    // As the store will give it back.
    data: { ...base, ...JSON.parse(JSON.stringify(LaunchTemplateData)) },
    ...(ClientToken && { clientToken: ClientToken }),
  };
}
