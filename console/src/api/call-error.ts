import { isXml } from './answer.ts';
import { readQueryFailure } from './query.ts';

/** Why a call failed: what the server answered, or that it did not. */
export interface CallFailure {
  /** AWS's name of the error; `Unreachable` where no answer came. */
  readonly code: string;
  readonly message: string;
  /** Of HTTP; 0 where no answer came. */
  readonly status: number;
  readonly requestId?: string;
}

/** A call that failed, as pages see it. */
export class CallError extends Error {
  readonly failure: CallFailure;

  constructor(failure: CallFailure) {
    super(failure.message);
    this.failure = failure;
  }

  /** Whether a permission is missing: the page says so in its place, and nothing is broken. Services in JSON say so with 400. */
  get denied(): boolean {
    const { code } = this.failure;
    return code.startsWith('AccessDenied') || code === 'AuthorizationError';
  }

  /** Whether no server answered. */
  get unreachable(): boolean {
    return this.failure.status === 0;
  }

  /** Whether the session is over: its credentials no longer count. */
  get signedOut(): boolean {
    return sessionErrors.has(this.failure.code);
  }
}

const sessionErrors: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'SignedOut',
]);

/** What a refusal says: in JSON its code in a header or in `__type`, its words in `message`; in XML both in elements. */
export function readFailure(status: number, headers: Headers, text: string): CallFailure {
  const answer = parsed(text);
  const named = headers.get('x-amzn-errortype') ?? answer.__type ?? answer.code ?? 'UnknownError';
  const message = answer.message ?? answer.Message;
  const requestId = headers.get('x-amzn-requestid');
  return {
    code: String(named).replace(/^.*#/, '').replace(/:.*$/, ''),
    message: typeof message === 'string' ? message : `The server answered with status ${status}.`,
    status,
    ...(requestId !== null && { requestId }),
  };
}

function parsed(text: string): Record<string, unknown> {
  if (isXml(text)) return readQueryFailure(text);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // No JSON: what stands between us and the server answered. Its status says enough.
    return {};
  }
}
