import { connect } from '../connection.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { attemptsOf, type JobFlags, resourcesOf } from '../job-flags.ts';
import { Printer } from '../output/printer.ts';
import { findJobId } from '../watch/find-job.ts';
import { askAbout, describeJob } from '../watch/watch-job.ts';
import { type AfterFlags, afterSubmission } from './after-submission.ts';

interface RerunFlags extends Pick<JobFlags, 'vcpus' | 'memory' | 'gpus' | 'attempts' | 'timeout'>, AfterFlags {
  readonly failed?: boolean;
  readonly definition?: string;
  readonly dependsOn?: readonly string[];
}

/** What the server's RerunJob answers. */
interface Rerun {
  readonly jobId: string;
  readonly jobName: string;
  readonly size?: number;
}

/** `batchyard rerun JOB|ARRAY`: submits it again as it was submitted; with `--failed` only those children that failed. */
export async function rerun(invocation: Invocation, flags: RerunFlags, reference: string): Promise<ExitCode> {
  const { timeout, retryStrategy } = attemptsOf(flags);
  if (retryStrategy?.attempts !== undefined && !Number.isInteger(retryStrategy.attempts)) {
    throw new UsageError(`--attempts needs a whole number, not ${flags.attempts}`);
  }
  const resourceRequirements = resourcesOf(flags);
  const client = connect(invocation, flags);
  try {
    const jobId = await findJobId(client, reference);
    const references = flags.dependsOn ?? [];
    const before = await Promise.all(references.map((each) => findJobId(client, each)));
    if (flags.failed) tellOfUnfinished(new Printer(invocation), await describeJob(client, jobId));
    const asked = client.extension<Rerun>('RerunJob', {
      jobId,
      failed: flags.failed,
      jobDefinition: flags.definition,
      ...(resourceRequirements.length > 0 && { resourceRequirements }),
      attempts: retryStrategy?.attempts,
      timeoutSeconds: timeout?.attemptDurationSeconds,
      ...(before.length > 0 && { dependsOn: before.map((each) => ({ jobId: each })) }),
    });
    return await afterSubmission(invocation, client, await askAbout(client, jobId, asked), flags);
  } finally {
    client.close();
  }
}

/** Children that fail later are not among those that run again. */
function tellOfUnfinished(printer: Printer, { jobId, arrayProperties }: Awaited<ReturnType<typeof describeJob>>): void {
  const { size, statusSummary = {} } = arrayProperties ?? {};
  if (size === undefined) return;
  const left = size - (statusSummary.SUCCEEDED ?? 0) - (statusSummary.FAILED ?? 0);
  if (left > 0)
    printer.note(`batchyard: ${left} children of ${jobId} have not ended: if they fail, run them again later.`);
}
