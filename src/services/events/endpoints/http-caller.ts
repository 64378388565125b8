import { scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Ledger } from '../../../store/index.ts';
import { apiDestinationPlace } from '../names.ts';
import { KeptFromAddress } from './address-guard.ts';
import type { Connections } from './connections.ts';
import { NoToken } from './connections.ts';
import type { HttpAnswer, SendHttp } from './http-client.ts';
import { CannotBeSent, type HttpParameters, invocationRequest } from './invocation.ts';
import { type ApiDestinationRecord, apiDestinationRecords, type ConnectionRecord } from './records.ts';

/** What became of a request, as deliveries have it. */
export type HttpOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly retryAfter?: Milliseconds }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** What is sent to an API destination. */
export interface HttpSending {
  readonly arn: string;
  readonly parameters: HttpParameters;
  readonly payload: string;
  readonly eventId: string;
}

interface HttpCallerOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly connections: Connections;
  readonly send: SendHttp;
}

/** Of AWS: these and 5xx may go well another time. */
const retried: readonly number[] = [401, 407, 409, 429];
const second: Milliseconds = 1_000;

/** Sends what API destinations are sent, at the rate that each takes. */
export class HttpCaller {
  readonly #options: HttpCallerOptions;
  /** Requests to each destination in its present second. */
  readonly #rates = new Map<string, { readonly since: Milliseconds; count: number }>();

  constructor(options: HttpCallerOptions) {
    this.#options = options;
  }

  find(arn: string): ApiDestinationRecord | undefined {
    const place = apiDestinationPlace(arn);
    const found = place && this.#options.ledger.get(apiDestinationRecords, scopeOf(place), place.name);
    return found && found.id === place?.id ? found : undefined;
  }

  /** How long a destination is to be left alone after the request that begins now: till the next second, once this one is full. */
  gapAfterNext(arn: string): Milliseconds {
    const rate = this.find(arn)?.ratePerSecond ?? Number.POSITIVE_INFINITY;
    const now = this.#options.clock.monotonic();
    const known = this.#rates.get(arn);
    const present = known && now - known.since < second ? known : { since: now, count: 0 };
    this.#rates.set(arn, present);
    present.count += 1;
    if (present.count < rate) return 0;
    this.#rates.delete(arn);
    return Math.ceil(present.since + second - now);
  }

  /** Never throws. */
  async call(sending: HttpSending, signal: AbortSignal): Promise<HttpOutcome> {
    const destination = this.find(sending.arn);
    if (!destination) return refused('NO_RESOURCE', `API destination ${sending.arn} does not exist.`);
    const connection = this.#connectionOf(destination);
    if (!connection) return refused('NO_RESOURCE', `The connection of ${sending.arn} does not exist.`);
    if (connection.state !== 'AUTHORIZED') {
      return failed('CONNECTION_FAILURE', `The connection ${connection.name} is ${connection.state}.`);
    }
    try {
      return this.#outcomeOf(connection, await this.#send(destination, connection, sending, signal));
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  #connectionOf({ account, region, connection, connectionId }: ApiDestinationRecord): ConnectionRecord | undefined {
    const found = this.#options.connections.find({ account, region }, connection);
    return found?.id === connectionId ? found : undefined;
  }

  async #send(
    destination: ApiDestinationRecord,
    connection: ConnectionRecord,
    { parameters, payload, eventId }: HttpSending,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { connections, send } = this.#options;
    const authorization = connections.open(connection);
    const { proof } = authorization;
    const isOAuth = proof?.type === 'OAUTH_CLIENT_CREDENTIALS';
    const token = isOAuth ? await connections.tokenOf(connection, proof, signal) : undefined;
    const request = invocationRequest({ destination, authorization, token, parameters, payload, eventId });
    return send(request, { body: false }, signal);
  }

  #outcomeOf(connection: ConnectionRecord, { status, retryAfter }: HttpAnswer): HttpOutcome {
    if (status >= 200 && status < 300) return { kind: 'delivered' };
    if (status === 401 || status === 407) this.#options.connections.dropToken(connection);
    const message = `The endpoint answered ${status}.`;
    if (status < 500 && !retried.includes(status)) return refused('ERROR_FROM_TARGET', message);
    const wait = retryAfter === undefined ? undefined : waitOf(retryAfter, this.#options.clock.now());
    if (wait === undefined) return failed('ERROR_FROM_TARGET', message);
    // It asks not to be tried again.
    if (wait < 0) return refused('ERROR_FROM_TARGET', message);
    return { ...failed('ERROR_FROM_TARGET', message), retryAfter: wait };
  }
}

/** What `Retry-After` says: seconds, or a date. Undefined for what is neither. */
function waitOf(text: string, now: number): Milliseconds | undefined {
  if (/^-?\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function outcomeOfError(error: unknown): HttpOutcome {
  const message = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof KeptFromAddress) return refused('NO_PERMISSIONS', message);
  if (error instanceof CannotBeSent) return refused('INVALID_PARAMETER', message);
  if (error instanceof NoToken) return failed('CONNECTION_FAILURE', message);
  return failed('SDK_CLIENT_ERROR', message);
}

function failed(code: string, message: string) {
  return { kind: 'failed', code, message } as const;
}

function refused(code: string, message: string) {
  return { kind: 'refused', code, message } as const;
}
