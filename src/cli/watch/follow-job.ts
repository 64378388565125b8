import type { JobDetail } from '@aws-sdk/client-batch';
import { withoutReason, withoutWords } from '../../core/without-reason.ts';
import type { Client } from '../client/client.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { formatCounts, formatProgress } from '../output/array-progress.ts';
import { formatDuration } from '../output/duration.ts';
import { LineLabels } from '../output/line-labels.ts';
import { LiveLine } from '../output/live-line.ts';
import { Printer } from '../output/printer.ts';
import { statusColour } from '../output/status-style.ts';
import { failureOf } from './failure.ts';
import { awayWords } from './watch.ts';
import { type JobNews, watchJob } from './watch-job.ts';

export interface FollowOptions {
  /** Show log lines. */
  readonly logs: boolean;
  /** One JSON object for each piece of news, on standard output. */
  readonly json: boolean;
  /** What it runs without, where that was said already. @default nothing was */
  readonly told?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Shows a job's states on standard error and its lines on standard output until it ends. Answers the exit code that the
 * job stands for, or undefined when `signal` ended the watch first.
 */
export async function followJob(
  invocation: Invocation,
  client: Client,
  jobId: string,
  options: FollowOptions,
): Promise<ExitCode | undefined> {
  const show = options.json ? jsonShower(invocation) : textShower(invocation, options.told ?? []);
  const { clock } = invocation;
  const { signal } = options;
  const onAway = () => show({ kind: 'away' });
  const logs = options.logs ? {} : undefined;
  for await (const news of watchJob(jobId, { client, clock, onAway, logs, ...(signal && { signal }) })) {
    show(news);
    if (news.kind === 'ended') return exitCodeOf(news.job);
  }
  return undefined;
}

/** The exit code of the container by which a job ended; a failure without one (it never started, was lost) is 1. */
export function exitCodeOf(job: JobDetail): ExitCode {
  if (job.status === 'SUCCEEDED') return 0;
  return failureOf(job).exitCode || 1;
}

/** What is shown: the server may be away as well. */
type Shown = JobNews | { readonly kind: 'away' };

function textShower(invocation: Invocation, told: readonly string[]): (news: Shown) => void {
  const printer = new Printer(invocation);
  let labels: LineLabels | undefined;
  const labelOf = ({ job, line }: Extract<JobNews, { kind: 'log' }>) => {
    labels ??= new LineLabels(printer, job.arrayProperties?.size);
    return labels.of(line);
  };
  const live = new LiveLine(invocation.stderr, invocation.environment.TERM);
  let toldWhy: string | undefined;
  const tellLongStart = ({ job, why = '' }: Extract<JobNews, { kind: 'waiting' }>) => {
    const isNew = withoutAmounts(why) !== toldWhy;
    toldWhy = withoutAmounts(why);
    if (isNew && why !== '') printer.note(`${statusWords(printer, job)}  ${why.replace(/^Starting: /, '')}`);
  };
  return (news) => {
    live.erase();
    if (news.kind === 'log') printer.line(`${labelOf(news)}${news.line.message}`);
    else if (news.kind === 'state') printer.note(stateLine(printer, news.job, told));
    else if (news.kind === 'away') printer.note(awayWords);
    else if (news.kind === 'waiting' && !live.isShown) tellLongStart(news);
    else if (news.kind === 'waiting') live.draw(waitingLine(news, invocation.clock.now(), live.room));
  };
}

function waitingLine({ job, why }: Extract<JobNews, { kind: 'waiting' }>, now: number, room: number): string {
  const { jobName = '', status, startedAt, createdAt, arrayProperties } = job;
  if (arrayProperties?.size !== undefined)
    return `${jobName} ${formatProgress(arrayProperties, room - jobName.length - 1)}`;
  if (why !== undefined) return `${jobName} ${why.charAt(0).toLowerCase()}${why.slice(1)}`;
  return `${jobName} ${status?.toLowerCase()} for ${formatDuration(now - (startedAt ?? createdAt ?? now))}`;
}

function stateLine(printer: Printer, job: JobDetail, told: readonly string[]): string {
  return `${statusWords(printer, job)}${printer.noteStyle('dim', details(job, told))}`;
}

function statusWords(printer: Printer, { jobName, status }: JobDetail): string {
  return `${printer.noteStyle(statusColour(status), (status ?? '').padEnd(9))} ${jobName}`;
}

/** How far a pull is changes all the time; what it does, seldom. */
function withoutAmounts(why: string): string {
  return why.replace(/\d+(?:\.\d+)?/g, '');
}

/** Behind the state: how long it ran, how it ended, why it waits. */
function details(job: JobDetail, told: readonly string[]): string {
  const { startedAt, stoppedAt } = job;
  const duration = startedAt && stoppedAt ? `after ${formatDuration(stoppedAt - startedAt)}` : undefined;
  const { exitCode, container, reason } = job.status === 'FAILED' ? failureOf(job) : {};
  const children = job.arrayProperties?.size === undefined ? undefined : formatCounts(job.arrayProperties);
  const parts = [
    duration,
    exitCode === undefined ? undefined : `exit code ${exitCode}${container === undefined ? '' : ` of ${container}`}`,
    children,
    reasonOf(job, reason, told),
  ];
  const shown = parts.filter((part) => part !== undefined && part !== '');
  return shown.length === 0 ? '' : `  ${shown.join(', ')}`;
}

function reasonOf(
  { status, statusReason, container }: JobDetail,
  reason: string | undefined,
  told: readonly string[],
): string | undefined {
  // Nothing is wrong; what a job ran without it says all the same.
  if (status === 'SUCCEEDED') return untold(container?.reason, told);
  return reason ? `${statusReason}: ${reason}` : statusReason;
}

/** What is said at the end of a job that ran without something: less what was said before. */
function untold(reason: string | undefined, told: readonly string[]): string | undefined {
  const without = reason === undefined ? undefined : withoutWords(reason);
  if (!without) return reason;
  const rest = without.filter((words) => !told.includes(words));
  return rest.length === 0 ? undefined : withoutReason(rest);
}

function jsonShower(invocation: Invocation): (news: Shown) => void {
  const printer = new Printer(invocation);
  return (news) => {
    if (news.kind === 'log') printer.json({ event: 'log', ...news.line });
    else if (news.kind === 'away') printer.note(awayWords);
    else if (news.kind !== 'waiting') {
      const { jobId, jobName, status, statusReason } = news.job;
      const end = news.kind === 'ended' ? { exitCode: exitCodeOf(news.job) } : {};
      printer.json({ event: news.kind, jobId, jobName, status, statusReason, ...end });
    }
  };
}
