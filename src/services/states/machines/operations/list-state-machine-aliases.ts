import type { ListStateMachineAliasesCommandInput, ListStateMachineAliasesCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { serviceOperation } from '../../../../core/operation.ts';
import type { StateMachineAliasRecord } from '../../../../store/index.ts';
import { readArn } from '../../names.ts';
import { machineAccess, scopeOf } from '../../operation.ts';
import { pageMembers, pageOf } from '../../page.ts';
import { noStateMachine, stateMachineDeleting } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { aliasesOf, refuseLabel } from '../find.ts';
import { descendingKey } from '../order.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({ stateMachineArn: shapes.arn, ...pageMembers });

/** Lists the aliases of a state machine, or those that route to a version of it; the one created last comes first. */
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
    const machine = ledger.get('stateMachine', scope, named.machine) ?? noStateMachine(input.stateMachineArn);
    if (machine.status === 'DELETING') stateMachineDeleting(machine.arn);
    const aliases = aliasesOf(ledger, scope, named.machine).filter(
      ({ routing }) =>
        named.kind === 'stateMachine' ||
        routing.some(({ stateMachineVersionArn }) => stateMachineVersionArn === input.stateMachineArn),
    );
    const { items, nextToken } = pageOf('aliases', aliases, keyOf, input);
    return {
      stateMachineAliases: items.map(({ arn, createdAt }) => ({
        stateMachineAliasArn: arn,
        creationDate: new Date(createdAt),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
});

function keyOf({ createdAt, aliasName }: StateMachineAliasRecord): string {
  return `${descendingKey(createdAt)} ${aliasName}`;
}
