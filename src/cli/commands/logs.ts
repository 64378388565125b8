import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { findJobId } from '../watch/find-job.ts';
import { watchUntilInterrupted } from '../watch/interruption.ts';
import { JobLogReader, type LogLine, logStreamsOf } from '../watch/job-logs.ts';
import { writerOf } from '../watch/main-node.ts';
import { awayWords } from '../watch/watch.ts';
import { describeJob, watchJob } from '../watch/watch-job.ts';

interface LogsFlags extends ConnectionFlags {
  readonly follow?: boolean;
  readonly attempt?: string;
  readonly timestamps?: boolean;
  readonly json?: boolean;
}

/** `batchyard logs JOB`: what the job wrote so far; with `--follow` on until it ends. */
export async function logs(invocation: Invocation, flags: LogsFlags, reference: string): Promise<ExitCode> {
  const attempt = flags.attempt === undefined ? undefined : Number(flags.attempt);
  if (attempt !== undefined && !(Number.isInteger(attempt) && attempt > 0)) {
    throw new UsageError('--attempt needs a whole number of at least 1');
  }
  const client = connect(invocation, flags);
  const show = lineShower(invocation, flags);
  try {
    if (flags.follow) {
      return await watchUntilInterrupted(invocation, async (signal) => {
        const onAway = () => new Printer(invocation).note(awayWords);
        const options = { client, clock: invocation.clock, logs: attempt ?? true, signal, onAway };
        for await (const news of watchJob(await findJobId(client, reference), options)) {
          if (news.kind === 'log') show(news.line);
        }
        return 0;
      });
    }
    const jobId = await findJobId(client, reference);
    const job = await writerOf(client, await describeJob(client, jobId));
    const { length } = logStreamsOf(job);
    if (length === 0) throw new CommandError(`job ${jobId} is ${job.status} and has no log yet`);
    if (attempt !== undefined && attempt > length) {
      throw new CommandError(
        `job ${jobId} has ${length === 1 ? '1 attempt' : `${length} attempts`}: there is no attempt ${attempt}`,
      );
    }
    for await (const line of new JobLogReader(client, attempt).read(job)) show(line);
    return 0;
  } finally {
    client.close();
  }
}

function lineShower(invocation: Invocation, flags: LogsFlags): (line: LogLine) => void {
  const printer = new Printer(invocation);
  return (line) => {
    const time = flags.timestamps ? `${printer.style('dim', new Date(line.timestamp).toISOString())} ` : '';
    if (flags.json) printer.json(line);
    else printer.line(`${time}${line.message}`);
  };
}
