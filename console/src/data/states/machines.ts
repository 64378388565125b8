import type {
  DescribeStateMachineCommandOutput,
  ListStateMachineAliasesCommandOutput,
  ListStateMachinesCommandOutput,
  ListStateMachineVersionsCommandOutput,
  StateMachineListItem,
  StateMachineType,
  ValidateStateMachineDefinitionCommandOutput,
} from '@aws-sdk/client-sfn';
import { useCall, type Wire } from '../use-call.ts';

export type MachineItem = Wire<StateMachineListItem>;
export type Machine = Wire<Omit<DescribeStateMachineCommandOutput, '$metadata'>>;

const pageSize = 50;
/** As many as the service gives at once. */
const most = 1000;

export function useMachines(nextToken: string | undefined) {
  const input = { maxResults: pageSize, ...(nextToken !== undefined && { nextToken }) };
  const call = { service: 'states', operation: 'ListStateMachines', input } as const;
  return useCall<Wire<ListStateMachinesCommandOutput>>(call);
}

/** A machine as it is now, or by the ARN of a version as it was then. */
export function useMachine(stateMachineArn: string) {
  const call = { service: 'states', operation: 'DescribeStateMachine', input: { stateMachineArn } } as const;
  return useCall<Machine>(call);
}

/** Newest first. */
export function useVersions(stateMachineArn: string) {
  const input = { stateMachineArn, maxResults: most };
  const call = { service: 'states', operation: 'ListStateMachineVersions', input } as const;
  return useCall<Wire<ListStateMachineVersionsCommandOutput>>(call);
}

export function useAliases(stateMachineArn: string) {
  const input = { stateMachineArn, maxResults: most };
  const call = { service: 'states', operation: 'ListStateMachineAliases', input } as const;
  return useCall<Wire<ListStateMachineAliasesCommandOutput>>(call);
}

/** All that is wrong or doubtful in a definition. An empty one is not asked about. */
export function useValidation(definition: string, type: StateMachineType) {
  const input = { definition, type, severity: 'WARNING' };
  const call = { service: 'states', operation: 'ValidateStateMachineDefinition', input } as const;
  return useCall<Wire<ValidateStateMachineDefinitionCommandOutput>>(call, { enabled: definition.trim() !== '' });
}
