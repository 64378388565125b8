import type { AttemptDetail, JobDetail } from '@aws-sdk/client-batch';
import { isTerminal, type JobStatus } from '../../core/job.ts';
import type { ExplainJobOutput, GetJobTimelineOutput } from '../../services/batch/index.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { formatCounts } from '../output/array-progress.ts';
import { formatDuration } from '../output/duration.ts';
import { Printer } from '../output/printer.ts';
import { statusColour } from '../output/status-style.ts';
import { timelineLines } from '../output/timeline-lines.ts';
import { whyWords } from '../output/why-words.ts';
import { failureOf, failureOfAttempt, failureWords } from '../watch/failure.ts';
import { findAnyJobId } from '../watch/find-job.ts';
import { askAbout } from '../watch/watch-job.ts';
import { askedOf } from './asked.ts';
import { failedDependencies } from './failed-dependencies.ts';
import { startWords } from './start-words.ts';

interface ExplainFlags extends ConnectionFlags {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly timeline?: boolean;
}

/** What the server's ExplainJob answers, as far as commands show it. */
export interface ExplainedJob {
  readonly job: JobDetail;
  readonly text: string;
  readonly remedy?: string;
  readonly change?: string;
  readonly start?: ExplainJobOutput['start'];
  readonly ungranted: readonly string[];
  /** Absent: its containers say so. */
  readonly asked?: string;
  readonly engineNotes: readonly string[];
  readonly notes: readonly string[];
}

/** `batchyard explain JOB`: why it waits or how it ended, what it asked, how it was isolated, and each attempt. */
export async function explain(invocation: Invocation, flags: ExplainFlags, reference: string): Promise<ExitCode> {
  const client = connect(invocation, flags);
  const printer = new Printer(invocation);
  try {
    const jobId = await findAnyJobId(client, reference);
    const explaining = client.extension<ExplainedJob>('ExplainJob', { jobId, estimateStart: true });
    const explained = await askAbout(client, jobId, explaining);
    const failed = await failedDependencies(client, explained.job);
    const { events } = flags.timeline
      ? await client.extension<GetJobTimelineOutput>('GetJobTimeline', { jobId })
      : { events: undefined };
    if (flags.json) printer.json({ ...explained, failedDependencies: failed, ...(events && { timeline: events }) });
    else {
      const shown = { ...explained, failed, verbose: flags.verbose === true };
      for (const line of linesOf(printer, shown, invocation.clock.now())) printer.line(line);
      for (const line of timelineLines(events ?? [])) printer.line(line);
    }
    return 0;
  } finally {
    client.close();
  }
}

interface Shown extends ExplainedJob {
  readonly failed: readonly JobDetail[];
  readonly verbose: boolean;
}

function linesOf(
  printer: Printer,
  { job, text, remedy, change, start, ungranted, asked, engineNotes, notes, failed, verbose }: Shown,
  now: number,
): readonly string[] {
  const label = (words: string) => printer.style('dim', words.padEnd(11));
  const attempts = (job.attempts ?? []).map(
    (attempt, index) => `${label(`attempt ${index + 1}`)}${attemptLine(attempt, job)}`,
  );
  return [
    `${printer.style('bold', job.jobName ?? '')}  ${job.jobId}`,
    `${label('status')}${printer.style(statusColour(job.status), job.status ?? '')}, ${ageOf(job, now)}`,
    ...(repeatsStatus(text, job) ? [] : [`${label('why')}${whyWords(text, remedy)}`]),
    ...(change === undefined ? [] : [`${label('change')}${change}`]),
    // A remedy says already that it never starts, or that what is before it does not.
    ...(start && (start.kind === 'estimated' || remedy === undefined)
      ? [`${label('start')}${startWords(start, now, text)}`]
      : []),
    ...childrenOf(job).map((words) => `${label('children')}${words}`),
    ...failed.map((dependency) => `${label('dependency')}${dependencyLine(dependency)}`),
    `${label('asked')}${asked ?? askedOf(job)}`,
    ...attempts,
    // Once it has ended, its attempt says so.
    ...(job.stoppedAt ? [] : ungranted).map((words) => `${label('without')}${words}`),
    // Most are the same for every job: they matter to whom something went wrong.
    ...[...(verbose || job.status === 'FAILED' ? engineNotes : []), ...notes].map((note) => `${label('note')}${note}`),
  ];
}

function ageOf(job: JobDetail, now: number): string {
  const { createdAt = now, startedAt, stoppedAt, arrayProperties } = job;
  if (stoppedAt && startedAt)
    return `ended ${formatDuration(now - stoppedAt)} ago, ran ${formatDuration(stoppedAt - startedAt)}`;
  if (stoppedAt) return `ended ${formatDuration(now - stoppedAt)} ago, never ran`;
  // AWS gives an array no time of its end: the last of its children moved then.
  const last = arrayProperties?.statusSummaryLastUpdatedAt;
  if (last && isTerminal(job.status as JobStatus)) {
    return `ended ${formatDuration(now - last)} ago, ${formatDuration(last - createdAt)} after it was submitted`;
  }
  return startedAt ? `runs for ${formatDuration(now - startedAt)}` : `submitted ${formatDuration(now - createdAt)} ago`;
}

/** How many of an array's children have ended, and where to read why some failed. */
function childrenOf({ jobId, arrayProperties }: JobDetail): readonly string[] {
  if (arrayProperties?.size === undefined) return [];
  const hasFailed = (arrayProperties.statusSummary?.FAILED ?? 0) > 0;
  return [`${formatCounts(arrayProperties)}${hasFailed ? `: batchyard failures ${jobId} groups them` : ''}`];
}

/** `Running` and `The job is SUCCEEDED.` say no more than the line above. */
function repeatsStatus(text: string, { status }: JobDetail): boolean {
  return text.toUpperCase() === status || text === `The job is ${status}.`;
}

/** Which job it is, and how it failed. */
function dependencyLine(job: JobDetail): string {
  return `${job.jobName}  ${job.jobId}  FAILED: ${failureWords(failureOf(job))}`;
}

function attemptLine(attempt: AttemptDetail, job: JobDetail): string {
  const { startedAt, stoppedAt } = attempt;
  const { exitCode, statusReason, reason, container } = failureOfAttempt(attempt, job);
  const parts = [
    container,
    exitCode === undefined ? undefined : `exit code ${exitCode}`,
    startedAt && stoppedAt ? `after ${formatDuration(stoppedAt - startedAt)}` : undefined,
    statusReason,
    reason,
  ];
  return parts.filter(Boolean).join(', ');
}
