import { createHmac, timingSafeEqual } from 'node:crypto';
import { awsId } from '../../core/aws-id.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import type { RandomSource } from '../../core/random.ts';
import type { CredentialLookup } from './source.ts';

/** Temporary credentials, as STS gives them out. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: EpochMilliseconds;
}

/** What a session token says, signed by this installation: nothing of it is stored. */
interface SessionPayload {
  readonly accessKeyId: string;
  readonly expiration: EpochMilliseconds;
  readonly principal: Principal;
}

/** First byte of a token; a token of another version is unknown. */
const tokenVersion = 1;
const macLength = 32;
/** In bytes. A token goes with each request in a header, of which there may be 16 KiB, and grows by a third for that. */
const longestPrincipal = 6_144;

/**
 * Issues and reads temporary credentials. Tokens are stateless: version, payload and an HMAC under a key derived from
 * the root secret; the secret access key is an HMAC of the access key id. They outlive restarts, and end with the root key.
 */
export class Sessions {
  readonly #key: Buffer;
  readonly #random: RandomSource;

  constructor(rootSecret: string, random: RandomSource) {
    this.#key = createHmac('sha256', rootSecret).update('batchyard session tokens v1').digest();
    this.#random = random;
  }

  /** New credentials for `principal`, good until `expiration`. */
  issue(principal: Principal, expiration: EpochMilliseconds): SessionCredentials {
    return this.#issue(principal, expiration, this.#random.bytes(16));
  }

  /** How much of what a session token may hold `principal` takes: more than 1 is too much. */
  share(principal: Principal): number {
    return Buffer.byteLength(JSON.stringify(principal)) / longestPrincipal;
  }

  /** The same credentials at each call with the same `name`, `principal` and `expiration`, after a restart too. */
  issueNamed(name: string, principal: Principal, expiration: EpochMilliseconds): SessionCredentials {
    return this.#issue(principal, expiration, createHmac('sha256', this.#key).update('named').update(name).digest());
  }

  #issue(principal: Principal, expiration: EpochMilliseconds, id: Uint8Array): SessionCredentials {
    const accessKeyId = awsId('ASIA', id.subarray(0, 16));
    const payload: SessionPayload = { accessKeyId, expiration, principal };
    const signed = Buffer.concat([Buffer.from([tokenVersion]), Buffer.from(JSON.stringify(payload))]);
    const sessionToken = Buffer.concat([signed, this.#mac(signed)]).toString('base64url');
    return { accessKeyId, secretAccessKey: this.#secretOf(accessKeyId), sessionToken, expiration };
  }

  /** Who holds `sessionToken`, if it is ours, belongs to `accessKeyId` and has not expired. */
  lookup(accessKeyId: string, sessionToken: string, now: EpochMilliseconds): CredentialLookup {
    const payload = this.#read(sessionToken);
    if (payload?.accessKeyId !== accessKeyId) return { kind: 'unknown' };
    if (now >= payload.expiration) return { kind: 'expired' };
    return {
      kind: 'found',
      secretAccessKey: this.#secretOf(accessKeyId),
      principal: { ...payload.principal, accessKeyId },
    };
  }

  #read(sessionToken: string): SessionPayload | undefined {
    const bytes = Buffer.from(sessionToken, 'base64url');
    if (bytes.length <= macLength || bytes[0] !== tokenVersion) return undefined;
    const signed = bytes.subarray(0, -macLength);
    if (!timingSafeEqual(this.#mac(signed), bytes.subarray(-macLength))) return undefined;
    // Authentic, so it is a payload that `issue` wrote.
    return JSON.parse(signed.toString('utf8', 1)) as SessionPayload;
  }

  #mac(signed: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update('token').update(signed).digest();
  }

  #secretOf(accessKeyId: string): string {
    return createHmac('sha256', this.#key).update('secret').update(accessKeyId).digest('base64').slice(0, 40);
  }
}
