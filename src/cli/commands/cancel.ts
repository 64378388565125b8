import { ServerUnreachable } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { absentWords } from '../watch/absent-job.ts';
import { findAnyJobId } from '../watch/find-job.ts';
import { findServiceJob } from '../watch/service-jobs.ts';

interface CancelFlags extends ConnectionFlags {
  readonly terminate?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

/**
 * `batchyard cancel JOB...`: Batch's CancelJob for jobs that have not started; with `--terminate` TerminateJob. One that is refused
 * keeps none of the others from it. A service job has no other end than TerminateServiceJob.
 */
export async function cancel(
  invocation: Invocation,
  flags: CancelFlags,
  references: readonly string[],
): Promise<ExitCode> {
  const client = connect(invocation, flags);
  const printer = new Printer(invocation);
  let exitCode: ExitCode = 0;
  try {
    for (const reference of references) {
      try {
        await cancelOne(client, printer, flags, reference);
      } catch (error) {
        if (!(error instanceof CommandError) || error instanceof ServerUnreachable) throw error;
        printer.note(`batchyard: ${error.message}`);
        exitCode = Math.max(exitCode, error.exitCode);
      }
    }
    return exitCode;
  } finally {
    client.close();
  }
}

async function cancelOne(client: Client, printer: Printer, flags: CancelFlags, reference: string): Promise<void> {
  const terminated = flags.terminate === true;
  const reason = flags.reason ?? `${terminated ? 'Terminated' : 'Cancelled'} by user`;
  const jobId = await findAnyJobId(client, reference);
  const { jobs: [job] = [] } = await client.batch('DescribeJobs', { jobs: [jobId] });
  const serviceJob = job || isPart(jobId) ? undefined : await findServiceJob(client, jobId);
  if (serviceJob) {
    const { status = '' } = serviceJob;
    await client.batch('TerminateServiceJob', { jobId, reason });
    if (flags.json) printer.json({ jobId, status, terminated: true });
    else printer.line(outcome(jobId, status, true, false));
    return;
  }
  if (!job) throw new CommandError(await absentWords(client, jobId));
  const { status, arrayProperties } = job;
  const isArray = arrayProperties?.size !== undefined;
  await client.batch(terminated ? 'TerminateJob' : 'CancelJob', { jobId, reason });
  if (flags.json) printer.json({ jobId, status, terminated });
  else printer.line(outcome(jobId, status ?? '', terminated, isArray));
}

/** A child or a node: service jobs have none. */
function isPart(jobId: string): boolean {
  return /[:#]/.test(jobId);
}

/** CancelJob answers the same whatever the job's state; here we say what it did. */
function outcome(jobId: string, status: string, terminate: boolean, isArray: boolean): string {
  if (status === 'SUCCEEDED' || status === 'FAILED') return `${jobId} had ended already: ${status}`;
  if (terminate) return `${jobId} is being terminated`;
  if (isArray) return `${jobId} is being cancelled; children that have started go on: end them with --terminate`;
  if (status === 'STARTING' || status === 'RUNNING') {
    return `${jobId} is ${status} and goes on: cancel acts before the start; end it with --terminate`;
  }
  if (status === 'PENDING') return `${jobId} is cancelled, and ends when the jobs it waits for have ended`;
  return `${jobId} is being cancelled`;
}
