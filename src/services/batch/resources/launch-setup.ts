import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import type { Ledger, Tags, Transaction } from '../../../store/index.ts';
import {
  type ComputeEnvironmentRecord,
  type LaunchSetupRecord,
  launchSetupRecords,
  type NamedTemplate,
  setupKey,
  type TemplateSetup,
} from '../records.ts';
import type { FindTemplate, KnownTemplate } from './launch-template.ts';

/** Where a subnet is. Undefined if EC2 has none of that id here: an environment may name what does not exist. */
export type FindSubnet = (scope: Scope, id: string) => { readonly zone: string } | undefined;

export interface SetupOptions {
  readonly ledger: Ledger;
  readonly findTemplate: FindTemplate;
  readonly findSubnet: FindSubnet;
}

/** What of a launch template counts for instances of Batch (spec 04 §4.1): all else of it is set by the environment, or has no effect here. */
const templateData = z.object({
  ImageId: z.string().optional(),
  KeyName: z.string().optional(),
  UserData: z.string().optional(),
  SecurityGroupIds: z.array(z.string()).optional(),
  NetworkInterfaces: z.array(z.object({ Groups: z.array(z.string()).optional() })).optional(),
  Placement: z.object({ GroupName: z.string().optional() }).optional(),
  TagSpecifications: z
    .array(
      z.object({
        ResourceType: z.string().optional(),
        Tags: z.array(z.object({ Key: z.string().optional(), Value: z.string().optional() })).optional(),
      }),
    )
    .optional(),
});

/**
 * Resolves what an environment's instances are launched with from now on, and stores it. `takesLatestImage`: an image of an earlier launch template
 * does not stay (spec 04 §8.5). An environment that launches nothing is answered as it is.
 */
export function putLaunchSetup(
  transaction: Transaction,
  options: SetupOptions,
  environment: ComputeEnvironmentRecord,
  takesLatestImage = false,
): ComputeEnvironmentRecord {
  if (!environment.fleet) return environment;
  const { ledger } = options;
  const before = launchSetupOf(ledger, environment, environment.setup);
  const number = (environment.setup ?? 0) + 1;
  const kept = takesLatestImage ? undefined : before;
  transaction.put(launchSetupRecords, { ...resolveSetup(environment, options, kept), number });
  return { ...environment, setup: number };
}

/** A setup that is stored. */
export function launchSetupOf(
  ledger: Ledger,
  { account, region, name }: Pick<ComputeEnvironmentRecord, 'account' | 'region' | 'name'>,
  number: number | undefined,
): LaunchSetupRecord | undefined {
  if (number === undefined) return undefined;
  return ledger.get(launchSetupRecords, { account, region }, setupKey(name, number));
}

/** The same, or that which it would have now, of an environment that was made before there were setups. */
export function launchSetupFor(
  options: SetupOptions,
  environment: ComputeEnvironmentRecord,
  number: number | undefined,
): LaunchSetupRecord {
  const stored = launchSetupOf(options.ledger, environment, number);
  return stored ?? { ...resolveSetup(environment, options, undefined), number: 0 };
}

/** Forgets the setups of an environment that are older than `number`: no instance has one of them. */
export function forgetSetups(
  transaction: Transaction,
  ledger: Ledger,
  environment: ComputeEnvironmentRecord,
  number = Number.POSITIVE_INFINITY,
): void {
  for (const setup of [...ledger.by(launchSetupRecords, environment, 'environment', { value: environment.name })])
    if (setup.number < number)
      transaction.delete(launchSetupRecords, environment, setupKey(environment.name, setup.number));
}

function resolveSetup(
  { account, region, name, computeResources: resources }: ComputeEnvironmentRecord,
  { findTemplate, findSubnet }: SetupOptions,
  before: LaunchSetupRecord | undefined,
): Omit<LaunchSetupRecord, 'number'> {
  const scope = { account, region };
  const { launchTemplate: named } = resources ?? {};
  const given = z.looseObject(ownMembers).parse(resources ?? {});
  const ofTypes = (named?.overrides ?? []).map((override) => ({
    ...override,
    targets: override.targetInstanceTypes ?? [],
  }));
  const templates = [...ofTypes, { ...named, targets: undefined }].map(({ targets, ...template }) =>
    resolveTemplate(scope, template, targets, { findTemplate, before }),
  );
  const { instanceRole, subnets = [], securityGroupIds: groupIds = [] } = resources ?? {};
  const { ec2KeyPair: keyName, placementGroup, imageId, ec2Configuration = [], tags = {} } = given;
  return {
    ...scope,
    environment: name,
    subnets: subnets.map((id) => ({ id, ...(findSubnet(scope, id) ?? {}) })),
    ...{ groupIds, tags, templates },
    images: ec2Configuration.map(({ imageType, imageIdOverride }) => ({
      imageType,
      ...(imageIdOverride ? { imageIdOverride } : {}),
    })),
    ...(instanceRole ? { instanceRole } : {}),
    ...(keyName ? { keyName } : {}),
    ...(placementGroup ? { placementGroup } : {}),
    ...(imageId ? { imageId } : {}),
  };
}

/** As `CreateComputeEnvironment` has checked them. */
const ownMembers = {
  ec2KeyPair: z.string().optional(),
  placementGroup: z.string().optional(),
  imageId: z.string().optional(),
  ec2Configuration: z.array(z.object({ imageType: z.string(), imageIdOverride: z.string().optional() })).optional(),
  tags: z.record(z.string(), z.string()).optional(),
};

interface Resolving {
  readonly findTemplate: FindTemplate;
  readonly before: LaunchSetupRecord | undefined;
}

function resolveTemplate(
  scope: Scope,
  named: NamedTemplate,
  targets: readonly string[] | undefined,
  { findTemplate, before }: Resolving,
): TemplateSetup {
  const isNamed = Boolean(named.launchTemplateId || named.launchTemplateName);
  const found = isNamed ? findTemplate(scope, named) : undefined;
  const earlier = before?.templates.find((template) => isDeepStrictEqual(template.targets, targets));
  const imageId = dataOf(found).ImageId ?? earlier?.imageId;
  return {
    ...(targets && { targets }),
    ...(found && { template: { id: found.id, version: found.version } }),
    ...(imageId ? { imageId } : {}),
    ...settingsOf(dataOf(found)),
  };
}

type TemplateData = z.infer<typeof templateData>;

function dataOf(template: KnownTemplate | undefined): TemplateData {
  return templateData.parse(template?.data ?? {});
}

function settingsOf(data: TemplateData): Omit<TemplateSetup, 'targets' | 'template' | 'imageId'> {
  const { KeyName, UserData, SecurityGroupIds, NetworkInterfaces = [], Placement, TagSpecifications = [] } = data;
  const ofInterfaces = NetworkInterfaces.flatMap(({ Groups }) => Groups ?? []);
  const groupIds = SecurityGroupIds ?? [...new Set(ofInterfaces)];
  const tagged = TagSpecifications.filter(({ ResourceType }) => ResourceType === 'instance');
  const tags: Tags = Object.fromEntries(
    tagged.flatMap(({ Tags = [] }) => Tags.map(({ Key = '', Value = '' }) => [Key, Value] as const)),
  );
  return {
    tags,
    ...(KeyName ? { keyName: KeyName } : {}),
    ...(UserData ? { userData: UserData } : {}),
    ...(groupIds.length > 0 ? { groupIds } : {}),
    ...(Placement?.GroupName ? { placementGroup: Placement.GroupName } : {}),
  };
}
