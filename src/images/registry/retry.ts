import type { Clock } from '../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import { pause } from '../../core/pause.ts';
import { ConnectionLost } from './connection-lost.ts';
import type { Patience } from './patience.ts';

interface Waiting {
  readonly clock: Clock;
  readonly patience: Patience;
}

interface HttpAnswer {
  readonly answer: {
    readonly statusCode?: number | undefined;
    readonly headers: { readonly 'retry-after'?: string | undefined };
    destroy(): unknown;
  };
}

/**
 * Asks again, a few times, where a registry has too much to do, has an error of its own, or a connection broke. Answers the
 * last answer, whatever it says. A registry that is away is not waited for: whoever asked decides when to ask again.
 */
export async function patiently<Result extends HttpAnswer>(
  { clock, patience }: Waiting,
  signal: AbortSignal,
  ask: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    const found = await ask().catch((error: unknown) => {
      if (!(error instanceof ConnectionLost) || error.isAway || tries === patience.retries) throw error;
      return undefined;
    });
    if (found && (!isBusy(found.answer.statusCode) || tries === patience.retries)) return found;
    found?.answer.destroy();
    await pause(clock, waitBefore(tries, found?.answer.headers['retry-after'], patience, clock.now()), signal);
  }
}

function isBusy(status = 0): boolean {
  return status === 429 || status >= 500;
}

/** What the registry asks for (RFC 9110, 10.2.3: seconds or a date), within bounds; else longer each time. */
export function waitBefore(
  tries: number,
  retryAfter: string | undefined,
  { backoff, longestWait }: Patience,
  now: EpochMilliseconds,
): Milliseconds {
  const asked = retryAfter === undefined ? undefined : millisecondsOf(retryAfter, now);
  return Math.min(Math.max(0, asked ?? backoff * 2 ** tries), longestWait);
}

function millisecondsOf(retryAfter: string, now: EpochMilliseconds): Milliseconds | undefined {
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : date - now;
}
