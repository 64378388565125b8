import type { ListStateMachineVersionsCommandInput, ListStateMachineVersionsCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import { pageFrom, pageMembers } from '../../page.ts';
import { stateMachineRecords } from '../../records.ts';
import * as shapes from '../../shapes.ts';
import { machineName, versionsOf } from '../find.ts';
import { descendingKey } from '../order.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({ stateMachineArn: shapes.arn, ...pageMembers });

/** Lists the versions of a state machine, the newest first; none where there is no such state machine. */
export const listStateMachineVersions = serviceOperation<
  MachineRuntime,
  ListStateMachineVersionsCommandInput,
  ListStateMachineVersionsCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: (input, context) => machineAccess('ListStateMachineVersions', context, input.stateMachineArn),
  handler: ({ ledger }, input, context) => {
    const scope = scopeOf(context);
    const machine = ledger.get(stateMachineRecords, scope, machineName(scope, input.stateMachineArn));
    const { items, nextToken } = pageFrom(
      'versions',
      (after) => (machine ? versionsOf(ledger, machine, after) : []),
      ({ version }) => descendingKey(version),
      input,
    );
    return {
      stateMachineVersions: items.map(({ arn, createdAt }) => ({
        stateMachineVersionArn: arn,
        creationDate: new Date(createdAt),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
});
