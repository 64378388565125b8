import type { CallFailure } from '../api/call-error.ts';
import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import type { Credentials } from '../api/sign.ts';

/** Who is signed in. Nothing here lets anybody sign. */
export interface SessionState {
  readonly kind: 'signed-in';
  readonly arn: string;
  readonly account: string;
  /** That of the sign-in: pages call the one of their address. */
  readonly region: string;
  /** Who switched to the role that `arn` is a session of. */
  readonly switchedFrom?: string;
  /** Milliseconds since 1970 by the server's clock. */
  readonly expiration: number;
}

export type Session = SessionState | { readonly kind: 'signed-out'; readonly why?: 'expired' };

/** Whether changes on the server are told: not at all, by a stream, or soon again by one. */
export type Live = 'off' | 'live' | 'down';

/** What has changed on the server: something of these services, and of Batch these jobs; of more than it names it names none. */
export interface Changed {
  /** `aws-global` for what is the same in all of them. */
  readonly region: string;
  readonly services: readonly string[];
  readonly jobs?: readonly string[];
}

/** What a page asks of the worker. `id` comes back with the answer. */
export type Question =
  | { readonly kind: 'session' }
  | { readonly kind: 'sign-in'; readonly credentials: Credentials; readonly region: string }
  | { readonly kind: 'sign-out' }
  /** By a link that `batchyard console` has made. */
  | { readonly kind: 'redeem'; readonly token: string; readonly region: string }
  /** By AssumeRole, in the name of who signed in. */
  | { readonly kind: 'switch-role'; readonly roleArn: string }
  | { readonly kind: 'leave-role' }
  | { readonly kind: 'call'; readonly call: Call; readonly region: string | undefined }
  /** A call whose answer goes on: each event is told as it comes, and an answer without a value when there are no more. */
  | { readonly kind: 'stream'; readonly call: Call; readonly region: string | undefined }
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
  | { readonly kind: 'session'; readonly session: Session }
  /** To every page; `live` each time that there is another stream, since something may have been missed. */
  | { readonly kind: 'live'; readonly live: Live }
  | { readonly kind: 'changed'; readonly changed: Changed };
