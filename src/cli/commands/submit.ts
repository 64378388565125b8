import type { SubmitJobRequest } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { withoutEmptyWords } from '../empty-words.ts';
import { ensureDefinition, inlineImage } from '../inline-definition.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { attemptsOf, environmentOf, type JobFlags, nameFor, overridesOf, pairsOf, resourcesOf } from '../job-flags.ts';
import { Printer } from '../output/printer.ts';
import { followJob } from '../watch/follow-job.ts';
import { watchUntilInterrupted } from '../watch/interruption.ts';

interface SubmitFlags extends JobFlags, ConnectionFlags {
  readonly definition?: string;
  readonly queue: string;
  readonly image?: string;
  readonly parameter?: readonly string[];
  readonly dependsOn?: readonly string[];
  readonly tag?: readonly string[];
  readonly wait?: boolean;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** `batchyard submit`: of a registered definition, or of a command for which a definition is registered. */
export async function submit(
  invocation: Invocation,
  flags: SubmitFlags,
  command: readonly string[],
): Promise<ExitCode> {
  if (flags.definition === undefined && command.length === 0) {
    throw new UsageError('name a job definition with --definition, or give a command behind --');
  }
  const client = connect(invocation, flags);
  try {
    const { jobId = '', jobName } = await client.batch(
      'SubmitJob',
      await requestOf(client, invocation, flags, command),
    );
    const printer = new Printer(invocation);
    if (flags.json) printer.json({ event: 'submitted', jobId, jobName });
    else printer.line(jobId);
    if (!flags.wait && !flags.follow) return 0;
    return await waitFor(invocation, client, jobId, flags);
  } finally {
    client.close();
  }
}

async function requestOf(
  client: Client,
  invocation: Invocation,
  flags: SubmitFlags,
  command: readonly string[],
): Promise<SubmitJobRequest> {
  const common = {
    jobName: flags.name ?? flags.definition?.replace(/^.*\/|:\d+$/g, '') ?? nameFor(command),
    jobQueue: flags.queue,
    ...attemptsOf(flags),
    ...(flags.parameter && { parameters: pairsOf('--parameter', flags.parameter) }),
    ...(flags.tag && { tags: pairsOf('--tag', flags.tag) }),
    ...(flags.dependsOn && { dependsOn: flags.dependsOn.map((jobId) => ({ jobId })) }),
  };
  if (flags.definition === undefined) {
    return { ...common, jobDefinition: await inlineDefinition(client, invocation, flags, command) };
  }
  const containerOverrides = overridesOf(flags, command, invocation.environment);
  return { ...common, jobDefinition: flags.definition, ...(containerOverrides && { containerOverrides }) };
}

function inlineDefinition(client: Client, invocation: Invocation, flags: SubmitFlags, command: readonly string[]) {
  return ensureDefinition(client, nameFor(command), {
    image: flags.image ?? inlineImage,
    command: withoutEmptyWords(command),
    environment: [...environmentOf(flags.env ?? [], invocation.environment)],
    resourceRequirements: resourcesOf({ vcpus: flags.vcpus ?? '1', memory: flags.memory ?? '2048' }),
  });
}

/** Ctrl-C ends the waiting, not the job. */
function waitFor(invocation: Invocation, client: Client, jobId: string, flags: SubmitFlags): Promise<ExitCode> {
  return watchUntilInterrupted(invocation, async (signal) => {
    const options = { logs: flags.follow === true, json: flags.json === true, signal };
    const exitCode = await followJob(invocation, client, jobId, options);
    if (exitCode === undefined) new Printer(invocation).note(`The job goes on: batchyard cancel --terminate ${jobId}`);
    return Math.min(exitCode ?? 1, 1);
  });
}
