import type { DescribeStateMachineCommandInput, DescribeStateMachineCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import type { Ledger } from '../../../../store/index.ts';
import { machineAccess } from '../../access.ts';
import { readArn } from '../../names.ts';
import {
  type StateMachineRecord,
  type StateMachineVersionRecord,
  stateMachineAliasRecords,
  stateMachineRecords,
  stateMachineVersionRecords,
} from '../../records.ts';
import { noStateMachine } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { describeRevision } from '../describe-revision.ts';
import { refuseLabel, storedRevision } from '../find.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({ stateMachineArn: shapes.arn, includedData: shapes.includedData.optional() });

type Input = z.infer<typeof schema>;

/**
 * Describes a state machine, or a version of it. An alias is described as the version that has most of its weight, which AWS
 * does not document.
 */
export const describeStateMachine = serviceOperation<
  MachineRuntime,
  DescribeStateMachineCommandInput,
  DescribeStateMachineCommandOutput
>()<Input>({
  schema,
  readOnly: true,
  audit: 'management',
  access: (input, context) => machineAccess('DescribeStateMachine', context, input.stateMachineArn),
  handler: ({ ledger }, input, context) => {
    const { machine, version } = find(ledger, scopeOf(context), input.stateMachineArn);
    const { description } = version ?? {};
    return {
      stateMachineArn: version?.arn ?? machine.arn,
      status: machine.status,
      ...describeRevision(
        storedRevision(ledger, context, version?.revisionId ?? machine.revisionId),
        input.includedData,
      ),
      type: machine.kind,
      creationDate: new Date((version ?? machine).createdAt),
      ...(description === undefined ? {} : { description }),
    };
  },
});

interface Found {
  readonly machine: StateMachineRecord;
  readonly version?: StateMachineVersionRecord | undefined;
}

function find(ledger: Ledger, scope: Scope, arn: string): Found {
  const named = readArn(scope, arn, 'stateMachine', 'version', 'alias');
  const machine = ledger.get(stateMachineRecords, scope, named.machine) ?? noStateMachine(arn);
  if (named.kind === 'stateMachine') {
    refuseLabel(named);
    return { machine };
  }
  const number =
    named.kind === 'version' ? named.version : mainVersion(ledger, scope, arn, `${named.machine}:${named.alias}`);
  const version = ledger.get(stateMachineVersionRecords, scope, `${named.machine}:${number}`);
  return { machine, version: version ?? noStateMachine(arn) };
}

function mainVersion(ledger: Ledger, scope: Scope, arn: string, key: string): number {
  const alias = ledger.get(stateMachineAliasRecords, scope, key) ?? noStateMachine(arn);
  const [first] = alias.routing.toSorted((a, b) => b.weight - a.weight);
  return readArn(scope, first?.stateMachineVersionArn ?? arn, 'version').version;
}
