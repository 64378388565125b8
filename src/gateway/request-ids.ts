import type { EpochMilliseconds } from '../core/ids.ts';
import type { RandomSource } from '../core/random.ts';

/**
 * Request ids: UUIDs of version 7 (RFC 9562) that count up within a millisecond, on a random tail drawn at start. They
 * need not be secret, and a fresh random one for each request would cost as much as reading its JSON.
 */
export class RequestIds {
  readonly #tail: string;
  #time: EpochMilliseconds = -1;
  #prefix = '';
  #count = 0;

  constructor(random: RandomSource) {
    const hex = Buffer.from(random.bytes(8)).toString('hex');
    this.#tail = `-${variantDigits.charAt(Number.parseInt(hex.charAt(0), 16) & 3)}${hex.slice(1, 4)}-${hex.slice(4)}`;
  }

  next(now: EpochMilliseconds): string {
    if (now !== this.#time) this.#startMillisecond(now);
    // 4,096 ids fit in a millisecond: a thousand times what one server answers.
    const count = (this.#count++ & 0xfff).toString(16).padStart(3, '0');
    return `${this.#prefix}${count}${this.#tail}`;
  }

  #startMillisecond(now: EpochMilliseconds): void {
    const hex = Math.floor(now).toString(16).padStart(12, '0');
    this.#time = now;
    this.#prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
    this.#count = 0;
  }
}

const variantDigits = '89ab';
