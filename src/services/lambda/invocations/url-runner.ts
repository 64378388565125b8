import type { Clock } from '../../../core/clock.ts';
import type { FunctionSettings, UrlSettings } from '../functions.ts';
import { serviceFailure } from '../refusals.ts';
import { largestAnswer } from './limits.ts';
import { answered, failedWith, type Invocation, type InvocationOutcome, isFunctionError, parsed } from './outcome.ts';
import { postTo } from './url-request.ts';

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
      throw serviceFailure(`The URL of function ${settings.name} does not answer: ${wordsOf(error)}`);
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
  const answer = await postTo(address, { headers, body: event, longest: largestAnswer, signal });
  const { status, text } = answer;
  if (text === undefined) {
    const words = `Response payload size exceeded maximum allowed payload size (${largestAnswer} bytes).`;
    return failedWith('Function.ResponseSizeTooLarge', words);
  }
  const payload = text === '' ? 'null' : parsed(text) === undefined ? JSON.stringify(text) : text;
  if (answer.headers['x-amz-function-error'] !== undefined || isFunctionError(payload))
    return { payload, isError: true, log: '' };
  if (status >= 200 && status < 300) return answered(payload);
  const words = `RequestId: ${requestId} Error: the function's URL answered ${status}`;
  return failedWith('Runtime.ExitError', words);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
