import type { SubmitJobRequest } from '@aws-sdk/client-batch';
import type { CompiledOptions } from '../../main/compiled-options.ts';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { checkProgram, withoutEmptyWords } from '../empty-words.ts';
import { ensureDefinition, inlineImage } from '../inline-definition.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import {
  attemptsOf,
  checkName,
  environmentOf,
  type JobFlags,
  nameFor,
  resourcesOf,
  warnOfUnset,
} from '../job-flags.ts';
import { Printer } from '../output/printer.ts';
import { withOwnServer } from '../own-server.ts';
import { followJob } from '../watch/follow-job.ts';
import { watchAndStop } from '../watch/interruption.ts';

export interface RunFlags extends JobFlags, ConnectionFlags {
  readonly json?: boolean;
}

/**
 * `batchyard run -- CMD...`: a command as a job in the caller's directory, on a server of its own or on the one that
 * `--endpoint` names. Ends with the job's exit code; Ctrl-C terminates the job.
 */
export async function run(invocation: Invocation, flags: RunFlags, command: readonly string[]): Promise<ExitCode> {
  checkProgram(command);
  checkName(flags);
  warnOfUnset(new Printer(invocation), flags, invocation);
  if (flags.endpoint === undefined) return runOnOwnServer(invocation, flags, command);
  const client = connect(invocation, flags);
  try {
    return await runJob(invocation, client, flags, command, { vcpus: 1, memoryMiB: 2_048 });
  } finally {
    client.close();
  }
}

function runOnOwnServer(invocation: Invocation, flags: RunFlags, command: readonly string[]): Promise<ExitCode> {
  return withOwnServer(invocation, flags, (client, { host }) => runJob(invocation, client, flags, command, host));
}

async function runJob(
  invocation: Invocation,
  client: Client,
  flags: RunFlags,
  command: readonly string[],
  capacity: CompiledOptions['host'],
): Promise<ExitCode> {
  const { jobId = '' } = await client.batch('SubmitJob', await requestOf(invocation, client, flags, command, capacity));
  const stop = (reason: string) => client.batch('TerminateJob', { jobId, reason });
  return watchAndStop(
    invocation,
    { what: 'the job', verb: ['Terminating', 'terminated'], stop },
    async () => (await followJob(invocation, client, jobId, { logs: true, json: flags.json === true })) ?? 1,
  );
}

async function requestOf(
  invocation: Invocation,
  client: Client,
  flags: RunFlags,
  command: readonly string[],
  capacity: CompiledOptions['host'],
): Promise<SubmitJobRequest> {
  const { directory, environment } = invocation;
  const jobName = flags.name ?? nameFor(command);
  const submission = { jobName, jobQueue: 'default', ...attemptsOf(flags) };
  const definition = {
    name: jobName,
    properties: {
      image: await inlineImage(client),
      command: inDirectory(directory, command),
      environment: [...environmentOf(['PATH', 'LANG', 'TZ', ...(flags.env ?? [])], environment)],
      resourceRequirements: resourcesOf({
        vcpus: String(capacity.vcpus),
        memory: String(capacity.memoryMiB),
        ...flags,
      }),
      volumes: [{ name: 'directory', host: { sourcePath: directory } }],
      mountPoints: [{ sourceVolume: 'directory', containerPath: directory, readOnly: false }],
    },
  };
  return { ...submission, jobDefinition: await ensureDefinition(client, definition, submission) };
}

/**
 * A container has no working directory in Batch's terms: a shell goes there, and becomes the command. The shell's errors begin
 * with our name.
 */
function inDirectory(directory: string, command: readonly string[]): string[] {
  return withoutEmptyWords(['/bin/sh', '-c', 'cd -- "$1" && shift && exec "$@"', 'batchyard', directory, ...command]);
}
