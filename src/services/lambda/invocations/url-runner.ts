import type { Clock } from '../../../core/clock.ts';
import type { FunctionSettings, UrlSettings } from '../functions.ts';
import { serviceFailure } from '../refusals.ts';
import { largestAnswer } from './limits.ts';
import { answered, failedWith, type Invocation, type InvocationOutcome, isFunctionError, parsed } from './outcome.ts';

/** Where Lambda's Runtime Interface Emulator takes events. */
const emulatorPath = '/2015-03-31/functions/function/invocations';

/** Posts events to URLs. Follows no redirections. */
export class UrlRunner {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `ServiceException` where nobody answers. */
  async run(
    settings: FunctionSettings,
    { url }: UrlSettings,
    invocation: Invocation,
    signal: AbortSignal,
  ): Promise<InvocationOutcome> {
    const late = new AbortController();
    const cancel = this.#clock.after(settings.timeout, () => late.abort());
    try {
      const either = AbortSignal.any([signal, late.signal]);
      return await post(addressOf(url), invocation, either);
    } catch (error) {
      if (late.signal.aborted) return timedOut(settings, invocation);
      if (signal.aborted) throw signal.reason;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw serviceFailure(`The URL of function ${settings.name} does not answer: ${wordsOf(cause)}`);
    } finally {
      cancel();
    }
  }
}

export function timedOut({ timeout }: FunctionSettings, { requestId }: Invocation, log = ''): InvocationOutcome {
  const seconds = (timeout / 1000).toFixed(2);
  return failedWith('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`, log);
}

function addressOf(url: string): URL {
  const address = new URL(url);
  return address.pathname === '/' ? new URL(emulatorPath, address) : address;
}

async function post(address: URL, invocation: Invocation, signal: AbortSignal): Promise<InvocationOutcome> {
  const { event, requestId, clientContext } = invocation;
  const headers = {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': requestId,
    ...(clientContext === undefined ? {} : { 'x-amz-client-context': clientContext }),
  };
  const response = await fetch(address, { method: 'POST', headers, body: event, redirect: 'manual', signal });
  const text = await bodyOf(response);
  if (text === undefined) {
    const words = `Response payload size exceeded maximum allowed payload size (${largestAnswer} bytes).`;
    return failedWith('Function.ResponseSizeTooLarge', words);
  }
  const payload = text === '' ? 'null' : parsed(text) === undefined ? JSON.stringify(text) : text;
  if (response.headers.has('x-amz-function-error') || isFunctionError(payload))
    return { payload, isError: true, log: '' };
  if (response.ok) return answered(payload);
  const words = `RequestId: ${requestId} Error: the function's URL answered ${response.status}`;
  return failedWith('Runtime.ExitError', words);
}

/** Undefined if it is too much. */
async function bodyOf({ body }: Response): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    size += piece.length;
    // Leaving the loop closes the connection.
    if (size > largestAnswer) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
