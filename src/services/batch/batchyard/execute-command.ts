import { z } from 'zod';
import type { Operation, RequestContext } from '../../../core/operation.ts';
import { textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import type { CommandRequest, TerminalRequest } from '../../../engines/index.ts';
import { commandLimits } from '../commands/limits.ts';
import type { CommandOffer } from '../commands/sessions.ts';
import { terminalLength } from '../commands/terminal-size.ts';
import { isJobId, jobArn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { refuse, refuseTooMany } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { readJobs, type ShownJob } from '../shown-jobs.ts';
import { resourceTagConditions } from '../tags.ts';
import { nodeShown } from '../views/node.ts';

export interface ExecuteCommandInput {
  readonly jobId: string;
  readonly command: readonly string[];
  /** Absent: the first essential one. */
  readonly container?: string | undefined;
  /** Absent: the command is on no terminal. */
  readonly terminal?: TerminalRequest | undefined;
}

/** With which the client connects to `commandPath`, once and within 30 seconds; the command begins then. */
export type ExecuteCommandOutput = CommandOffer;

const schema = z.object({
  jobId: z.string(),
  command: z.array(z.string()).min(1),
  container: z.string().optional(),
  terminal: z
    .object({
      columns: terminalLength,
      rows: terminalLength,
      type: z.string().regex(/^[0-9A-Za-z._+-]{1,64}$/),
    })
    .optional(),
});

/**
 * Runs a command in a running job, child or node, beside its own. AWS demands `enableExecuteCommand` of a task; here the
 * permission alone decides, and a definition that says false refuses all.
 */
export function executeCommand(runtime: BatchRuntime): Operation<ExecuteCommandInput, ExecuteCommandOutput> {
  return batchyardOperation<ExecuteCommandInput, ExecuteCommandOutput>(runtime, {
    schema,
    readOnly: false,
    audit: { kind: 'management', hideAnswer: ['token'] },
    access: (input, context) => access(runtime, input, context),
    handler: async ({ jobId, command, container, terminal }, context) => {
      checkCommand(command);
      const job = await read(runtime, context, jobId);
      if (!job) return refuse(`Job ${jobId} not found.`);
      const taskId = runningTask(job);
      if (nodeShown(job)?.executeCommand === false)
        return refuse(`Job ${jobId} allows no commands: its definition says enableExecuteCommand false.`);
      const request: CommandRequest = {
        command,
        ...(container === undefined ? {} : { container }),
        ...(terminal && { terminal }),
      };
      return runtime.commands.offer(() => runtime.yard.enter(taskId, request)) ?? refuseTooMany();
    },
  });
}

function checkCommand(command: readonly string[]): void {
  const bytes = command.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
  if (bytes > commandLimits.commandBytes) refuse(`command must have at most ${commandLimits.commandBytes} bytes`);
  if (command[0] === '' || command.some((word) => word.includes('\0'))) refuse('command is no command line');
}

function runningTask({ id, state, record, part }: ShownJob) {
  if (state.status === 'RUNNING' && 'placement' in state) return state.placement.taskId;
  if (!part && record.kind === 'array') return refuse(`Job ${id} is an array: name a child of it, ${id}:index.`);
  if (!part && record.kind === 'multiNode') return refuse(`Job ${id} has nodes: name one of them, ${id}#index.`);
  return refuse(`Job ${id} is ${state.status}: commands run in jobs that are RUNNING.`);
}

async function access(runtime: BatchRuntime, { jobId }: Unvalidated<ExecuteCommandInput>, context: RequestContext) {
  const named = textOf(jobId) ?? '*';
  const job = await read(runtime, context, named);
  const conditions = resourceTagConditions(job?.record.tags);
  return [{ action: 'batchyard:ExecuteCommand', resource: jobArn(context, named), conditions }];
}

async function read({ store }: BatchRuntime, context: RequestContext, jobId: string): Promise<ShownJob | undefined> {
  return isJobId(jobId) ? (await readJobs(store.reads, context, [jobId]))[0] : undefined;
}
