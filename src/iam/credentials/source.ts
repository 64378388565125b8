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
}
