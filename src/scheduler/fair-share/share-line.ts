import type { EpochMilliseconds } from '../../core/ids.ts';
import { type Decay, type StoredUsage, usageAt } from './decay.ts';

/**
 * A share's place in the order of its queue as a function of time: the share whose `constant + slope · x` is least is next, where x is
 * what `DecayClock` makes of the time. So an order of shares needs no exponential of each, and two of them change places at most
 * once.
 */
export interface ShareLine {
  readonly constant: number;
  readonly slope: number;
}

/** Seconds of what they hold that running jobs count for beyond what they have used, so that a placement is charged at once. */
const chargedAtOnce = 1;

/** Mean lives after which x starts anew at 1: e to that is far from the largest number. */
const meanLivesOfEpoch = 128;

/**
 * What time is to the lines of a queue: x grows by e with each mean life. Epochs lie on a grid that follows from time alone, so that
 * a server that has just started draws the same lines, bit for bit.
 */
export class DecayClock {
  readonly #decays: readonly Decay[];
  readonly #current: Decay;
  readonly #epoch: EpochMilliseconds;

  /** Lines drawn by it hold from `now` until its `until`. */
  constructor(decays: readonly Decay[], now: EpochMilliseconds) {
    const current = decays.findLast(({ since }) => since <= now) ?? decays[0];
    if (!current) throw new RangeError('a queue has a decay');
    this.#decays = decays;
    this.#current = current;
    this.#epoch = current.seconds === 0 ? now : Math.floor(now / this.#length) * this.#length;
  }

  get #length(): number {
    return meanLivesOfEpoch * this.#current.seconds * 1000;
  }

  /** The first time at which its lines hold no more. */
  get until(): EpochMilliseconds {
    return this.#current.seconds === 0 ? Number.POSITIVE_INFINITY : this.#epoch + this.#length;
  }

  /** Never falls as time goes on. Always 1 where what has been used does not count. */
  x(now: EpochMilliseconds): number {
    const { seconds } = this.#current;
    return seconds === 0 ? 1 : Math.exp((now - this.#epoch) / (seconds * 1000));
  }

  /** `weight` is the effective one; a share of twice the weight gets half. */
  line(stored: StoredUsage, heldVcpus: number, weight: number): ShareLine {
    const { seconds, since } = this.#current;
    if (seconds === 0) return { constant: weight * heldVcpus * chargedAtOnce, slope: 0 };
    const at = Math.max(stored.at, since);
    const usage = stored.at < since ? usageAt(stored, heldVcpus, this.#decays, since) : stored.usage;
    const x = Math.exp((at - this.#epoch) / (seconds * 1000));
    return {
      constant: weight * (usage - heldVcpus * seconds) * x,
      slope: weight * heldVcpus * (seconds + chargedAtOnce),
    };
  }
}
