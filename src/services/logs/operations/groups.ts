import type {
  CreateLogGroupCommandInput,
  CreateLogGroupCommandOutput,
  DeleteLogGroupCommandInput,
  DeleteLogGroupCommandOutput,
  DeleteRetentionPolicyCommandInput,
  DeleteRetentionPolicyCommandOutput,
  PutRetentionPolicyCommandInput,
  PutRetentionPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { mapOf } from '../../../core/map-schema.ts';
import { groupAccess } from '../access.ts';
import { demand, oneOf } from '../constraints.ts';
import { deleteGroup } from '../group-deletion.ts';
import { deletionOf, findGroup, newGroup } from '../groups.ts';
import { retentionDays } from '../limits.ts';
import { groupNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { logGroupRecords } from '../records.ts';
import { groupBeingDeleted, groupExists, unsupported } from '../refusals.ts';
import { checkTags } from '../tag-rules.ts';

const groupOnly = z.object({ logGroupName: z.string() });

export const createLogGroup = logsOperation<CreateLogGroupCommandInput, CreateLogGroupCommandOutput>()({
  schema: z.object({
    logGroupName: z.string(),
    kmsKeyId: z.string().optional(),
    tags: mapOf(z.string()).optional(),
    logGroupClass: z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY', 'ESSENTIALS']).optional(),
    deletionProtectionEnabled: z.boolean().optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: (input, context) => [
    ...groupAccess('CreateLogGroup')(input, context),
    ...(input.tags !== undefined ? groupAccess('TagResource')(input, context) : []),
  ],
  handler: (runtime, input, context) => {
    demand(groupNameRule('logGroupName', input.logGroupName));
    const { logGroupName: name, tags = {} } = input;
    checkTags({}, tags);
    if (input.kmsKeyId !== undefined) throw unsupported('kmsKeyId');
    if (input.logGroupClass && input.logGroupClass !== 'STANDARD')
      throw unsupported(`logGroupClass ${input.logGroupClass}`);
    if (input.deletionProtectionEnabled) throw unsupported('deletionProtectionEnabled');
    if (runtime.ledger.get(logGroupRecords, context, name)) throw groupExists();
    if (deletionOf(runtime, context, name) !== undefined) throw groupBeingDeleted();
    runtime.ledger.transact((transaction) =>
      transaction.put(logGroupRecords, newGroup(context, name, { createdAt: context.now, tags })),
    );
    return {};
  },
});

export const deleteLogGroup = logsOperation<DeleteLogGroupCommandInput, DeleteLogGroupCommandOutput>()({
  schema: groupOnly,
  readOnly: false,
  audit: 'management',
  access: groupAccess('DeleteLogGroup'),
  handler: async (runtime, { logGroupName }, context) => {
    demand(groupNameRule('logGroupName', logGroupName));
    await deleteGroup(runtime, findGroup(runtime, context, logGroupName));
    return {};
  },
});

export const putRetentionPolicy = logsOperation<PutRetentionPolicyCommandInput, PutRetentionPolicyCommandOutput>()({
  schema: z.object({ logGroupName: z.string(), retentionInDays: z.number().int() }),
  readOnly: false,
  audit: 'management',
  access: groupAccess('PutRetentionPolicy'),
  handler: (runtime, { logGroupName, retentionInDays }, context) => {
    demand(groupNameRule('logGroupName', logGroupName), oneOf(retentionDays)('retentionInDays', retentionInDays));
    const group = findGroup(runtime, context, logGroupName);
    runtime.ledger.transact((transaction) => transaction.put(logGroupRecords, { ...group, retentionInDays }));
    return {};
  },
});

export const deleteRetentionPolicy = logsOperation<
  DeleteRetentionPolicyCommandInput,
  DeleteRetentionPolicyCommandOutput
>()({
  schema: groupOnly,
  readOnly: false,
  audit: 'management',
  access: groupAccess('DeleteRetentionPolicy'),
  handler: (runtime, { logGroupName }, context) => {
    demand(groupNameRule('logGroupName', logGroupName));
    const { retentionInDays: _never, ...group } = findGroup(runtime, context, logGroupName);
    runtime.ledger.transact((transaction) => transaction.put(logGroupRecords, group));
    return {};
  },
});
