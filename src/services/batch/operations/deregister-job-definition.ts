import type { DeregisterJobDefinitionCommandInput, DeregisterJobDefinitionCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { definitionExpiry, expiryOf } from '../definition/expiry.ts';
import { jobDefinitionArn, parseDefinitionReference } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { jobDefinitionRecords } from '../records.ts';
import { invalid, refuse } from '../refusals.ts';
import { resourceTagConditions } from '../tags.ts';

/** Makes one revision INACTIVE; jobs already submitted with it go on. It stays describable for 180 days. */
export const deregisterJobDefinition = batchOperation<
  DeregisterJobDefinitionCommandInput,
  DeregisterJobDefinitionCommandOutput
>()({
  schema: z.object({ jobDefinition: z.string() }),
  readOnly: false,
  audit: 'management',
  access: ({ jobDefinition }, context, { ledger }) => {
    const named = textOf(jobDefinition) ?? '*';
    const reference = parseDefinitionReference(context, named);
    const record = ledger.get(jobDefinitionRecords, context, `${reference?.name}:${reference?.revision}`);
    return [
      {
        action: 'batch:DeregisterJobDefinition',
        resource: jobDefinitionArn(context, reference?.name ?? named, reference?.revision),
        conditions: resourceTagConditions(record?.tags),
      },
    ];
  },
  handler: ({ ledger, clock, due }, input, context) => {
    const reference = parseDefinitionReference(context, input.jobDefinition);
    // Worded as SubmitJob's; of this operation none are reported.
    if (!reference) return refuse(`JobDefinition ${input.jobDefinition} not found.`);
    if (reference.revision === undefined) invalid('Job definition must be given as name:revision or ARN.');
    const record = ledger.get(jobDefinitionRecords, context, `${reference.name}:${reference.revision}`);
    if (!record) return refuse(`JobDefinition ${input.jobDefinition} not found.`);
    if (record.status === 'INACTIVE') return {};
    const deregisteredAt = clock.now();
    ledger.transact((transaction) => {
      transaction.put(jobDefinitionRecords, { ...record, status: 'INACTIVE', deregisteredAt });
      due.put(transaction, definitionExpiry, expiryOf(record, deregisteredAt));
    });
    return {};
  },
});
