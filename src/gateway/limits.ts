import type { Milliseconds } from '../core/ids.ts';

/** How much a client may ask of the gateway. */
export interface GatewayLimits {
  /** Largest body. PutLogEvents alone may hold 1 MiB of events, and as much again of JSON around them. */
  readonly bodyBytes: number;
  /** Largest request line and headers together. */
  readonly headerBytes: number;
  readonly headerCount: number;
  /** Deepest nesting of JSON, XML-like parameters included. */
  readonly jsonDepth: number;
  /** Most parameters of one query-protocol request. */
  readonly parameterCount: number;
  /** How long a client may take to send its headers. */
  readonly headersTime: Milliseconds;
  /** How long a client may take to send the whole request. */
  readonly requestTime: Milliseconds;
  /** How long an idle connection is kept. Load balancers and SDK pools keep theirs for 60 s: ours must outlast them. */
  readonly keepAliveTime: Milliseconds;
  /** Connections at once; further ones are closed at once. */
  readonly connections: number;
  /** How long `close` lets requests in flight finish. */
  readonly closeTime: Milliseconds;
}

export const defaultLimits: GatewayLimits = {
  bodyBytes: 4 * 1024 * 1024,
  headerBytes: 16 * 1024,
  headerCount: 100,
  jsonDepth: 64,
  parameterCount: 10_000,
  headersTime: 20_000,
  requestTime: 60_000,
  keepAliveTime: 76_000,
  connections: 4096,
  closeTime: 10_000,
};
