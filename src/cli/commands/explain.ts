import type { AttemptDetail, JobDetail } from '@aws-sdk/client-batch';
import { amountWords } from '../../scheduler/index.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { formatDuration } from '../output/duration.ts';
import { Printer } from '../output/printer.ts';
import { statusColour } from '../output/status-style.ts';
import { findJobId } from '../watch/find-job.ts';

interface ExplainFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** What the server's ExplainJob answers, as far as commands show it. */
export interface ExplainedJob {
  readonly job: JobDetail;
  readonly text: string;
  readonly remedy?: string;
  readonly notes: readonly string[];
}

/** `batchyard explain JOB`: why it waits or how it ended, what it asked, how it was isolated, and each attempt. */
export async function explain(invocation: Invocation, flags: ExplainFlags, reference: string): Promise<ExitCode> {
  const client = connect(invocation, flags);
  const printer = new Printer(invocation);
  try {
    const jobId = await findJobId(client, reference);
    const explained = await client.extension<ExplainedJob>('ExplainJob', { jobId });
    if (flags.json) printer.json(explained);
    else for (const line of linesOf(printer, explained, invocation.clock.now())) printer.line(line);
    return 0;
  } finally {
    client.close();
  }
}

function linesOf(printer: Printer, { job, text, remedy, notes }: ExplainedJob, now: number): readonly string[] {
  const label = (words: string) => printer.style('dim', words.padEnd(11));
  const attempts = (job.attempts ?? []).map(
    (attempt, index) => `${label(`attempt ${index + 1}`)}${attemptLine(attempt)}`,
  );
  return [
    `${printer.style('bold', job.jobName ?? '')}  ${job.jobId}`,
    `${label('status')}${printer.style(statusColour(job.status), job.status ?? '')}, ${ageOf(job, now)}`,
    ...(repeatsStatus(text, job) ? [] : [`${label('why')}${[text, remedy].filter(Boolean).join(' ')}`]),
    `${label('asked')}${askedOf(job)}`,
    ...attempts,
    ...notes.map((note) => `${label('note')}${note}`),
  ];
}

function ageOf(job: JobDetail, now: number): string {
  const { createdAt = now, startedAt, stoppedAt } = job;
  if (stoppedAt && startedAt)
    return `ended ${formatDuration(now - stoppedAt)} ago, ran ${formatDuration(stoppedAt - startedAt)}`;
  if (stoppedAt) return `ended ${formatDuration(now - stoppedAt)} ago, never ran`;
  return startedAt ? `runs for ${formatDuration(now - startedAt)}` : `submitted ${formatDuration(now - createdAt)} ago`;
}

/** `Running` says no more than the line above it. */
function repeatsStatus(text: string, { status }: JobDetail): boolean {
  return text.toUpperCase() === status;
}

function askedOf({ container }: JobDetail): string {
  const asked = (type: string) => container?.resourceRequirements?.find((each) => each.type === type)?.value;
  const gpus = asked('GPU');
  return [
    amountWords('vcpus', Number(asked('VCPU') ?? container?.vcpus ?? 0)),
    amountWords('memoryMiB', Number(asked('MEMORY') ?? container?.memory ?? 0)),
    ...(gpus === undefined ? [] : [amountWords('gpus', Number(gpus))]),
  ].join(', ');
}

function attemptLine({ startedAt, stoppedAt, statusReason, container }: AttemptDetail): string {
  const parts = [
    container?.exitCode === undefined ? undefined : `exit code ${container.exitCode}`,
    startedAt && stoppedAt ? `after ${formatDuration(stoppedAt - startedAt)}` : undefined,
    statusReason,
    container?.reason,
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}
