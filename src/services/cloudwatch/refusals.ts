import { ServiceError } from '../../core/errors.ts';
import { type QueryError, unbuiltMessage } from '../../core/operation.ts';

/** What CloudWatch's codes are called by the query protocol, with the status that they have there. */
export const queryCodes: Readonly<Record<string, QueryError>> = {
  DashboardInvalidInputError: ['InvalidParameterInput', 400],
  DashboardNotFoundError: ['ResourceNotFound', 404],
  InternalServiceFault: ['InternalServiceError', 500],
  InvalidParameterCombinationException: ['InvalidParameterCombination', 400],
  InvalidParameterValueException: ['InvalidParameterValue', 400],
  InvalidFormatFault: ['InvalidFormat', 400],
  LimitExceededFault: ['LimitExceeded', 400],
  MissingRequiredParameterException: ['MissingParameter', 400],
  ResourceNotFound: ['ResourceNotFound', 404],
  ResourceNotFoundException: ['ResourceNotFoundException', 404],
  UnsupportedOperationException: ['NotImplemented', 400],
};

export function invalidValue(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

export function invalidCombination(message: string): ServiceError {
  return new ServiceError('InvalidParameterCombinationException', message);
}

export function missing(parameter: string): ServiceError {
  return new ServiceError('MissingRequiredParameterException', `The parameter ${parameter} is required.`);
}

/** A request that cannot be computed, as AWS refuses it. */
export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

export function invalidToken(): never {
  throw new ServiceError('InvalidNextToken', 'The next token is not valid.');
}

/** Part of an operation that AWS has and this version has not. */
export function notBuilt(what: string): ServiceError {
  return new ServiceError('UnsupportedOperationException', unbuiltMessage(what));
}

export function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw invalidValue(message);
}
