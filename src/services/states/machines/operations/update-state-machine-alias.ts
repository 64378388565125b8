import type { UpdateStateMachineAliasCommandInput, UpdateStateMachineAliasCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import { stateMachineAliasRecords, stateMachineRecords } from '../../records.ts';
import { stateMachineDeleting, validationError } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { requireAlias } from '../find.ts';
import { checkRouting } from '../routing.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({
  stateMachineAliasArn: shapes.arn,
  description: shapes.description.optional(),
  routingConfiguration: shapes.routingConfiguration.optional(),
});

/** Changes the description of an alias, or where it routes to. */
export const updateStateMachineAlias = serviceOperation<
  MachineRuntime,
  UpdateStateMachineAliasCommandInput,
  UpdateStateMachineAliasCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => machineAccess('UpdateStateMachineAlias', context, input.stateMachineAliasArn),
  handler: ({ ledger, clock }, { stateMachineAliasArn, description, routingConfiguration }, context) => {
    const scope = scopeOf(context);
    if (description === undefined && routingConfiguration === undefined) {
      const message = 'Either the description or the RoutingConfiguration must be specified';
      validationError(message, 'MISSING_REQUIRED_PARAMETER');
    }
    const alias = requireAlias(ledger, scope, stateMachineAliasArn);
    const machine = ledger.get(stateMachineRecords, scope, alias.stateMachineName);
    if (machine?.status === 'DELETING') stateMachineDeleting(machine.arn);
    const routed = routingConfiguration && checkRouting(ledger, scope, routingConfiguration);
    if (routed && routed.machine.name !== alias.stateMachineName) {
      const message = `Routing configuration must contain versions of state machine ${alias.stateMachineName}.`;
      validationError(message, 'INVALID_ROUTING_CONFIGURATION');
    }
    const updatedAt = clock.now();
    const changed = {
      ...(description === undefined ? {} : { description }),
      ...(routed && { routing: routed.routing }),
    };
    ledger.transact((transaction) => transaction.put(stateMachineAliasRecords, { ...alias, ...changed, updatedAt }));
    return { updateDate: new Date(updatedAt) };
  },
});
