import type {
  CreateLaunchTemplateCommandInput,
  CreateLaunchTemplateCommandOutput,
  DeleteLaunchTemplateCommandInput,
  DeleteLaunchTemplateCommandOutput,
  DescribeLaunchTemplatesCommandInput,
  DescribeLaunchTemplatesCommandOutput,
  ModifyLaunchTemplateCommandInput,
  ModifyLaunchTemplateCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { launchTemplateData } from '../launch-template-data.ts';
import { findTemplate, findVersion, templateById, templateByName, templateView } from '../launch-templates.ts';
import { limits } from '../limits.ts';
import { listPage, namedRecords } from '../listing.ts';
import { newId } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import {
  type LaunchTemplateRecord,
  launchTemplateRecords,
  launchTemplateVersionRecords,
  versionKey,
} from '../records.ts';
import { checkRoom, refusal, required } from '../refusals.ts';
import { listed, tagSpecifications, texts } from '../shapes.ts';
import { putTags, specifiedTags } from '../tags.ts';
import { newVersion } from '../template-versions.ts';

export const createLaunchTemplate = ec2Operation<CreateLaunchTemplateCommandInput, CreateLaunchTemplateCommandOutput>()(
  {
    name: 'CreateLaunchTemplate',
    schema: parameters({
      LaunchTemplateName: z.string(),
      LaunchTemplateData: launchTemplateData,
      VersionDescription: z.string().max(255).optional(),
      TagSpecifications: tagSpecifications.optional(),
      ClientToken: z.string().max(128).optional(),
    }),
    readOnly: false,
    hides: ['UserData'],
    about: { kind: 'launch-template' },
    handler: ({ ledger, random }, input, context) => {
      const { LaunchTemplateName: name, ClientToken } = input;
      const scope = scopeOf(context);
      if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) {
        const message = `A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.`;
        throw refusal('InvalidLaunchTemplateName.MalformedException', message);
      }
      const [same] = ledger.by(launchTemplateRecords, scope, 'name', { value: name });
      if (same && ClientToken && same.clientToken === ClientToken)
        return { LaunchTemplate: templateView(ledger, same) };
      if (same)
        throw refusal('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
      const tags = specifiedTags(input.TagSpecifications, 'launch-template');
      const count = ledger.count(launchTemplateRecords, scope);
      checkRoom(count, limits.launchTemplates, 'LaunchTemplateLimitExceeded', 'launch templates');
      const template: LaunchTemplateRecord = {
        ...{ ...scope, id: newId('lt', random), name, createdAt: context.now, createdBy: context.principal.arn },
        ...{ defaultVersion: 1, latestVersion: 1 },
        ...(ClientToken && { clientToken: ClientToken }),
      };
      ledger.transact((transaction) => {
        transaction.put(launchTemplateRecords, template);
        transaction.put(launchTemplateVersionRecords, newVersion(template, 1, input, context));
        putTags(transaction, scope, template.id, tags);
      });
      return { LaunchTemplate: templateView(ledger, template) };
    },
  },
);

const filters = {
  'create-time': ({ createdAt }: LaunchTemplateRecord) => new Date(createdAt).toISOString(),
  'launch-template-name': ({ name }: LaunchTemplateRecord) => name,
};

export const describeLaunchTemplates = ec2Operation<
  DescribeLaunchTemplatesCommandInput,
  DescribeLaunchTemplatesCommandOutput
>()({
  name: 'DescribeLaunchTemplates',
  schema: parameters({ ...listed, LaunchTemplateIds: texts.optional(), LaunchTemplateNames: texts.optional() }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const { LaunchTemplateIds, LaunchTemplateNames } = input;
    const { records, ...page } = listPage<LaunchTemplateRecord>(
      {
        ...{ kind: 'DescribeLaunchTemplates', ledger, scope: context, filters },
        named:
          namedRecords(LaunchTemplateIds, (id) => templateById(ledger, context, id)) ??
          namedRecords(LaunchTemplateNames, (name) => templateByName(ledger, context, name)),
        after: (after) => ledger.by(launchTemplateRecords, context, 'id', { after }),
        keyOf: ({ id }) => id,
        idOf: ({ id }) => id,
      },
      input,
    );
    return { LaunchTemplates: records.map((template) => templateView(ledger, template)), ...page };
  },
});

const named = { LaunchTemplateId: z.string().optional(), LaunchTemplateName: z.string().optional() };

export const modifyLaunchTemplate = ec2Operation<ModifyLaunchTemplateCommandInput, ModifyLaunchTemplateCommandOutput>()(
  {
    name: 'ModifyLaunchTemplate',
    schema: parameters({
      ...named,
      DefaultVersion: z.string().optional(),
      ClientToken: z.string().max(128).optional(),
    }),
    readOnly: false,
    about: { kind: 'launch-template', by: 'LaunchTemplateId' },
    handler: ({ ledger }, input, context) => {
      const template = findTemplate(ledger, context, input);
      const { version } = findVersion(ledger, template, required(input.DefaultVersion, 'SetDefaultVersion'));
      const changed = { ...template, defaultVersion: version };
      ledger.transact((transaction) => transaction.put(launchTemplateRecords, changed));
      return { LaunchTemplate: templateView(ledger, changed) };
    },
  },
);

export const deleteLaunchTemplate = ec2Operation<DeleteLaunchTemplateCommandInput, DeleteLaunchTemplateCommandOutput>()(
  {
    name: 'DeleteLaunchTemplate',
    schema: parameters(named),
    readOnly: false,
    about: { kind: 'launch-template', by: 'LaunchTemplateId' },
    handler: ({ ledger }, input, context) => {
      const template = findTemplate(ledger, context, input);
      const answer = { LaunchTemplate: templateView(ledger, template) };
      const versions = [...ledger.by(launchTemplateVersionRecords, context, 'template', { value: template.id })];
      ledger.transact((transaction) => {
        for (const { templateId, version } of versions)
          transaction.delete(launchTemplateVersionRecords, context, versionKey(templateId, version));
        transaction.delete(launchTemplateRecords, context, template.id);
        putTags(transaction, context, template.id, {});
      });
      return answer;
    },
  },
);
