import type { ServerProcess } from '../support/server-process.ts';

/** What jobs run on, and what must not be left of them. */
export interface Ground {
  /** Of the server's command line. */
  readonly flags: readonly string[];
  readonly images: readonly string[];
  /** What is killed takes nothing along of what jobs have written. */
  readonly keepsOutput: boolean;
  /** Nor a job that goes on. */
  readonly keepsJobs: boolean;
  /** What runs on it now, as it sees it: for the words of a failure. */
  inWords(server: ServerProcess): Promise<string>;
  expectNothingLeft(server: ServerProcess): Promise<void>;
}
