import type { ListStateMachinesCommandInput, ListStateMachinesCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { serviceOperation } from '../../../../core/operation.ts';
import { anyResource } from '../../operation.ts';
import { pageMembers, pageOf } from '../../page.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object(pageMembers);

/** Lists state machines by name. */
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
    const { items, nextToken } = pageOf(
      'stateMachines',
      ledger.list('stateMachine', context),
      ({ name }) => name,
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
