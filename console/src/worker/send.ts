import { readAnswer } from '../api/answer.ts';
import { readFailure } from '../api/call-error.ts';
import { type Call, encodeCall } from '../api/protocol.ts';
import { type Credentials, signed } from '../api/sign.ts';
import type { CallSender, Sent } from './sent.ts';

/** Sends calls to the server that served this page, signed by its clock. */
export class Sender implements CallSender {
  /** How far the server's clock is ahead of this machine's, in milliseconds, as its last answer told. */
  #ahead = 0;

  /** Now, by the server's clock. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** Unsigned without `credentials`. */
  async send(call: Call, region: string, credentials: Credentials | undefined): Promise<Sent> {
    const { path, headers, body } = encodeCall(call);
    const { host } = location;
    const request = { host, path, headers, body, service: call.service, region, now: new Date(this.now()) };
    const signedHeaders = credentials ? await signed(request, credentials) : headers;
    try {
      const response = await fetch(path, { method: 'POST', headers: signedHeaders, body, cache: 'no-store' });
      this.#learnTime(response.headers.get('date'));
      const text = await response.text();
      if (response.ok) return { kind: 'value', value: readAnswer(text) };
      return { kind: 'failure', failure: readFailure(response.status, response.headers, text) };
    } catch (error) {
      const message = `The server does not answer: ${String(error)}`;
      return { kind: 'failure', failure: { code: 'Unreachable', message, status: 0 } };
    }
  }

  /** The Date header has whole seconds: less than two are no difference. */
  #learnTime(date: string | null): void {
    if (date === null) return;
    const ahead = Date.parse(date) - Date.now();
    if (Number.isFinite(ahead) && Math.abs(ahead - this.#ahead) > 2000) this.#ahead = ahead;
  }
}
