import { readAnswer } from '../api/answer.ts';
import { type CallFailure, readFailure } from '../api/call-error.ts';
import type { StreamedEvent } from '../api/event-stream.ts';
import { type Call, encodeCall } from '../api/protocol.ts';
import { type Credentials, signed } from '../api/sign.ts';
import { eventsOf } from './streamed-events.ts';

export type Sent =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly failure: CallFailure };

/** Sends calls to the server that served this page, signed by its clock. */
export class Sender {
  /** How far the server's clock is ahead of this machine's, in milliseconds, as its last answer told. */
  #ahead = 0;
  /** Of the server that served this page. */
  readonly #host: string;

  constructor(host: string) {
    this.#host = host;
  }

  /** Now, by the server's clock. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  async send(call: Call, region: string, credentials: Credentials): Promise<Sent> {
    try {
      const response = await this.#request(call, region, credentials);
      const text = await response.text();
      if (response.ok) return { kind: 'value', value: readAnswer(text) };
      return { kind: 'failure', failure: readFailure(response.status, response.headers, text) };
    } catch (error) {
      return { kind: 'failure', failure: unreachable(error) };
    }
  }

  /** Sends a call whose answer goes on. Tells each event, and resolves when there are no more, or at a failure; `signal` ends it. */
  async stream(
    call: Call,
    { region, credentials, signal }: { region: string; credentials: Credentials; signal: AbortSignal },
    tell: (event: StreamedEvent) => void,
  ): Promise<Sent> {
    try {
      const response = await this.#request(call, region, credentials, signal);
      if (!response.ok) {
        return { kind: 'failure', failure: readFailure(response.status, response.headers, await response.text()) };
      }
      for await (const event of eventsOf(response)) {
        if (event.isException) return { kind: 'failure', failure: failureOf(event) };
        tell(event);
      }
      return { kind: 'value', value: undefined };
    } catch (error) {
      return { kind: 'failure', failure: unreachable(error) };
    }
  }

  async #request(call: Call, region: string, credentials: Credentials, signal?: AbortSignal): Promise<Response> {
    const { method, path, query, headers, body } = encodeCall(call);
    const host = this.#host;
    const now = new Date(this.now());
    const request = { method, host, path, query, headers, body, service: call.service, region, now };
    const response = await fetch(query === '' ? path : `${path}?${query}`, {
      ...{ method, headers: await signed(request, credentials), cache: 'no-store' },
      ...(method !== 'GET' && body !== '' && { body }),
      ...(signal && { signal }),
    });
    this.#learnTime(response.headers.get('date'));
    return response;
  }

  /** The Date header has whole seconds: less than two are no difference. */
  #learnTime(date: string | null): void {
    if (date === null) return;
    const ahead = Date.parse(date) - Date.now();
    if (Number.isFinite(ahead) && Math.abs(ahead - this.#ahead) > 2000) this.#ahead = ahead;
  }
}

function unreachable(error: unknown): CallFailure {
  return { code: 'Unreachable', message: `The server does not answer: ${String(error)}`, status: 0 };
}

/** The server ended a stream, and said why. */
function failureOf({ type, value }: StreamedEvent): CallFailure {
  const { message } = value as { readonly message?: unknown };
  return { code: type, message: typeof message === 'string' ? message : type, status: 200 };
}
