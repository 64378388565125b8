import type { Milliseconds } from '../../core/ids.ts';

/** How long a registry is waited for, and how often it is asked again. */
export interface Patience {
  /** From a request to the head of its answer. */
  readonly answer: Milliseconds;
  /** Between two pieces of a body. */
  readonly silence: Milliseconds;
  /** For one body, whole. */
  readonly body: Milliseconds;
  /** For one of those that are small: manifests, tokens, words of errors. Others wait meanwhile to ask for theirs. */
  readonly smallBody: Milliseconds;
  /** Tries after the first one, of a request that brought nothing. */
  readonly retries: number;
  /** Tries of one blob, however much each of them brought. */
  readonly partsOfBlob: number;
  /** Before the second try; doubled for each one after. */
  readonly backoff: Milliseconds;
  /** What a registry's Retry-After is cut to. */
  readonly longestWait: Milliseconds;
}

export const registryPatience: Patience = {
  answer: 15_000,
  silence: 30_000,
  body: 3_600_000,
  smallBody: 60_000,
  retries: 3,
  partsOfBlob: 100,
  backoff: 1_000,
  longestWait: 30_000,
};

/** Bytes of what is read whole. */
export const largest = { manifest: 4 * 1024 ** 2, token: 256 * 1024, error: 64 * 1024 } as const;

export const mostRedirects = 5;
