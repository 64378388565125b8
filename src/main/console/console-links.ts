import { createHash } from 'node:crypto';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import type { RandomSource } from '../../core/random.ts';

/** How long a link may be opened. */
export const linkTime: Milliseconds = 60_000;

/** So many may be waiting to be opened: the oldest gives way to a new one. */
export const mostLinks = 64;

const tokenBytes = 32;

/** What a token looks like: nothing else is worth a hash. */
const tokenShape = /^[\w-]{43}$/;

export interface ConsoleLink {
  readonly token: string;
  readonly expiration: EpochMilliseconds;
}

interface Waiting {
  readonly principal: Principal;
  readonly expiration: EpochMilliseconds;
}

/**
 * Tokens of links that sign a browser in once. Only their hashes are kept, in memory alone: a restart forgets them, and what reads
 * the memory or the disk of the server finds none to open.
 */
export class ConsoleLinks {
  readonly #random: RandomSource;
  readonly #waiting = new Map<string, Waiting>();

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** A new one for whoever asks. */
  create(principal: Principal, now: EpochMilliseconds): ConsoleLink {
    this.#forgetOld(now);
    const token = Buffer.from(this.#random.bytes(tokenBytes)).toString('base64url');
    const expiration = now + linkTime;
    this.#waiting.set(hashOf(token), { principal, expiration });
    return { token, expiration };
  }

  /** Who made the link of a token, once; undefined for what is none, or none any more. */
  redeem(token: unknown, now: EpochMilliseconds): Principal | undefined {
    if (typeof token !== 'string' || !tokenShape.test(token)) return undefined;
    // Found by a hash: how long the search takes tells nothing of the tokens that there are.
    const hash = hashOf(token);
    const waiting = this.#waiting.get(hash);
    this.#waiting.delete(hash);
    return waiting && now < waiting.expiration ? waiting.principal : undefined;
  }

  #forgetOld(now: EpochMilliseconds): void {
    for (const [hash, { expiration }] of this.#waiting) {
      if (now < expiration && this.#waiting.size < mostLinks) return;
      this.#waiting.delete(hash);
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
