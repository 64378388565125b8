import type { EpochMilliseconds } from '../../core/ids.ts';

/** Since when a queue's usage fades with which mean life, in seconds. 0: what has been used does not count. */
export interface Decay {
  readonly since: EpochMilliseconds;
  readonly seconds: number;
}

/** How much a share has used, as it was stored with the last change of what its jobs hold. */
export interface StoredUsage {
  /** Decayed vCPU-seconds at `at`. */
  readonly usage: number;
  readonly at: EpochMilliseconds;
}

/**
 * What a share's usage has become that has held `heldVcpus` all the while since it was stored: it fades exponentially, and its running
 * jobs add to it continuously. Each stretch fades as the policy of its time said: `decays` in the order of time, the first from before
 * `at`.
 */
export function usageAt(
  stored: StoredUsage,
  heldVcpus: number,
  decays: readonly Decay[],
  now: EpochMilliseconds,
): number {
  let { usage, at } = stored;
  for (const [index, { seconds }] of decays.entries()) {
    const until = Math.min(now, decays[index + 1]?.since ?? now);
    if (until <= at) continue;
    usage = fade(usage, heldVcpus, (until - at) / 1000, seconds);
    at = until;
  }
  return usage;
}

/** `expm1` keeps the digits that 1 − exp loses of a millisecond in a week. */
function fade(usage: number, heldVcpus: number, elapsed: number, meanLife: number): number {
  if (meanLife === 0) return 0;
  const fraction = -elapsed / meanLife;
  return usage * Math.exp(fraction) - heldVcpus * meanLife * Math.expm1(fraction);
}
