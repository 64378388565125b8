import type { ListActivitiesCommandInput, ListActivitiesCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { serviceOperation } from '../../../core/operation.ts';
import { anyResource } from '../access.ts';
import { pageFrom, pageMembers } from '../page.ts';
import { activityRecords } from '../records.ts';
import type { ActivityRuntime } from './runtime.ts';

const schema = z.object(pageMembers);

/** Lists activities by name. */
export const listActivities = serviceOperation<
  ActivityRuntime,
  ListActivitiesCommandInput,
  ListActivitiesCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListActivities'),
  handler: ({ ledger }, input, context) => {
    const { items, nextToken } = pageFrom(
      'activities',
      (after) => ledger.by(activityRecords, context, 'name', { after }),
      ({ name }) => name,
      input,
    );
    return {
      activities: items.map(({ arn, name, createdAt }) => ({
        activityArn: arn,
        name,
        creationDate: new Date(createdAt),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
});
