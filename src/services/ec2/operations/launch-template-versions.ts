import type {
  CreateLaunchTemplateVersionCommandInput,
  CreateLaunchTemplateVersionCommandOutput,
  DescribeLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplateVersionsCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { launchTemplateData } from '../launch-template-data.ts';
import { findTemplate, findVersion, versionView } from '../launch-templates.ts';
import { limits } from '../limits.ts';
import { listPage, namedRecords } from '../listing.ts';
import { ec2Operation, parameters } from '../operation.ts';
import {
  type LaunchTemplateVersionRecord,
  launchTemplateRecords,
  launchTemplateVersionRecords,
  versionOrder,
} from '../records.ts';
import { checkRoom, demand } from '../refusals.ts';
import { listed, texts } from '../shapes.ts';
import { newVersion } from '../template-versions.ts';

const named = { LaunchTemplateId: z.string().optional(), LaunchTemplateName: z.string().optional() };

export const createLaunchTemplateVersion = ec2Operation<
  CreateLaunchTemplateVersionCommandInput,
  CreateLaunchTemplateVersionCommandOutput
>()({
  name: 'CreateLaunchTemplateVersion',
  schema: parameters({
    ...named,
    LaunchTemplateData: launchTemplateData,
    SourceVersion: z.string().optional(),
    VersionDescription: z.string().max(255).optional(),
    ClientToken: z.string().max(128).optional(),
  }),
  readOnly: false,
  hides: ['UserData'],
  about: { kind: 'launch-template', by: 'LaunchTemplateId' },
  handler: ({ ledger }, input, context) => {
    const template = findTemplate(ledger, context, input);
    const latest = findVersion(ledger, template, '$Latest');
    // The one call that is repeated is the last one.
    if (input.ClientToken && latest.clientToken === input.ClientToken)
      return { LaunchTemplateVersion: versionView(template, latest) };
    const count = ledger.countBy(launchTemplateVersionRecords, context, 'template', template.id);
    checkRoom(count, limits.versionsPerTemplate, 'LaunchTemplateVersionLimitExceeded', 'launch template versions');
    const { SourceVersion } = input;
    const base = SourceVersion === undefined ? {} : findVersion(ledger, template, SourceVersion).data;
    const version = newVersion(template, template.latestVersion + 1, input, context, base);
    const changed = { ...template, latestVersion: version.version };
    ledger.transact((transaction) => {
      transaction.put(launchTemplateRecords, changed);
      transaction.put(launchTemplateVersionRecords, version);
    });
    return { LaunchTemplateVersion: versionView(changed, version) };
  },
});

const field = (name: string) => (version: LaunchTemplateVersionRecord) => {
  const value = version.data[name];
  return value === undefined ? undefined : String(value);
};

const filters = {
  'create-time': ({ createdAt }: LaunchTemplateVersionRecord) => new Date(createdAt).toISOString(),
  'ebs-optimized': field('EbsOptimized'),
  'image-id': field('ImageId'),
  'instance-type': field('InstanceType'),
  'kernel-id': field('KernelId'),
  'ram-disk-id': field('RamDiskId'),
};

/** The newest first, as on AWS. */
export const describeLaunchTemplateVersions = ec2Operation<
  DescribeLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplateVersionsCommandOutput
>()({
  name: 'DescribeLaunchTemplateVersions',
  schema: parameters({
    ...named,
    ...listed,
    Versions: texts.optional(),
    MinVersion: z.string().optional(),
    MaxVersion: z.string().optional(),
  }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const template = findTemplate(ledger, context, input);
    const [least, most] = [readBound(input.MinVersion, 1), readBound(input.MaxVersion, template.latestVersion)];
    const inBounds = function* (after: string | undefined) {
      const query = { value: template.id, descending: true, after: after ?? versionOrder(most + 1) };
      for (const version of ledger.by(launchTemplateVersionRecords, context, 'template', query)) {
        if (version.version < least) return;
        yield version;
      }
    };
    const { records, ...page } = listPage<LaunchTemplateVersionRecord>(
      {
        ...{ kind: `DescribeLaunchTemplateVersions ${template.id}`, ledger, scope: context, filters },
        named: namedRecords(input.Versions, (version) => findVersion(ledger, template, version)),
        after: inBounds,
        keyOf: ({ version }) => versionOrder(version),
        idOf: ({ templateId }) => templateId,
      },
      input,
    );
    return { LaunchTemplateVersions: records.map((version) => versionView(template, version)), ...page };
  },
});

function readBound(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  demand(/^\d{1,9}$/.test(text), `Invalid launch template version: ${text}`);
  return Number(text);
}
