import type { DescribeActivityCommandInput, DescribeActivityCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { serviceOperation } from '../../../core/operation.ts';
import { resourceAccess } from '../access.ts';
import { describeEncryption } from '../encryption.ts';
import * as shapes from '../shapes.ts';
import { requireActivity } from './find.ts';
import type { ActivityRuntime } from './runtime.ts';

const schema = z.object({ activityArn: shapes.arn });

/** Describes an activity. */
export const describeActivity = serviceOperation<
  ActivityRuntime,
  DescribeActivityCommandInput,
  DescribeActivityCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ activityArn }) => resourceAccess('DescribeActivity', activityArn),
  handler: ({ ledger }, { activityArn }, context) => {
    const activity = requireActivity(ledger, scopeOf(context), activityArn);
    return {
      activityArn: activity.arn,
      name: activity.name,
      creationDate: new Date(activity.createdAt),
      encryptionConfiguration: describeEncryption(activity.encryptionConfiguration),
    };
  },
});
