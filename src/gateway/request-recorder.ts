import type { IncomingMessage } from 'node:http';
import type { WireError } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { CompiledGatewayOptions } from './options.ts';
import { RequestMetrics } from './request-metrics.ts';

/** What is no AWS call: asked for all day long. */
const ownPages: ReadonlySet<string> = new Set(['health', 'pages']);

/** Writes down each request when its answer has been handed over: one log line, two metrics. */
export class RequestRecorder {
  readonly #options: CompiledGatewayOptions;
  readonly #metrics: RequestMetrics;

  constructor(options: CompiledGatewayOptions) {
    this.#options = options;
    this.#metrics = RequestMetrics.of(options.metrics);
  }

  /** Never secrets: no query (it may hold a signature), no headers, no body. */
  record(exchange: Exchange, status: number, request: IncomingMessage): void {
    const { clock, logger } = this.#options;
    const duration = clock.monotonic() - exchange.startedAt;
    const { requestId, service = 'unknown', entry, error, principal } = exchange;
    const operation = entry?.name ?? 'unknown';
    // Whatever the client calls an unknown service or operation must not become a series of its own.
    this.#metrics.record(entry || ownPages.has(service) ? service : 'unknown', operation, status, duration);
    this.#tell(exchange, status);
    const line = {
      requestId,
      method: request.method,
      service,
      operation,
      status,
      ms: Math.round(duration * 1000) / 1000,
      principal: principal?.arn,
      code: error?.code,
    };
    if (ownPages.has(service)) logger.debug(line, 'request');
    else logger.info(line, 'request');
  }

  #tell({ service, entry, principal, region }: Exchange, status: number): void {
    const { onCall, defaultRegion } = this.#options;
    if (!onCall || service === undefined || !entry || !principal) return;
    const { account } = principal;
    onCall({ account, region: region ?? defaultRegion, service, operation: entry.name, status });
  }

  /** A connection on which no request could be read. */
  recordUnread(error: WireError, requestId: string): void {
    this.#metrics.record('unknown', 'unknown', error.status, 0);
    this.#options.logger.info({ requestId, status: error.status, code: error.code }, 'unreadable request');
  }
}
