import { ServiceError } from '../../core/errors.ts';

/** A parameter that is not right: AWS's code and the beginning of its words. */
export function invalidParameter(what: string): ServiceError {
  return new ServiceError('InvalidParameter', `Invalid parameter: ${what}`);
}

/** Throws `InvalidParameter` unless `holds`. */
export function demand(holds: unknown, what: string): asserts holds {
  if (!holds) throw invalidParameter(what);
}

/** A value that does not fit its type: message attributes, `InvalidParameterValueException` in the SDK. */
export function invalidValue(message: string): ServiceError {
  return new ServiceError('ParameterValueInvalid', message);
}

export function topicMissing(): ServiceError {
  return new ServiceError('NotFound', 'Topic does not exist', { status: 404 });
}

export function subscriptionMissing(): ServiceError {
  return new ServiceError('NotFound', 'Subscription does not exist', { status: 404 });
}

/** For tags: AWS has a code of its own there. */
export function resourceMissing(): ServiceError {
  return new ServiceError('ResourceNotFound', 'Resource does not exist', { status: 404 });
}

export function notAuthorized(message: string): ServiceError {
  return new ServiceError('AuthorizationError', message, { status: 403 });
}

/** Too much waits to be delivered; SDKs try again by themselves. */
export function throttled(): ServiceError {
  const message = 'Rate exceeded: too many deliveries wait for their endpoints';
  return new ServiceError('Throttled', message, { status: 429 });
}
