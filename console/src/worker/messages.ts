import type { CallFailure } from '../api/call-error.ts';
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
  /** The page goes away. */
  | { readonly kind: 'leave' };

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export type Told =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: CallFailure }
  /** To every page, whenever it changes. */
  | { readonly kind: 'session'; readonly session: Session };
