import { ServiceError } from '../../core/errors.ts';
import type { QueryError } from '../../core/operation.ts';

/** What SQS's codes are called by the query protocol, with the status that they have there. */
export const queryCodes: Readonly<Record<string, QueryError>> = {
  BatchEntryIdsNotDistinct: ['AWS.SimpleQueueService.BatchEntryIdsNotDistinct', 400],
  BatchRequestTooLong: ['AWS.SimpleQueueService.BatchRequestTooLong', 400],
  EmptyBatchRequest: ['AWS.SimpleQueueService.EmptyBatchRequest', 400],
  InvalidAddress: ['InvalidAddress', 404],
  InvalidBatchEntryId: ['AWS.SimpleQueueService.InvalidBatchEntryId', 400],
  InvalidParameterValueException: ['InvalidParameterValue', 400],
  InvalidSecurity: ['InvalidSecurity', 403],
  MessageNotInflight: ['AWS.SimpleQueueService.MessageNotInflight', 400],
  MissingRequiredParameterException: ['MissingParameter', 400],
  OverLimit: ['OverLimit', 403],
  PurgeQueueInProgress: ['AWS.SimpleQueueService.PurgeQueueInProgress', 403],
  QueueDeletedRecently: ['AWS.SimpleQueueService.QueueDeletedRecently', 400],
  QueueDoesNotExist: ['AWS.SimpleQueueService.NonExistentQueue', 400],
  QueueNameExists: ['QueueAlreadyExists', 400],
  ReceiptHandleIsInvalid: ['ReceiptHandleIsInvalid', 404],
  ResourceNotFoundException: ['ResourceNotFoundException', 404],
  TooManyEntriesInBatchRequest: ['AWS.SimpleQueueService.TooManyEntriesInBatchRequest', 400],
  UnsupportedOperation: ['AWS.SimpleQueueService.UnsupportedOperation', 400],
};

export function queueMissing(): ServiceError {
  return new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');
}

export function missing(member: string): ServiceError {
  return new ServiceError('MissingRequiredParameterException', `The request must contain the parameter ${member}.`);
}

/** A parameter that is not right, in SQS's words. */
export function invalidValue(member: string, value: unknown, reason: string): ServiceError {
  const shown = String(value).slice(0, 200);
  return invalid(`Value ${shown} for parameter ${member} is invalid. Reason: ${reason}`);
}

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

/** Throws unless a number lies within bounds that AWS gives. */
export function demandRange(member: string, value: number, [from, to]: readonly [number, number]): void {
  if (value >= from && value <= to) return;
  throw invalidValue(member, value, `Must be >= ${from} and <= ${to}, if provided.`);
}

export function handleInvalid(handle: string): ServiceError {
  const shown = handle.slice(0, 200);
  return new ServiceError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${shown}" is not a valid receipt handle.`,
  );
}
