import type { CallFailure } from '../api/call-error.ts';
import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import type { Credentials } from '../api/sign.ts';

/** Who is signed in. Nothing here lets anybody sign. */
export interface SessionState {
  readonly kind: 'signed-in';
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970 by the server's clock. */
  readonly expiration: number;
}

export type Session = SessionState | { readonly kind: 'signed-out'; readonly why?: 'expired' };

/** What a page asks of the worker. `id` comes back with the answer. */
export type Question =
  | { readonly kind: 'session' }
  | { readonly kind: 'sign-in'; readonly credentials: Credentials; readonly region: string }
  | { readonly kind: 'sign-out' }
  | { readonly kind: 'region'; readonly region: string }
  | { readonly kind: 'call'; readonly call: Call }
  /** A call whose answer goes on: each event is told as it comes, and an answer without a value when there are no more. */
  | { readonly kind: 'stream'; readonly call: Call }
  /** Nobody hears the answer to question `stream` any more. */
  | { readonly kind: 'stop'; readonly stream: number }
  /** The page goes away. */
  | { readonly kind: 'leave' };

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export type Told =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: CallFailure }
  | { readonly kind: 'event'; readonly id: number; readonly event: StreamedEvent }
  /** To every page, whenever it changes. */
  | { readonly kind: 'session'; readonly session: Session };
