import type { DeleteStateMachineCommandInput, DeleteStateMachineCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import { stateMachineRecords } from '../../records.ts';
import * as shapes from '../../shapes.ts';
import { machineName } from '../find.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({ stateMachineArn: shapes.arn });

/** Begins the deletion of a state machine with its versions and aliases. Deleting what is not there is no error. */
export const deleteStateMachine = serviceOperation<
  MachineRuntime,
  DeleteStateMachineCommandInput,
  DeleteStateMachineCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => machineAccess('DeleteStateMachine', context, input.stateMachineArn),
  handler: ({ ledger, deletions }, input, context) => {
    const scope = scopeOf(context);
    const machine = ledger.get(stateMachineRecords, scope, machineName(scope, input.stateMachineArn));
    if (machine?.status === 'ACTIVE') ledger.transact((transaction) => deletions.begin(transaction, machine));
    return {};
  },
});
