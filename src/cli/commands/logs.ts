import type { JobDetail } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { secondsOf } from '../job-flags.ts';
import { LineLabels, type Writer } from '../output/line-labels.ts';
import { Printer } from '../output/printer.ts';
import { arrayLines } from '../watch/array-logs.ts';
import { findJobId } from '../watch/find-job.ts';
import { followArray } from '../watch/follow-array.ts';
import { watchUntilInterrupted } from '../watch/interruption.ts';
import { JobLogReader, type LogLine, type LogSelection } from '../watch/job-logs.ts';
import { logStreamsOf } from '../watch/log-streams.ts';
import { writerOf } from '../watch/main-node.ts';
import { originalsOf, originalWords } from '../watch/originals.ts';
import { awayWords, patiently, type WatchOptions } from '../watch/watch.ts';
import { describeJob, watchJob } from '../watch/watch-job.ts';
import { wholeNumber } from '../whole-number.ts';

interface LogsFlags extends ConnectionFlags {
  readonly follow?: boolean;
  readonly attempt?: string;
  readonly grep?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
  readonly json?: boolean;
}

type Line = LogLine & Writer;

/** `batchyard logs JOB|ARRAY`: what the job, or its children, wrote so far; with `--follow` on until it ends. */
export async function logs(invocation: Invocation, flags: LogsFlags, reference: string): Promise<ExitCode> {
  const selection = selectionOf(flags, invocation.clock.now());
  const isWanted = grepOf(flags);
  const client = connect(invocation, flags);
  const show = async (job: JobDetail, lines: AsyncIterable<Line>) => {
    await tellOfOriginals(invocation, client, job);
    const print = linePrinter(invocation, flags, job.arrayProperties?.size);
    for await (const line of lines) if (isWanted(line.message)) print(line);
    return 0;
  };
  try {
    if (flags.follow) {
      return await watchUntilInterrupted(invocation, async (signal) => {
        const onAway = () => new Printer(invocation).note(awayWords);
        const options = { clock: invocation.clock, signal, onAway };
        const job = await patiently(options, async () => describeJob(client, await findJobId(client, reference)));
        return await show(job, followed(client, job, selection, options));
      });
    }
    const job = await writerOf(client, await describeJob(client, await findJobId(client, reference)));
    return await show(job, written(client, job, selection));
  } finally {
    client.close();
  }
}

/** The labels are the indexes of this array, in which the jobs themselves have another. */
async function tellOfOriginals(invocation: Invocation, client: Client, job: JobDetail): Promise<void> {
  const originals = await originalsOf(client, job);
  if (!originals) return;
  const last = originals.indexes.length - 1;
  const there = originalWords(originals, [...originals.indexes.keys()], shownRanges);
  new Printer(invocation).note(`batchyard: children 0-${last} run as ${there} in the array that this one runs again.`);
}

/** Of the original's children so many ranges of indexes are told. */
const shownRanges = 20;

function selectionOf({ attempt, since }: LogsFlags, now: number): LogSelection {
  const number = attempt === undefined ? undefined : wholeNumber('--attempt', attempt, 1);
  return { attempt: number, since: since === undefined ? undefined : now - 1_000 * secondsOf('--since', since) };
}

/** Whoever gives the expression pays for it: it runs in their own process. */
function grepOf({ grep }: LogsFlags): (message: string) => boolean {
  if (grep === undefined) return () => true;
  try {
    const expression = new RegExp(grep, 'u');
    return (message) => expression.test(message);
  } catch (error) {
    throw new UsageError(`--grep needs a regular expression: ${(error as Error).message}`);
  }
}

function written(client: Client, job: JobDetail, selection: LogSelection): AsyncIterable<Line> {
  const { jobId = '', status, arrayProperties } = job;
  if (arrayProperties?.size !== undefined) return arrayLines(client, jobId, selection);
  const streams = logStreamsOf(job);
  const attempts = streams.at(-1)?.attempt;
  if (attempts === undefined) throw new CommandError(noLogWords(jobId, status));
  const { attempt } = selection;
  if (attempt !== undefined && attempt > attempts) {
    const has = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
    throw new CommandError(`job ${jobId} has ${has}: there is no attempt ${attempt}`);
  }
  return new JobLogReader(client, selection).read(job);
}

/** One that has ended never ran: why is told elsewhere. */
function noLogWords(jobId: string, status: string | undefined): string {
  const hasEnded = status === 'FAILED' || status === 'SUCCEEDED';
  return `job ${jobId} is ${status} and ${hasEnded ? `wrote no log: batchyard explain ${jobId}` : 'has no log yet'}`;
}

function followed(client: Client, job: JobDetail, selection: LogSelection, options: WatchOptions) {
  if (job.arrayProperties?.size !== undefined) return followArray(job, { ...options, client, selection });
  return linesOf(watchJob(job.jobId ?? '', { ...options, client, logs: selection }));
}

async function* linesOf(news: ReturnType<typeof watchJob>): AsyncGenerator<Line> {
  for await (const each of news) if (each.kind === 'log') yield each.line;
}

function linePrinter(invocation: Invocation, flags: LogsFlags, size?: number): (line: Line) => void {
  const printer = new Printer(invocation);
  const labels = new LineLabels(printer, size);
  return (line) => {
    const time = flags.timestamps ? `${printer.style('dim', new Date(line.timestamp).toISOString())} ` : '';
    if (flags.json) printer.json(line);
    else printer.line(`${time}${labels.of(line)}${line.message}`);
  };
}
