import type { RoutingConfigurationListItem } from '@aws-sdk/client-sfn';
import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { readArn } from '../names.ts';
import {
  type StateMachineAliasRecord,
  type StateMachineRecord,
  stateMachineRecords,
  stateMachineVersionRecords,
} from '../records.ts';
import { noResource, stateMachineDeleting, validationError } from '../refusals.ts';

export type Routing = StateMachineAliasRecord['routing'];

/**
 * The machine whose versions an alias shall route to. Throws unless they are one or two different versions of one machine
 * that exist, with weights that add up to 100.
 */
export function checkRouting(
  ledger: Ledger,
  scope: Scope,
  items: readonly RoutingConfigurationListItem[],
): { readonly machine: StateMachineRecord; readonly routing: Routing } {
  const routing = items.map(({ stateMachineVersionArn = '', weight = 0 }) => ({ stateMachineVersionArn, weight }));
  const arns = routing.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
  const named = arns.map((arn) => readArn(scope, arn, 'version', 'stateMachine', 'alias'));
  const versions = named.filter((each) => each.kind === 'version');
  if (versions.length < named.length) {
    refuse(`must contain state machine version ARNs. Received: [${arns.join(', ')}]`);
  }
  const [name = '', ...others] = new Set(versions.map(({ machine }) => machine));
  if (others.length > 0) refuse(`must contain versions of the same state machine. Received: [${arns.join(', ')}]`);
  if (new Set(arns).size < arns.length) {
    refuse(`must contain distinct state machine version ARNs. Received: [${arns.join(', ')}]`);
  }
  checkWeights(routing);
  const machine = ledger.get(stateMachineRecords, scope, name) ?? noResource(arns[0] ?? '');
  if (machine.status === 'DELETING') stateMachineDeleting(machine.arn);
  for (const [index, { version }] of versions.entries()) {
    if (!ledger.get(stateMachineVersionRecords, scope, `${name}:${version}`)) noResource(arns[index] ?? '');
  }
  return { machine, routing };
}

function checkWeights(routing: Routing): void {
  const weights = routing.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) === 100) return;
  validationError(
    `Sum of routing configuration weights must equal 100. Received: [${weights.join(', ')}]`,
    'INVALID_ROUTING_CONFIGURATION',
  );
}

function refuse(problem: string): never {
  return validationError(`Routing configuration ${problem}`, 'INVALID_ROUTING_CONFIGURATION');
}

export function isSameRouting(one: Routing, other: Routing): boolean {
  const keyOf = (routing: Routing) =>
    routing
      .map(({ stateMachineVersionArn, weight }) => `${stateMachineVersionArn} ${weight}`)
      .sort()
      .join();
  return keyOf(one) === keyOf(other);
}
