import type { CreateStateMachineAliasCommandInput, CreateStateMachineAliasCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { type RequestContext, serviceOperation } from '../../../../core/operation.ts';
import { structuresOf, textOf, type Unvalidated } from '../../../../core/unvalidated.ts';
import { resourceAccess } from '../../access.ts';
import { aliasArn, parseStatesArn, stateMachineArn } from '../../names.ts';
import { quotas } from '../../quotas.ts';
import { type StateMachineAliasRecord, stateMachineAliasRecords } from '../../records.ts';
import { conflict, quotaExceeded } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { checkRouting, isSameRouting } from '../routing.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({
  description: shapes.description.optional(),
  name: shapes.aliasName,
  routingConfiguration: shapes.routingConfiguration,
});

type Input = z.infer<typeof schema>;

/** Creates an alias of a state machine, or answers the one of that name if it is the same. */
export const createStateMachineAlias = serviceOperation<
  MachineRuntime,
  CreateStateMachineAliasCommandInput,
  CreateStateMachineAliasCommandOutput
>()<Input>({
  schema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => resourceAccess('CreateStateMachineAlias', routedMachine(input, context)),
  handler: ({ ledger, clock }, { name, description, routingConfiguration }, context) => {
    const scope = scopeOf(context);
    const { machine, routing } = checkRouting(ledger, scope, routingConfiguration);
    const key = `${machine.name}:${name}`;
    const present = ledger.get(stateMachineAliasRecords, scope, key);
    if (present) {
      const isSame = isSameRouting(present.routing, routing) && present.description === description;
      if (!isSame) conflict(alreadyExists);
      return { stateMachineAliasArn: present.arn, creationDate: new Date(present.createdAt) };
    }
    if (ledger.countBy(stateMachineAliasRecords, scope, 'machine', machine.name) >= quotas.aliasesPerStateMachine) {
      quotaExceeded(`A state machine can have at most ${quotas.aliasesPerStateMachine} aliases`);
    }
    const alias: StateMachineAliasRecord = {
      ...scope,
      name: key,
      stateMachineName: machine.name,
      aliasName: name,
      arn: aliasArn(scope, machine.name, name),
      ...(description === undefined ? {} : { description }),
      routing,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    };
    ledger.transact((transaction) => transaction.put(stateMachineAliasRecords, alias));
    return { stateMachineAliasArn: alias.arn, creationDate: new Date(alias.createdAt) };
  },
});

const alreadyExists =
  'Failed to create alias because an alias with the same name and a different routing configuration already exists.';

/** The machine that the routing means; `*` where it means none. */
function routedMachine({ routingConfiguration }: Unvalidated<Input>, context: RequestContext): string {
  const [first] = structuresOf(routingConfiguration);
  const named = parseStatesArn(textOf(first?.stateMachineVersionArn) ?? '');
  return named?.kind === 'version' ? stateMachineArn(context, named.machine) : '*';
}
