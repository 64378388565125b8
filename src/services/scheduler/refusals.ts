import { ServiceError } from '../../core/errors.ts';

/** What EventBridge Scheduler refuses, in its codes and words. Each function throws. */

export function invalid(message: string): never {
  throw new ServiceError('ValidationException', message);
}

export function noSchedule(name: string): never {
  throw new ServiceError('ResourceNotFoundException', `Schedule ${name} does not exist.`, { status: 404 });
}

export function noGroup(name: string): never {
  throw new ServiceError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, { status: 404 });
}

export function scheduleExists(name: string): never {
  throw new ServiceError('ConflictException', `Schedule ${name} already exists.`, { status: 409 });
}

export function groupExists(name: string): never {
  throw new ServiceError('ConflictException', `Schedule group ${name} already exists.`, { status: 409 });
}

/** Nothing more is done with a group that is being deleted. */
export function groupIsDeleting(name: string): never {
  throw new ServiceError('ConflictException', `Schedule group ${name} is being deleted.`, { status: 409 });
}

export function tokenUsed(): never {
  const words = 'The ClientToken was used with other parameters.';
  throw new ServiceError('ConflictException', words, { status: 409 });
}

export function tooMany(what: string, most: number): never {
  const words = `The limit of ${most} ${what} of an account in a region is reached.`;
  throw new ServiceError('ServiceQuotaExceededException', words, { status: 402 });
}

export function invalidToken(): never {
  return invalid('The NextToken is not valid.');
}
