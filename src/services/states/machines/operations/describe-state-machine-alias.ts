import type {
  DescribeStateMachineAliasCommandInput,
  DescribeStateMachineAliasCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import * as shapes from '../../shapes.ts';
import { requireAlias } from '../find.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({ stateMachineAliasArn: shapes.arn });

/** Describes an alias of a state machine. */
export const describeStateMachineAlias = serviceOperation<
  MachineRuntime,
  DescribeStateMachineAliasCommandInput,
  DescribeStateMachineAliasCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: (input, context) => machineAccess('DescribeStateMachineAlias', context, input.stateMachineAliasArn),
  handler: ({ ledger }, { stateMachineAliasArn }, context) => {
    const alias = requireAlias(ledger, scopeOf(context), stateMachineAliasArn);
    return {
      stateMachineAliasArn: alias.arn,
      name: alias.aliasName,
      ...(alias.description === undefined ? {} : { description: alias.description }),
      routingConfiguration: [...alias.routing],
      creationDate: new Date(alias.createdAt),
      updateDate: new Date(alias.updatedAt),
    };
  },
});
