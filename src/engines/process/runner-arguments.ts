import type { InstallationId, Milliseconds } from '../../core/ids.ts';

/** What a runner is told at its start. It stands on a command line: no secret may come in. */
export interface RunnerArguments {
  readonly formatVersion: 1;
  readonly installationId: InstallationId;
  readonly tasks: string;
  readonly epochFile: string;
  readonly socket: string;
  readonly lock: string;
  readonly fifos: string;
  readonly mkfifo: string;
  readonly idleMs: Milliseconds;
  /** Fill the code cache and start anew. */
  readonly warmUp: boolean;
  /** For crash tests: see `core/failpoint.ts`. */
  readonly failpoint?: string;
}
