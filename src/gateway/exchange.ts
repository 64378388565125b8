import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccountId, EpochMilliseconds, Milliseconds, Region } from '../core/ids.ts';
import { Linked } from '../core/linked-list.ts';
import type { RequestContext } from '../core/operation.ts';
import type { CallSource, Principal } from '../core/principal.ts';
import type { HttpHead } from '../iam/index.ts';
import type { WireError } from './answer.ts';
import type { Mount } from './options.ts';
import type { CatalogueEntry } from './service-catalogue.ts';

/** One request and what has become known of it: the log and the metrics read it when the answer is sent. */
export class Exchange extends Linked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Wall clock. */
  readonly now: EpochMilliseconds;
  /** Monotonic clock. */
  readonly startedAt: Milliseconds;
  readonly path: string;
  readonly query: string;
  service: string | undefined;
  entry: CatalogueEntry | undefined;
  region: Region | undefined;
  principal: Principal | undefined;
  error: WireError | undefined;
  /** Where its path begins with what calls are made below. */
  mount: Mount | undefined;
  #abort: AbortController | undefined;
  #over: Error | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, requestId: string, now: number, startedAt: number) {
    super();
    this.request = request;
    this.response = response;
    this.requestId = requestId;
    this.now = now;
    this.startedAt = startedAt;
    const [path, query] = splitTarget(request.url ?? '/');
    this.path = path;
    this.query = query;
  }

  /** The request as its signature sees it, less the body. */
  head(): HttpHead {
    const { method = 'GET' } = this.request;
    return { method, path: this.path, query: this.query, headers: headersOf(this.request) };
  }

  context(account: AccountId, region: Region, principal: Principal): RequestContext {
    return new ExchangeContext(this, account, region, principal);
  }

  /** Aborts the handler's signal: the client went away or the server stops. */
  abort(reason: Error): void {
    this.#over ??= reason;
    this.#abort?.abort(reason);
  }

  /** Most handlers never ask for it: the controller and its listener are made on demand. */
  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal;
    this.#abort = new AbortController();
    if (this.#over || this.response.destroyed) this.#abort.abort(this.#over);
    else {
      this.response.once('close', () => {
        if (!this.response.writableFinished) this.abort(new Error('the client went away'));
      });
    }
    return this.#abort.signal;
  }
}

class ExchangeContext implements RequestContext {
  readonly account: AccountId;
  readonly region: Region;
  readonly principal: Principal;
  readonly requestId: string;
  readonly now: EpochMilliseconds;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange, account: AccountId, region: Region, principal: Principal) {
    this.account = account;
    this.region = region;
    this.principal = principal;
    this.requestId = exchange.requestId;
    this.now = exchange.now;
    this.#exchange = exchange;
  }

  /** The audit asks, and policies that look at it. */
  get source(): CallSource {
    const { socket, headers } = this.#exchange.request;
    const userAgent = headers['user-agent'];
    return {
      ...{ kind: 'network', address: socket.remoteAddress ?? '' },
      ...(userAgent === undefined ? {} : { userAgent }),
      ...('encrypted' in socket ? { secure: true } : {}),
    };
  }

  get signal(): AbortSignal {
    return this.#exchange.signal;
  }
}

/** Path and query of a request target; of an absolute one (`GET http://host/path`) too. */
function splitTarget(target: string): [path: string, query: string] {
  const origin = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = origin.indexOf('?');
  if (mark < 0) return [origin === '' ? '/' : origin, ''];
  return [mark === 0 ? '/' : origin.slice(0, mark), origin.slice(mark + 1)];
}

/**
 * Node joins repeated headers with `, ` and drops repetitions of some; a signature has them all, joined with `,`.
 * Only then are they collected anew.
 */
function headersOf(request: IncomingMessage): HttpHead['headers'] {
  const headers = request.headers as Record<string, string | undefined>;
  let count = 0;
  for (const _ in headers) count++;
  if (count * 2 === request.rawHeaders.length) return headers;
  return Object.fromEntries(Object.entries(request.headersDistinct).map(([name, values]) => [name, values?.join(',')]));
}
