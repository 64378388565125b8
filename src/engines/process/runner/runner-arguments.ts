import type { InstallationId, Milliseconds } from '../../../core/ids.ts';

/**
 * What a runner is told at its start. It stands on a command line: no secret may come in. The runner's files are below its
 * working directory (`processLayout('.')`).
 */
export interface RunnerArguments {
  readonly formatVersion: 1;
  readonly installationId: InstallationId;
  readonly version: string;
  /** Where the data directory was when it started: for people who read a list of processes. */
  readonly dataDirectory: string;
  readonly mkfifo: string;
  readonly idleMs: Milliseconds;
  /** Fill the code cache and start anew. */
  readonly warmUp: boolean;
  /** For crash tests: see `core/failpoint.ts`. */
  readonly failpoint?: string;
}
