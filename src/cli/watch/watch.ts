import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import { ServerUnreachable } from '../client/api-error.ts';
import { pause } from '../invocation.ts';

export interface WatchOptions {
  readonly clock: Clock;
  /** Ends the watch early. */
  readonly signal?: AbortSignal;
  /** Called when the server does not answer, once for each question. */
  readonly onAway?: () => void;
}

/** What people are told when `onAway` is called. */
export const awayWords = 'batchyard: no server answers; waiting up to a minute for it.';

/** What one look at something came to. */
export type Seen = 'news' | 'nothing new' | 'the end';

/** Asks the server, again and again while it is away. */
export type Ask = <Answer>(question: () => Promise<Answer>) => Promise<Answer>;

/** Gives up on a server that is away. */
export const once: Ask = (question) => question();

/** AWS's API has no push: looks often while something happens, and ever less often, up to this, while nothing does. */
const longestPause: Milliseconds = 250;
const shortestPause: Milliseconds = 15;

/** How long a server may be away (a restart) before a watch gives up, and how often it is asked meanwhile. */
const patience: Milliseconds = 60_000;
const pauseWhileAway: Milliseconds = 500;

/**
 * Looks at something until it ends or `signal` aborts, and yields what each look does. A look asks the server through
 * `ask`, so that the watch survives a restart of it.
 */
export async function* watch<News>(
  options: WatchOptions,
  look: (ask: Ask) => AsyncGenerator<News, Seen>,
): AsyncGenerator<News> {
  const { clock, signal } = options;
  const ask: Ask = (question) => patiently(options, question);
  let wait = shortestPause;
  while (!signal?.aborted) {
    const seen = yield* look(ask);
    if (seen === 'the end') return;
    wait = seen === 'news' ? shortestPause : Math.min(wait * 1.5, longestPause);
    await pause(clock, wait, signal);
  }
}

/** Asks until the server answers. Rejects with `ServerUnreachable` after a minute, or once `signal` has aborted. */
export async function patiently<Answer>(
  { clock, signal, onAway }: WatchOptions,
  question: () => Promise<Answer>,
): Promise<Answer> {
  const until = clock.monotonic() + patience;
  for (let asked = 1; ; asked += 1) {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof ServerUnreachable) || clock.monotonic() > until || signal?.aborted) throw error;
      if (asked === 1) onAway?.();
      await pause(clock, pauseWhileAway, signal);
    }
  }
}
