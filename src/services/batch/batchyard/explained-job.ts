import type { JobDetail } from '@aws-sdk/client-batch';
import type { StartEstimate } from '../estimates/index.ts';
import type { Explanation } from '../yard/index.ts';

/** What ExplainJob answers, of a job or of a service job. */
export interface ExplainJobOutput {
  /** As DescribeJobs shows it. */
  readonly job: JobDetail;
  /** Why the job is where it is, in one line. */
  readonly text: string;
  /** Present while the scheduler has the job. */
  readonly waiting: Explanation['waiting'];
  /** What has to be done so that the job ever starts; absent if nothing has. */
  readonly remedy: Explanation['remedy'];
  /** What would change that it waits; absent if only time does, or it never starts. */
  readonly change: Explanation['change'];
  /** When it is expected to start, if that was asked and it waits. */
  readonly start?: StartEstimate;
  /** How the engine keeps the job apart, and what it could not give of what was asked. */
  readonly engineNotes: readonly string[];
  /** What it asks for and runs without; once it has ended, the reason of its container says so too. */
  readonly ungranted: readonly string[];
  /** Of an array that runs children of another again: who they are there, by their index here. */
  readonly originals?: { readonly size: number; readonly indexes: readonly number[] };
  /** What it asks for, in words: of a service job, which has no container that says so. */
  readonly asked?: string;
  /** Other facts for people. */
  readonly notes: readonly string[];
}
