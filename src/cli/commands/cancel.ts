import { ServerUnreachable } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { findJobId } from '../watch/find-job.ts';
import { describeJob } from '../watch/watch-job.ts';

interface CancelFlags extends ConnectionFlags {
  readonly terminate?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

/**
 * `batchyard cancel JOB...`: Batch's CancelJob for jobs that have not started; with `--terminate` TerminateJob. One that is refused
 * keeps none of the others from it.
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
  const jobId = await findJobId(client, reference);
  const { status, arrayProperties } = await describeJob(client, jobId);
  const isArray = arrayProperties?.size !== undefined;
  await client.batch(terminated ? 'TerminateJob' : 'CancelJob', { jobId, reason });
  if (flags.json) printer.json({ jobId, status, terminated });
  else printer.line(outcome(jobId, status ?? '', terminated, isArray));
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
