import type { Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { patiently } from './watch.ts';

/** How Ctrl-C stops what is watched. */
export interface Stopping {
  /** Such as `the job`. */
  readonly what: string;
  /** Such as `Terminating`, and `terminated`. */
  readonly verb: readonly [doing: string, done: string];
  readonly stop: (reason: string) => Promise<unknown>;
}

/**
 * Watches something that Ctrl-C stops: the first one asks for it, and the watch goes on to the end. Answers 130 instead of
 * the watch's own exit code then.
 */
export async function watchAndStop(
  invocation: Invocation,
  { what, verb: [doing, done], stop }: Stopping,
  watching: () => Promise<number>,
): Promise<number> {
  const printer = new Printer(invocation);
  let interrupted = false;
  const stopListening = invocation.onInterrupt((signal) => {
    if (interrupted) return;
    interrupted = true;
    printer.note(`${doing} ${what}.`);
    patiently(invocation, () => stop(`Interrupted by ${signal}`)).catch((error: Error) => {
      printer.note(`batchyard: ${what} could not be ${done}: ${error.message}`);
    });
  });
  try {
    const exitCode = await watching();
    return interrupted ? 130 : exitCode;
  } finally {
    stopListening();
  }
}

/** Watches something that goes on without its watcher: Ctrl-C aborts the signal. Answers 130 then. */
export async function watchUntilInterrupted(
  invocation: Invocation,
  watching: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupted = new AbortController();
  const stopListening = invocation.onInterrupt(() => interrupted.abort());
  try {
    const exitCode = await watching(interrupted.signal);
    return interrupted.signal.aborted ? 130 : exitCode;
  } finally {
    stopListening();
  }
}
