import { ServiceError } from '../../core/errors.ts';
import { unbuiltMessage } from '../../core/operation.ts';

/** What EventBridge refuses, in its codes and words. Each function throws. */

export function invalid(message: string): never {
  throw new ServiceError('ValidationException', message);
}

export function noEventBus(name: string): never {
  throw new ServiceError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
}

export function busExists(name: string): never {
  throw new ServiceError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
}

export function noRule(name: string, bus = 'default'): never {
  throw new ServiceError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`);
}

/** More rules of a bus, targets of a rule, or buses than there may be. */
export function tooMany(): never {
  throw new ServiceError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
}

/** The rule is another service's; some operations can be told to go on all the same. */
export function managedRule(name: string, canForce = false): never {
  const hint = canForce ? " Set 'force' parameter to true to override." : '';
  throw new ServiceError('ManagedRuleException', `${name} is a managed rule.${hint}`);
}

export function noArchive(name: string): never {
  throw new ServiceError('ResourceNotFoundException', `Archive ${name} does not exist.`);
}

export function noReplay(name: string): never {
  throw new ServiceError('ResourceNotFoundException', `Replay ${name} does not exist.`);
}

export function noConnection(name: string): never {
  throw new ServiceError(
    'ResourceNotFoundException',
    `Failed to describe the connection(s). Connection '${name}' does not exist.`,
  );
}

export function noApiDestination(name: string): never {
  throw new ServiceError(
    'ResourceNotFoundException',
    `Failed to describe the api-destination(s). An api-destination '${name}' does not exist.`,
  );
}

export function alreadyThere(kind: string, name: string): never {
  throw new ServiceError('ResourceAlreadyExistsException', `${kind} ${name} already exists.`);
}

/** What is asked for cannot be done as things are now. */
export function illegalStatus(kind: string, name: string): never {
  throw new ServiceError('IllegalStatusException', `${kind} ${name} is not in a valid state for this operation.`);
}

export function hasTargets(): never {
  return invalid("Rule can't be deleted since it has targets.");
}

export function invalidToken(): never {
  throw new ServiceError('InvalidToken', 'The NextToken is not valid.');
}

/** An operation, or what was asked of it, that this version has not: as the gateway answers one that is not built at all. */
export function notBuilt(operation: string): never {
  throw new ServiceError('UnsupportedOperationException', unbuiltMessage(operation));
}
