import type { DeleteStateMachineAliasCommandInput, DeleteStateMachineAliasCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import { stateMachineAliasRecords } from '../../records.ts';
import * as shapes from '../../shapes.ts';
import { findAlias } from '../find.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({ stateMachineAliasArn: shapes.arn });

/** Deletes an alias; the versions that it routes to stay. Deleting what is not there is no error. */
export const deleteStateMachineAlias = serviceOperation<
  MachineRuntime,
  DeleteStateMachineAliasCommandInput,
  DeleteStateMachineAliasCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => machineAccess('DeleteStateMachineAlias', context, input.stateMachineAliasArn),
  handler: ({ ledger }, { stateMachineAliasArn }, context) => {
    const alias = findAlias(ledger, scopeOf(context), stateMachineAliasArn);
    if (alias) ledger.transact((transaction) => transaction.delete(stateMachineAliasRecords, alias, alias.name));
    return {};
  },
});
