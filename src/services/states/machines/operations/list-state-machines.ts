import type { ListStateMachinesCommandInput, ListStateMachinesCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { serviceOperation } from '../../../../core/operation.ts';
import { anyResource } from '../../access.ts';
import { pageFrom, pageMembers } from '../../page.ts';
import { stateMachineOrder, stateMachineRecords } from '../../records.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object(pageMembers);

/** Lists state machines, newest first. */
export const listStateMachines = serviceOperation<
  MachineRuntime,
  ListStateMachinesCommandInput,
  ListStateMachinesCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListStateMachines'),
  handler: ({ ledger }, input, context) => {
    const { items, nextToken } = pageFrom(
      'stateMachines',
      (after) => ledger.by(stateMachineRecords, context, 'created', { after }),
      stateMachineOrder,
      input,
    );
    return {
      stateMachines: items.map(({ arn, name, kind, createdAt }) => ({
        stateMachineArn: arn,
        name,
        type: kind,
        creationDate: new Date(createdAt),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
});
