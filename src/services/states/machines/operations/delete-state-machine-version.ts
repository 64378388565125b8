import type {
  DeleteStateMachineVersionCommandInput,
  DeleteStateMachineVersionCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import { readArn } from '../../names.ts';
import { stateMachineVersionRecords } from '../../records.ts';
import { conflict } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { aliasesOf } from '../find.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({ stateMachineVersionArn: shapes.longArn });

/** Deletes a version that no alias routes to. Its executions go on. Deleting what is not there is no error. */
export const deleteStateMachineVersion = serviceOperation<
  MachineRuntime,
  DeleteStateMachineVersionCommandInput,
  DeleteStateMachineVersionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => machineAccess('DeleteStateMachineVersion', context, input.stateMachineVersionArn),
  handler: ({ ledger }, { stateMachineVersionArn }, context) => {
    const scope = scopeOf(context);
    const { machine, version } = readArn(scope, stateMachineVersionArn, 'version');
    const aliases = aliasesOf(ledger, scope, machine)
      .filter(({ routing }) => routing.some((route) => route.stateMachineVersionArn === stateMachineVersionArn))
      .map(({ aliasName }) => aliasName)
      .toArray();
    if (aliases.length > 0) {
      conflict(
        'Version to be deleted must not be referenced by an alias. ' +
          `Current list of aliases referencing this version: [${aliases.join(', ')}]`,
      );
    }
    ledger.transact((transaction) => transaction.delete(stateMachineVersionRecords, scope, `${machine}:${version}`));
    return {};
  },
});
