import type { QueueHoldOutput } from '../../services/batch/index.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';

interface HoldFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `batchyard hold QUEUE`: it starts no job until it is released. */
export function hold(invocation: Invocation, flags: HoldFlags, jobQueue: string): Promise<ExitCode> {
  return change(invocation, flags, 'HoldJobQueue', jobQueue, ({ jobQueueName, hold: held }) => {
    const since = held === undefined ? '' : ` since ${new Date(held.since).toISOString()}, by ${held.by}`;
    return `${jobQueueName} is held${since}. It takes jobs and starts none: batchyard release ${jobQueueName}`;
  });
}

/** `batchyard release QUEUE`: it starts jobs again. */
export function release(invocation: Invocation, flags: HoldFlags, jobQueue: string): Promise<ExitCode> {
  return change(invocation, flags, 'ReleaseJobQueue', jobQueue, ({ jobQueueName }) => `${jobQueueName} is not held.`);
}

async function change(
  invocation: Invocation,
  flags: HoldFlags,
  operation: 'HoldJobQueue' | 'ReleaseJobQueue',
  jobQueue: string,
  wordsOf: (output: QueueHoldOutput) => string,
): Promise<ExitCode> {
  const printer = new Printer(invocation);
  return await withClient(invocation, flags, async (client) => {
    const output = await client.extension<QueueHoldOutput>(operation, { jobQueue });
    if (flags.json) printer.json(output);
    else printer.line(wordsOf(output));
    return 0;
  });
}
