import type { LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import {
  type LaunchTemplateRecord,
  type LaunchTemplateVersionRecord,
  launchTemplateRecords,
  launchTemplateVersionRecords,
  versionKey,
} from './records.ts';
import { demand, notFound, refusal } from './refusals.ts';
import { tagSet } from './tags.ts';

/** How a call names a template: by one of both. */
export interface TemplateName {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

/** Throws AWS's refusal if neither or both are given, or there is no such template. */
export function findTemplate(ledger: Ledger, scope: Scope, name: TemplateName): LaunchTemplateRecord {
  const { LaunchTemplateId: id, LaunchTemplateName } = name;
  if (id !== undefined && LaunchTemplateName !== undefined) {
    const message = 'The request must contain either the launch template ID or the launch template name, but not both.';
    throw refusal('InvalidParameterCombination', message);
  }
  if (id !== undefined) return templateById(ledger, scope, id);
  if (LaunchTemplateName !== undefined) return templateByName(ledger, scope, LaunchTemplateName);
  throw refusal('MissingParameter', 'You must specify either a launch template ID or a launch template name.');
}

export function templateById(ledger: Ledger, scope: Scope, id: string): LaunchTemplateRecord {
  if (!/^lt-[0-9a-f]{8,17}$/.test(id))
    throw refusal('InvalidLaunchTemplateId.Malformed', `Invalid id: "${id}" (expecting "lt-...")`);
  const template = ledger.get(launchTemplateRecords, scope, id);
  if (!template) throw notFound('launch-template', id);
  return template;
}

export function templateByName(ledger: Ledger, scope: Scope, name: string): LaunchTemplateRecord {
  const [template] = ledger.by(launchTemplateRecords, scope, 'name', { value: name });
  if (template) return template;
  const message = `The specified launch template, with template name ${name}, does not exist.`;
  throw refusal('InvalidLaunchTemplateName.NotFoundException', message);
}

/** A version by its number, `$Latest` or `$Default`. */
export function findVersion(
  ledger: Ledger,
  template: LaunchTemplateRecord,
  version: string,
): LaunchTemplateVersionRecord {
  const { id, latestVersion, defaultVersion } = template;
  const named: Readonly<Record<string, number>> = { $Latest: latestVersion, $Default: defaultVersion };
  const number = Object.hasOwn(named, version) ? named[version] : Number(version);
  demand(
    number !== undefined && Number.isSafeInteger(number) && number > 0,
    `Invalid launch template version: ${version}`,
  );
  const found = ledger.get(launchTemplateVersionRecords, template, versionKey(id, number));
  if (found) return found;
  const message = `Could not find launch template version ${version} of the launch template with ID ${id}.`;
  throw refusal('InvalidLaunchTemplateId.VersionNotFound', message);
}

/** How a launch of instances names a template. */
interface LaunchName {
  readonly launchTemplateId?: string | undefined;
  readonly launchTemplateName?: string | undefined;
  /** @default $Default */
  readonly version?: string | undefined;
}

/** Finds the versions that launches mean, with their data as given. Undefined of a template or version that there is not. */
export function launchTemplateFinder(ledger: Ledger) {
  return (scope: Scope, { launchTemplateId: id, launchTemplateName: name, version = '' }: LaunchName) => {
    const template = id
      ? ledger.get(launchTemplateRecords, scope, id)
      : [...ledger.by(launchTemplateRecords, scope, 'name', { value: name ?? '' })][0];
    if (!template) return undefined;
    const { latestVersion, defaultVersion } = template;
    const named: Readonly<Record<string, number>> = {
      '': defaultVersion,
      $Default: defaultVersion,
      $Latest: latestVersion,
    };
    const number = Object.hasOwn(named, version) ? (named[version] ?? 0) : Number(version);
    const found = ledger.get(launchTemplateVersionRecords, template, versionKey(template.id, number));
    return found && { id: template.id, version: number, data: found.data };
  };
}

export function templateView(ledger: Ledger, template: LaunchTemplateRecord): LaunchTemplate {
  const { id, name, createdAt, createdBy, defaultVersion, latestVersion } = template;
  return {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    CreateTime: new Date(createdAt),
    CreatedBy: createdBy,
    DefaultVersionNumber: defaultVersion,
    LatestVersionNumber: latestVersion,
    Tags: tagSet(ledger, template, id),
  };
}

export function versionView(
  { id, name, defaultVersion }: LaunchTemplateRecord,
  { version, description, createdAt, createdBy, data }: LaunchTemplateVersionRecord,
): LaunchTemplateVersion {
  return {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    VersionNumber: version,
    ...(description === undefined ? {} : { VersionDescription: description }),
    CreateTime: new Date(createdAt),
    CreatedBy: createdBy,
    DefaultVersion: version === defaultVersion,
    // As given: what AWS shows of it has the same members.
    LaunchTemplateData: data as NonNullable<LaunchTemplateVersion['LaunchTemplateData']>,
  };
}
