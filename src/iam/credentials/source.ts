import type { EpochMilliseconds } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';

/** What an access key id (with its session token) stands for. */
export type CredentialLookup =
  | { readonly kind: 'found'; readonly secretAccessKey: string; readonly principal: Principal }
  /** No such key, a token that is not ours, or a token that belongs to another key. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' };

/** Where the gateway finds the secret and the principal behind an access key id. */
export interface CredentialSource {
  lookup(accessKeyId: string, sessionToken: string | undefined, now: EpochMilliseconds): CredentialLookup;
  /** Told of each request that a user's key has signed. */
  used?(use: KeyUse): void;
}

/** What a key of a user was used for. */
export interface KeyUse {
  readonly accessKeyId: string;
  /** As in credential scopes. */
  readonly service: string;
  readonly region: string;
  readonly at: EpochMilliseconds;
}
