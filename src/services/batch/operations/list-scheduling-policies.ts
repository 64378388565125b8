import type { ListSchedulingPoliciesCommandInput, ListSchedulingPoliciesCommandOutput } from '@aws-sdk/client-batch';
import { anyResource, batchOperation } from '../operation.ts';
import { pageFrom } from '../page.ts';
import { schedulingPolicyRecords } from '../records.ts';
import { listSchedulingPolicies as schema } from '../schemas/scheduling-policy.ts';

/** Lists the ARNs of scheduling policies by name, a page at a time. */
export const listSchedulingPolicies = batchOperation<
  ListSchedulingPoliciesCommandInput,
  ListSchedulingPoliciesCommandOutput
>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListSchedulingPolicies'),
  handler: ({ ledger }, request, context) => {
    const policies = (after: string | undefined) =>
      ledger.by(schedulingPolicyRecords, context, 'name', after === undefined ? {} : { after });
    const page = pageFrom('SchedulingPolicies', policies, ({ name }) => name, request);
    return { schedulingPolicies: page.items.map(({ arn }) => ({ arn })), nextToken: page.nextToken };
  },
});
