import type { CallFailure } from '../api/call-error.ts';
import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import type { Credentials } from '../api/sign.ts';

/** What became of a call. */
export type Sent =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly failure: CallFailure };

/** Sends calls, and knows the server's time. */
export interface CallSender {
  /** Milliseconds since 1970, by the server's clock. */
  now(): number;
  /** Unsigned without `credentials`. */
  send(call: Call, region: string, credentials: Credentials | undefined): Promise<Sent>;
  /** Tells each event of an answer that goes on, and resolves when there are no more, or at a failure; the signal ends it. */
  stream(
    call: Call,
    by: { readonly region: string; readonly credentials: Credentials; readonly signal: AbortSignal },
    tell: (event: StreamedEvent) => void,
  ): Promise<Sent>;
}
