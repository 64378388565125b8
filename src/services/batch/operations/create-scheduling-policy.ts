import type { CreateSchedulingPolicyCommandInput, CreateSchedulingPolicyCommandOutput } from '@aws-sdk/client-batch';
import { scopeOf } from '../../../core/arn.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { schedulingPolicyArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { schedulingPolicyRecords } from '../records.ts';
import { demand, refuse, refuseTaken } from '../refusals.ts';
import { checkFairshare } from '../resources/fair-share-policy.ts';
import { checkQuotaSharePolicy } from '../resources/quota-share.ts';
import { createSchedulingPolicy as schema } from '../schemas/scheduling-policy.ts';
import { checkTags, requestTagConditions, tagOnCreate } from '../tags.ts';

const namePattern = /^[a-zA-Z0-9_-]{1,128}$/;

/** Creates what queues can be given to share their capacity fairly. Spec 04 §10. The words of a name: cdk-preflight. */
export const createSchedulingPolicy = batchOperation<
  CreateSchedulingPolicyCommandInput,
  CreateSchedulingPolicyCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ name, tags }, context) => [
    {
      action: 'batch:CreateSchedulingPolicy',
      resource: schedulingPolicyArn(context, textOf(name) ?? '*'),
      conditions: requestTagConditions(tags),
    },
    ...tagOnCreate(schedulingPolicyArn(context, textOf(name) ?? '*'), tags),
  ],
  handler: ({ ledger, clock, quotas }, input, context) => {
    const { name, fairsharePolicy, quotaSharePolicy, tags = {} } = input;
    demand(namePattern.test(name), 'Scheduling policy name should match a valid pattern.');
    // The words: cdk-preflight.
    const both = fairsharePolicy && quotaSharePolicy;
    demand(!both, 'A scheduling policy can have either fairsharePolicy or quotaSharePolicy');
    checkQuotaSharePolicy(quotaSharePolicy);
    checkFairshare(fairsharePolicy);
    checkTags(tags, quotas.tagsPerResource);
    const scope = scopeOf(context);
    if (ledger.get(schedulingPolicyRecords, scope, name)) refuseTaken();
    const limit = quotas.schedulingPolicies;
    const hasRoom = ledger.count(schedulingPolicyRecords, scope) < limit;
    if (!hasRoom) refuse(`Maximum number of scheduling policies (${limit}) reached.`);
    const arn = schedulingPolicyArn(scope, name);
    const given = { ...(fairsharePolicy && { fairsharePolicy }), ...(quotaSharePolicy && { quotaSharePolicy }) };
    const record = { ...scope, name, arn, ...given, tags, createdAt: clock.now() };
    ledger.transact((transaction) => transaction.put(schedulingPolicyRecords, record));
    return { name, arn };
  },
});
