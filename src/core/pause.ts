import type { Clock } from './clock.ts';
import type { Milliseconds } from './ids.ts';

/** Waits; throws the signal's reason once it is aborted. */
export function pause(clock: Clock, duration: Milliseconds, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const giveUp = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(duration, () => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    });
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}

/** Waits, but no longer than until `signal` is aborted. */
export async function pauseUnless(clock: Clock, duration: Milliseconds, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const over = Promise.withResolvers<void>();
  const wake = () => over.resolve();
  const cancel = clock.after(duration, wake);
  signal.addEventListener('abort', wake);
  await over.promise;
  cancel();
  signal.removeEventListener('abort', wake);
}
