import { formatArn, type Scope } from '../../core/arn.ts';
import { noEventBus } from './refusals.ts';

export const defaultBus = 'default';

/** The ARN of a bus; what is an ARN already stays as it is. */
export function busArn(scope: Scope, nameOrArn: string = defaultBus): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : formatArn('events', scope, `event-bus/${nameOrArn}`);
}

/** Throws `ResourceNotFoundException` unless the default bus is meant, the only one that there is. */
export function requireDefaultBus(scope: Scope, nameOrArn: string | undefined): void {
  if (busArn(scope, nameOrArn) !== busArn(scope)) noEventBus(nameOrArn ?? defaultBus);
}

/** The ARN of a rule. Those of the default bus do not name it. */
export function ruleArn(scope: Scope, name: string, bus: string = defaultBus): string {
  const busName = bus.slice(bus.indexOf('/') + 1);
  return formatArn('events', scope, busName === defaultBus ? `rule/${name}` : `rule/${busName}/${name}`);
}
