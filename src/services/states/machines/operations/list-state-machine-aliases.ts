import type { ListStateMachineAliasesCommandInput, ListStateMachineAliasesCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import { readArn } from '../../names.ts';
import { pageFrom, pageMembers } from '../../page.ts';
import { type StateMachineAliasRecord, stateMachineAliasOrder, stateMachineRecords } from '../../records.ts';
import { noStateMachine, stateMachineDeleting } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { aliasesOf, refuseLabel } from '../find.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({ stateMachineArn: shapes.arn, ...pageMembers });

/** Lists the aliases of a state machine, or those that route to a version of it; the one created first
 * comes first, as recorded; AWS's documents say the opposite. */
export const listStateMachineAliases = serviceOperation<
  MachineRuntime,
  ListStateMachineAliasesCommandInput,
  ListStateMachineAliasesCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: (input, context) => machineAccess('ListStateMachineAliases', context, input.stateMachineArn),
  handler: ({ ledger }, input, context) => {
    const scope = scopeOf(context);
    const named = readArn(scope, input.stateMachineArn, 'stateMachine', 'version');
    if (named.kind === 'stateMachine') refuseLabel(named);
    const machine = ledger.get(stateMachineRecords, scope, named.machine) ?? noStateMachine(input.stateMachineArn);
    if (machine.status === 'DELETING') stateMachineDeleting(machine.arn);
    const isListed = ({ routing }: StateMachineAliasRecord): boolean =>
      named.kind === 'stateMachine' ||
      routing.some(({ stateMachineVersionArn }) => stateMachineVersionArn === input.stateMachineArn);
    const { items, nextToken } = pageFrom(
      'aliases',
      (after) => aliasesOf(ledger, machine, machine.name, after).filter(isListed),
      stateMachineAliasOrder,
      input,
    );
    return {
      stateMachineAliases: items.map(({ arn, createdAt }) => ({
        stateMachineAliasArn: arn,
        creationDate: new Date(createdAt),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
});
