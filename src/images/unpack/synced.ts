import { spawn } from 'node:child_process';
import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import { PullFailed } from '../contract.ts';

export interface SyncLimits {
  readonly clock: Clock;
  /** A disk that takes longer has failed. */
  readonly withinMs: Milliseconds;
  readonly signal?: AbortSignal;
  /** The program. @default sync */
  readonly program?: string;
}

/**
 * Has the disk hold the tree, all of it: a name that a power failure survives must not be that of empty files. Rejects with `PullFailed`,
 * and with the reason of the signal: then at once, since on a disk that is stuck nothing ends the program, not even to be killed.
 */
export async function synced(tree: string, { clock, withinMs, signal, program = 'sync' }: SyncLimits): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(program, ['-f', '.'], { cwd: tree, stdio: 'ignore', env: {} });
  child.once('error', reject);
  child.once('exit', (code, by) => (code === 0 ? resolve() : reject(notDurable(`sync ended with ${by ?? code}`))));
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const cancel = clock.after(withinMs, () => reject(notDurable(`sync takes longer than ${withinMs / 1000} s`)));
  try {
    await promise;
  } catch (error) {
    child.kill('SIGKILL');
    child.unref();
    throw error;
  } finally {
    cancel();
    signal?.removeEventListener('abort', onAbort);
  }
}

function notDurable(words: string): PullFailed {
  return new PullFailed(`the image's files could not be made durable: ${words}`);
}
