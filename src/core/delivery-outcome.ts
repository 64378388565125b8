import { ServiceError } from './errors.ts';
import type { Milliseconds } from './ids.ts';

/** What became of a try. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** It may go well another time. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly retryAfter?: Milliseconds }
  /** It never will. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

const throttled = /^(Throttl\w*|TooManyRequestsException|RequestLimitExceeded|LimitExceeded\w*|\w*LimitExceeded)$/;
const denied = /^(AccessDenied\w*|AuthorizationError\w*|UnauthorizedOperation)$/;
const missing = /^(NotFound\w*|ResourceNotFound\w*|\w*DoesNotExist|\w*NonExistentQueue|UnknownServiceException)$/;

/** In the codes of dead letters. */
export function outcomeOf(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ServiceError) || error.status >= 500)
    return { kind: 'failed', code: 'INTERNAL_ERROR', message };
  const { code } = error;
  if (throttled.test(code)) return { kind: 'failed', code: 'THROTTLING', message };
  if (denied.test(code)) return { kind: 'refused', code: 'NO_PERMISSIONS', message };
  if (missing.test(code)) return { kind: 'refused', code: 'NO_RESOURCE', message };
  return { kind: 'refused', code: 'INVALID_PARAMETER', message: `${code}: ${message}` };
}
