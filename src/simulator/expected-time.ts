import type { Milliseconds } from '../core/ids.ts';

/** How long an attempt lasts on, and from where that is known. */
export type ExpectedTime =
  | { readonly from: 'history' | 'timeout'; readonly milliseconds: Milliseconds }
  | { readonly from: 'nowhere' };

export interface AttemptSoFar {
  /** How long attempts alike have lasted, in ascending order. */
  readonly history: readonly Milliseconds[];
  readonly timeoutSeconds: number | undefined;
  /** How long it has lasted. */
  readonly elapsed: Milliseconds;
}

/**
 * The median of those that lasted at least as long as it has, and no longer than its timeout; without any its timeout; else nobody knows. What has
 * lasted longer than all of them may last for ever.
 */
export function expectedTime({ history, timeoutSeconds, elapsed }: AttemptSoFar): ExpectedTime {
  const left = timeoutSeconds === undefined ? undefined : Math.max(0, timeoutSeconds * 1000 - elapsed);
  const longer = history.filter((each) => each >= elapsed);
  if (longer.length > 0)
    return { from: 'history', milliseconds: Math.min(median(longer) - elapsed, left ?? Number.POSITIVE_INFINITY) };
  return left === undefined ? { from: 'nowhere' } : { from: 'timeout', milliseconds: left };
}

function median(ascending: readonly Milliseconds[]): Milliseconds {
  const [below, above] = [Math.floor((ascending.length - 1) / 2), Math.ceil((ascending.length - 1) / 2)];
  return Math.round(((ascending[below] ?? 0) + (ascending[above] ?? 0)) / 2);
}
