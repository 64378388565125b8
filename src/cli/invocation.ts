import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../core/clock.ts';
import type { RandomSource } from '../core/random.ts';
import type { ResolveNames } from './resolve-names.ts';

/** A stream that text goes to; a terminal or not. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** A stream that is read; a terminal, which can hand on each key as it is pressed, or not. */
export type Input = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/** All that a command knows of the world outside: given, so that a test can be that world. */
export interface Invocation {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The environment variables, read once when the process started. */
  readonly environment: NodeJS.ProcessEnv;
  /** Working directory. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly resolve: ResolveNames;
  /** Where the system keeps names of hosts, such as /etc/hosts. */
  readonly hostsFile: string;
  /** What is written to the terminal goes there as it is, until its mode changes. Does nothing where there is no `stty`. */
  readonly rawOutput: () => void;
  /** Asks the user on the terminal; undefined where nobody sits at one. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** Opens a page in the user's browser; false where none can be. */
  readonly openPage: (url: string) => Promise<boolean>;
  /** Calls `listener` at each SIGINT or SIGTERM until the answer is called. While nobody listens these end the process. */
  onInterrupt(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
}

/** What a command ends with: 0 fine, 1 the job or the request failed, 2 wrong usage; `run` answers the job's own. */
export type ExitCode = number;

/** The command cannot do what was asked. One clear line for the user; exit code 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: ExitCode = 1;
}

/** The command line makes no sense. Exit code 2. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;
}

/** Resolves `delay` ms from now, or as soon as `signal` aborts. */
export function pause(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(delay, done);
    signal?.addEventListener('abort', done);
  });
}
