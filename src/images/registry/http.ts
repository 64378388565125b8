import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import { Agent as HttpAgent, request as httpRequest } from '../../core/node-http.ts';
import { PullFailed } from '../contract.ts';
import { ConnectionLost } from './connection-lost.ts';
import { isLoopback, type RegistrySettings } from './settings.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  readonly signal: AbortSignal;
}

/** How long a connection is kept without use: jobs may name any number of registries, and not all of those close theirs. */
const keptFor: Milliseconds = 15_000;

/** The connections to hosts that are trusted alike, kept for the next request. */
export class Connections {
  readonly #plain: InstanceType<typeof HttpAgent>;
  readonly #secure: HttpsAgent;

  constructor(settings: RegistrySettings, unused = keptFor) {
    const kept = { keepAlive: true, maxSockets: 8, timeout: unused };
    this.#plain = new HttpAgent(kept);
    this.#secure = new HttpsAgent({
      ...kept,
      ...(settings.ca !== undefined && { ca: [...getCACertificates('default'), settings.ca] }),
      ...(settings.insecure && settings.ca === undefined && { rejectUnauthorized: false }),
    });
  }

  send(request: HttpRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = this.#begin(request);
      sent.on('response', resolve);
      sent.on('error', reject);
      sent.end();
    });
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #begin({ url, headers, signal }: HttpRequest): ClientRequest {
    if (url.protocol === 'http:') return httpRequest(url, { agent: this.#plain, headers, signal });
    return httpsRequest(url, { agent: this.#secure, headers, signal });
  }
}

/** The settings of a host: insecure on this machine's loopback unless they say more. */
export function settingsOf(host: string, given: RegistrySettings | undefined): RegistrySettings {
  const insecure = given?.insecure ?? (given?.ca === undefined && isLoopback(host.replace(/:\d+$/, '')));
  return { ...given, insecure };
}

/** Runs `work` with a signal that says after so long that time is over; what it throws then is `ConnectionLost` with the words. */
export async function within<Result>(
  clock: Clock,
  limit: Milliseconds,
  words: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const cancel = clock.after(limit, () => over.abort());
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } catch (error) {
    signal.throwIfAborted();
    throw over.signal.aborted ? new ConnectionLost(words, { cause: error }) : error;
  } finally {
    cancel();
  }
}

const away: ReadonlySet<unknown> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ETIMEDOUT',
]);

/** What a failed connection means: one to try again, or a registry that is not the one it says it is. */
export function connectionError(error: unknown, url: URL): Error {
  if (!(error instanceof Error)) return new ConnectionLost(`${url.origin} failed`, { cause: error });
  if (error instanceof ConnectionLost || error instanceof PullFailed) return error;
  const code = codeOf(error);
  if (isDistrust(code))
    return new PullFailed(`Get "${url.origin}/v2/": tls: failed to verify certificate: ${error.message}`, {
      cause: error,
    });
  // Most messages have their code; several addresses that all refused have no message.
  const what = error.message.includes(code ?? '') ? error.message : [code, error.message].filter(Boolean).join(': ');
  return new ConnectionLost(`Get "${url.origin}/v2/": ${what}`, { isAway: away.has(code), cause: error });
}

/** Whether the other side speaks no TLS. */
export function isNotTls(error: unknown): boolean {
  return (
    error instanceof Error && /EPROTO|ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)/.test(codeOf(error) ?? '')
  );
}

/** Several addresses that all refused are one error with several causes. */
function codeOf(error: Error): string | undefined {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined || !(error instanceof AggregateError)) return code;
  const [first] = error.errors;
  return first instanceof Error ? codeOf(first) : undefined;
}

function isDistrust(code: string | undefined): boolean {
  return code !== undefined && (/^(?:CERT_|UNABLE_TO_|ERR_TLS_CERT)/.test(code) || distrust.has(code));
}

const distrust: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);
