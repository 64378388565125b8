import type { AddCommand } from './add-command.ts';
import { addConnectionFlags } from './connection-flags.ts';

export const addOverview: AddCommand = (program, invocation, end) => {
  const command = program
    .command('overview')
    .description('Show what is stuck, how the last hour went in each queue, and what failed in it.')
    .option('--json', 'all as JSON')
    .action(async (flags) => end(await (await import('./commands/overview.ts')).overview(invocation, flags)));
  addConnectionFlags(command);
};

export const addArray: AddCommand = (program, invocation, end) => {
  const command = program
    .command('array')
    .description('Show which children of an array have which status.')
    .argument('<job>', 'job id, or job name for the newest of that name')
    .option('--json', 'all indexes as JSON')
    .action(async (job, flags) => end(await (await import('./commands/array.ts')).array(invocation, flags, job)));
  addConnectionFlags(command);
};

export const addQueues: AddCommand = (program, invocation, end) => {
  const command = program
    .command('queues')
    .description('Show the job queues: what each may do, its jobs by status, and what its head waits for.')
    .option('--json', 'a JSON array')
    .action(async (flags) => end(await (await import('./commands/queues.ts')).queues(invocation, flags)));
  addConnectionFlags(command);
};

export const addUsage: AddCommand = (program, invocation, end) => {
  const command = program
    .command('usage')
    .description('Add up what jobs took: vCPUs, memory and GPUs by the hour, and attempts.')
    .option('--by <kind>', 'share, queue, user or definition', 'queue')
    .option('--since <duration>', 'what ended in the last so long, in whole hours, or runs (90m, 12h, 7d)', '1d')
    .option('--json', 'the sums as JSON')
    .action(async (flags) => end(await (await import('./commands/usage.ts')).usage(invocation, flags)));
  addConnectionFlags(command);
};

export const addHold: AddCommand = (program, invocation, end) => {
  const command = program
    .command('hold')
    .description('Hold a job queue: it takes jobs and starts none, until it is released. What runs goes on.')
    .argument('<queue>', 'name or ARN')
    .option('--json', 'the answer as JSON')
    .action(async (queue, flags) => end(await (await import('./commands/hold.ts')).hold(invocation, flags, queue)));
  addConnectionFlags(command);
};

export const addRelease: AddCommand = (program, invocation, end) => {
  const command = program
    .command('release')
    .description('Let a job queue that is held start jobs again.')
    .argument('<queue>', 'name or ARN')
    .option('--json', 'the answer as JSON')
    .action(async (queue, flags) => end(await (await import('./commands/hold.ts')).release(invocation, flags, queue)));
  addConnectionFlags(command);
};
