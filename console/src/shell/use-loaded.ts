import { useEffect, useState } from 'react';

type Loading<Loaded> =
  | { readonly kind: 'loaded'; readonly value: Loaded }
  | { readonly kind: 'failed'; readonly error: unknown };

const outcomes = new Map<string, Loading<unknown>>();

/**
 * What `load` brings, undefined until it is there; the same for the same key from then on. What cannot be loaded is thrown here until
 * the page is read anew. Not React's `lazy`: what that brings is shown no sooner than 300 ms after a fallback was.
 */
export function useLoaded<Loaded>(key: string, load: () => Promise<Loaded>): Loaded | undefined {
  const [, redraw] = useState(0);
  const outcome = outcomes.get(key) as Loading<Loaded> | undefined;
  // The key alone says what is loaded.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is another function at each drawing
  useEffect(() => {
    if (outcomes.has(key)) return;
    let isThere = true;
    const settle = (loading: Loading<unknown>) => {
      outcomes.set(key, loading);
      if (isThere) redraw((count) => count + 1);
    };
    load().then(
      (value) => settle({ kind: 'loaded', value }),
      (error: unknown) => settle({ kind: 'failed', error }),
    );
    return () => {
      isThere = false;
    };
  }, [key]);
  if (outcome?.kind === 'failed') throw outcome.error;
  return outcome?.value;
}
