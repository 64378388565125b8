import type { JobDetail } from '@aws-sdk/client-batch';
import { statusReasons } from '../../lifecycle/index.ts';
import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { type ConnectionFlags, spellConnection } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { followJob } from '../watch/follow-job.ts';
import { watchUntilInterrupted } from '../watch/interruption.ts';
import type { ExplainedJob } from './explain.ts';

/** What is wanted of a job that was submitted. */
export interface AfterFlags extends ConnectionFlags {
  readonly wait?: boolean;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Tells of a job that was submitted, and waits for it if that is wanted. */
export async function afterSubmission(
  invocation: Invocation,
  client: Client,
  { jobId, jobName }: { readonly jobId: string; readonly jobName: string | undefined },
  flags: AfterFlags,
): Promise<ExitCode> {
  const printer = new Printer(invocation);
  if (flags.json) printer.json({ event: 'submitted', jobId, jobName });
  else printer.line(jobId);
  const isWatched = flags.wait === true || flags.follow === true;
  const told = await warn(client, printer, jobId, isWatched);
  if (!isWatched) return 0;
  return await waitFor(invocation, client, jobId, { ...flags, told });
}

/**
 * A job that can never start, and all that wait behind one, would wait without a word; as would one run without what it asks for, and
 * one fail for which it is too late. Answers what it was said to run without.
 */
async function warn(client: Client, printer: Printer, jobId: string, isWatched: boolean): Promise<readonly string[]> {
  try {
    const { job, text, remedy, ungranted } = await client.extension<ExplainedJob>('ExplainJob', { jobId });
    if (neverRuns(job) && !isWatched) printer.note(`batchyard: ${jobId} is FAILED, and never runs: ${text}`);
    if (remedy !== undefined) printer.note(`batchyard: ${jobId} waits: batchyard explain says why. ${remedy}`);
    for (const words of ungranted) printer.note(`batchyard: ${jobId} runs without ${words}`);
    return ungranted;
  } catch (error) {
    // The job is submitted: that this caller may not have it explained is no failure.
    if (!(error instanceof ApiError)) throw error;
    return [];
  }
}

/** It failed with a job before it, or as its queue has it: no child or attempt of its own did. */
function neverRuns({ status, statusReason, attempts }: JobDetail): boolean {
  return status === 'FAILED' && attempts?.length === 0 && statusReason !== statusReasons.childFailed;
}

/** Ctrl-C ends the waiting, not the job. */
function waitFor(
  invocation: Invocation,
  client: Client,
  jobId: string,
  flags: AfterFlags & { readonly told: readonly string[] },
): Promise<ExitCode> {
  return watchUntilInterrupted(invocation, async (signal) => {
    const options = { logs: flags.follow === true, json: flags.json === true, told: flags.told, signal };
    const exitCode = await followJob(invocation, client, jobId, options);
    if (exitCode === undefined) {
      const where = spellConnection(flags, invocation.directory);
      new Printer(invocation).note(`The job goes on: batchyard cancel --terminate ${jobId}${where}`);
    }
    return Math.min(exitCode ?? 1, 1);
  });
}
