import type { CreateActivityCommandInput, CreateActivityCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { serviceOperation } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { checkEncryption, describeEncryption } from '../encryption.ts';
import { activityArn, checkName } from '../names.ts';
import { quotas } from '../quotas.ts';
import { type ActivityRecord, activityRecords } from '../records.ts';
import { activityExists, activityLimit } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { readTags, requestTagConditions, tagList, tagOnCreate } from '../tags.ts';
import type { ActivityRuntime } from './runtime.ts';

const schema = z.object({
  name: shapes.name,
  tags: tagList.optional(),
  encryptionConfiguration: shapes.encryptionConfiguration.optional(),
});

/** Creates an activity, or answers the one of that name; only its encryption must be the same then. */
export const createActivity = serviceOperation<
  ActivityRuntime,
  CreateActivityCommandInput,
  CreateActivityCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ name, tags }, context) => [
    {
      action: 'states:CreateActivity',
      resource: activityArn(context, textOf(name) ?? '*'),
      conditions: requestTagConditions(tags),
    },
    ...tagOnCreate(activityArn(context, textOf(name) ?? '*'), tags),
  ],
  handler: ({ ledger, clock }, { name, tags, encryptionConfiguration }, context) => {
    const scope = scopeOf(context);
    const arn = activityArn(scope, name);
    checkName(name);
    checkEncryption(encryptionConfiguration);
    const read = readTags(arn, tags);
    const present = ledger.get(activityRecords, scope, name);
    if (present) {
      const wanted = encryptionConfiguration && JSON.stringify(describeEncryption(encryptionConfiguration));
      const has = JSON.stringify(describeEncryption(present.encryptionConfiguration));
      return wanted === undefined || wanted === has ? describe(present) : activityExists(arn);
    }
    if (ledger.count(activityRecords, scope) >= quotas.activities) activityLimit(quotas.activities);
    const activity: ActivityRecord = {
      ...{ ...scope, name, arn, tags: read, createdAt: clock.now() },
      ...(encryptionConfiguration && { encryptionConfiguration }),
    };
    ledger.transact((transaction) => transaction.put(activityRecords, activity));
    return describe(activity);
  },
});

function describe({ arn, createdAt }: ActivityRecord) {
  return { activityArn: arn, creationDate: new Date(createdAt) };
}
