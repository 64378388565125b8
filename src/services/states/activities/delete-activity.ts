import type { DeleteActivityCommandInput, DeleteActivityCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { serviceOperation } from '../../../core/operation.ts';
import { resourceAccess } from '../access.ts';
import { readArn } from '../names.ts';
import { activityRecords } from '../records.ts';
import * as shapes from '../shapes.ts';
import type { ActivityRuntime } from './runtime.ts';

const schema = z.object({ activityArn: shapes.arn });

/** Deletes an activity; tasks offered before wait on until they time out. Deleting what is not there is no error. */
export const deleteActivity = serviceOperation<
  ActivityRuntime,
  DeleteActivityCommandInput,
  DeleteActivityCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ activityArn }) => resourceAccess('DeleteActivity', activityArn),
  handler: ({ ledger }, { activityArn }, context) => {
    const scope = scopeOf(context);
    const { activity } = readArn(scope, activityArn, 'activity');
    ledger.transact((transaction) => transaction.delete(activityRecords, scope, activity));
    return {};
  },
});
