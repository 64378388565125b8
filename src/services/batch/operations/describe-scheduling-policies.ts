import type {
  DescribeSchedulingPoliciesCommandInput,
  DescribeSchedulingPoliciesCommandOutput,
  FairsharePolicy,
  QuotaSharePolicy,
} from '@aws-sdk/client-batch';
import { findSchedulingPolicy } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { demand } from '../refusals.ts';
import { describeSchedulingPolicies as schema } from '../schemas/scheduling-policy.ts';

/** Describes scheduling policies by ARN, as they were given. Unknown ones are left out. Of too many, worded after DescribeJobs. */
export const describeSchedulingPolicies = batchOperation<
  DescribeSchedulingPoliciesCommandInput,
  DescribeSchedulingPoliciesCommandOutput
>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('DescribeSchedulingPolicies'),
  handler: ({ ledger, quotas }, { arns }, context) => {
    const limit = quotas.describedPerCall;
    demand(arns.length <= limit, `Maximum number of SchedulingPolicies supported is ${limit}`);
    const found = new Set(arns.flatMap((arn) => findSchedulingPolicy(ledger, context, arn) ?? []));
    return {
      schedulingPolicies: [...found].map(({ name, arn, fairsharePolicy, quotaSharePolicy, tags }) => ({
        name,
        arn,
        fairsharePolicy: fairsharePolicy as FairsharePolicy | undefined,
        quotaSharePolicy: quotaSharePolicy as QuotaSharePolicy | undefined,
        tags,
      })),
    };
  },
});
