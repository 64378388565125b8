import type { Milliseconds } from '../core/ids.ts';

/** How much a client may ask of the gateway. */
export interface GatewayLimits {
  /** Largest body of the few operations that declare that they need so much; that of others is 1 MiB. */
  readonly bodyBytes: number;
  /** Bodies that are arriving on all connections together. */
  readonly arrivingBytes: number;
  /** Largest request line and headers together. */
  readonly headerBytes: number;
  readonly headerCount: number;
  /** Deepest nesting of JSON, XML-like parameters included. */
  readonly jsonDepth: number;
  /** How long a client may take to send its headers. */
  readonly headersTime: Milliseconds;
  /** How long a client may take to send the whole request. */
  readonly requestTime: Milliseconds;
  /** How long an idle connection is kept. Load balancers and SDK pools keep theirs for 60 s: ours must outlast them. */
  readonly keepAliveTime: Milliseconds;
  /** How long a client may read nothing of an answer that waits for it. */
  readonly answerTime: Milliseconds;
  /** Connections at once. */
  readonly connections: number;
  /** Requests that one connection may send ahead of the answer to the first. */
  readonly pipelined: number;
  /** How long `close` lets requests in flight finish. */
  readonly closeTime: Milliseconds;
}

/**
 * A body may hold one value (or parameter) for each so many bytes that its operation takes: 10,485 in 1 MiB, and 41,943 in
 * the 4 MiB of PutLogEvents, whose 10,000 events are 30,000 values.
 */
export const bytesPerValue = 100;

export const defaultLimits: GatewayLimits = {
  bodyBytes: 4 * 1024 * 1024,
  arrivingBytes: 64 * 1024 * 1024,
  headerBytes: 16 * 1024,
  headerCount: 100,
  jsonDepth: 64,
  headersTime: 20_000,
  requestTime: 60_000,
  keepAliveTime: 76_000,
  answerTime: 30_000,
  connections: 4096,
  // Few clients send ahead at all, and none that is known sends more than 64.
  pipelined: 64,
  closeTime: 10_000,
};
