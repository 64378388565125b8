import type { Scope } from '../../../core/arn.ts';

/** One event on its way to a function. */
export interface Invocation extends Scope {
  readonly requestId: string;
  /** The same for a try that is made again after a crash. */
  readonly key: string;
  /** JSON. */
  readonly event: string;
  readonly clientContext?: string;
}

/** What a function made of an event. */
export interface InvocationOutcome {
  /** JSON. */
  readonly payload: string;
  /** The function failed, and `payload` says how. */
  readonly isError: boolean;
  /** The end of what it logged. */
  readonly log: string;
}

export function answered(payload: string, log = ''): InvocationOutcome {
  return { payload, isError: false, log };
}

/** In the shape of AWS's errors of functions. */
export function failedWith(errorType: string, errorMessage: string, log = ''): InvocationOutcome {
  return { payload: JSON.stringify({ errorType, errorMessage }), isError: true, log };
}

/** Whether a payload is an error of a function: what Lambda's runtimes answer when a handler throws. */
export function isFunctionError(payload: string): boolean {
  const value = parsed(payload);
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    'errorMessage' in value &&
    'errorType' in value
  );
}

/** Undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
