import { CommitFailed, ServiceError } from '../../../core/errors.ts';
import type { TaskReport } from '../contract.ts';

export type TaskFailure = TaskReport & { readonly type: 'taskFailed' };

/** How the errors of a called service are named and told. */
export type ErrorStyle =
  /** The optimised integrations: `Batch.ClientException`, and `Batch.AWSBatchException` for codes without a type. */
  | {
      readonly kind: 'optimised';
      readonly prefix: string;
      /** The service's name in causes: `AWSBatch`. */
      readonly service: string;
      readonly general: string;
    }
  /** `aws-sdk:*`: `CloudWatchLogs.ResourceNotFoundException`. */
  | { readonly kind: 'sdk'; readonly prefix: string };

export const optimisedStyles = {
  batch: { kind: 'optimised', prefix: 'Batch', service: 'AWSBatch', general: 'AWSBatchException' },
  sns: { kind: 'optimised', prefix: 'SNS', service: 'AmazonSNS', general: 'AmazonSNSException' },
  states: {
    kind: 'optimised',
    prefix: 'StepFunctions',
    service: 'AWSStepFunctions',
    general: 'AWSStepFunctionsException',
  },
} as const satisfies Readonly<Record<string, ErrorStyle>>;

/** Codes that any AWS service answers and none models: the SDK has only its service's general type for them. */
const untyped = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InternalFailure',
  'InvalidClientTokenId',
  'MalformedInput',
  'MissingAction',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'SerializationException',
  'ServiceUnavailable',
  'UnknownOperationException',
  'ValidationError',
]);

/**
 * What a call's error makes of its task (spec 07 §8). Undefined when it says nothing about the call: memory is then
 * rebuilt, and the call made again.
 */
export function callFailure(
  error: unknown,
  call: { readonly style: ErrorStyle; readonly requestId: string; readonly internalCode: string },
): Pick<TaskFailure, 'error' | 'cause'> | undefined {
  if (error instanceof CommitFailed) return undefined;
  const { style, requestId, internalCode } = call;
  const told =
    error instanceof ServiceError
      ? error
      : new ServiceError(internalCode, `An internal error occurred. The server's log tells more under ${requestId}.`, {
          status: 500,
        });
  return { error: errorName(style, told.code), cause: describe(style, told, requestId) };
}

/** The name that retriers and catchers match. AWS adds `Exception` where a code lacks it. */
export function errorName(style: ErrorStyle, code: string): string {
  const general = style.kind === 'optimised' ? style.general : `${style.prefix}Exception`;
  return `${style.prefix}.${untyped.has(code) ? general : exceptionName(code)}`;
}

/** `KMSAccessDenied` is the SDK's `KmsAccessDeniedException`; query codes such as `AWS.SimpleQueueService.X` end in X. */
function exceptionName(code: string): string {
  const last = code.slice(code.lastIndexOf('.') + 1);
  const words = last.replace(/[A-Z]+(?=[A-Z][a-z])/g, (run) => run.charAt(0) + run.slice(1).toLowerCase());
  return words.endsWith('Exception') ? words : `${words}Exception`;
}

function describe(style: ErrorStyle, { code, message, status }: ServiceError, requestId: string): string {
  if (style.kind === 'sdk') {
    return `${message} (Service: ${style.prefix}, Status Code: ${status}, Request ID: ${requestId}) (SDK Attempt Count: 1)`;
  }
  const { service } = style;
  return `${message} (Service: ${service}; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`;
}
