import type { JobDependency, SubmitJobRequest } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import { checkProgram, withoutEmptyWords } from '../empty-words.ts';
import { ensureDefinition, type InlineDefinition, inlineImage, withPlatformHint } from '../inline-definition.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import {
  attemptsOf,
  checkName,
  environmentOf,
  type JobFlags,
  nameFor,
  overridesOf,
  pairsOf,
  resourcesOf,
  warnOfUnset,
} from '../job-flags.ts';
import { Printer } from '../output/printer.ts';
import { findJobId } from '../watch/find-job.ts';
import { wholeNumber } from '../whole-number.ts';
import { type AfterFlags, afterSubmission } from './after-submission.ts';
import { dryRun } from './dry-run.ts';

interface SubmitFlags extends JobFlags, AfterFlags {
  readonly definition?: string;
  readonly queue: string;
  readonly image?: string;
  readonly parameter?: readonly string[];
  readonly array?: string;
  readonly dependsOn?: readonly string[];
  readonly nToN?: boolean;
  readonly sequential?: boolean;
  readonly tag?: readonly string[];
  readonly share?: string;
  readonly priority?: string;
  readonly dryRun?: boolean;
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
  if (flags.dryRun && (flags.wait || flags.follow)) {
    throw new UsageError('--dry-run submits nothing that --wait or --follow could wait for');
  }
  checkProgram(command);
  checkName(flags);
  const printer = new Printer(invocation);
  warnOfUnset(printer, flags, invocation);
  const client = connect(invocation, flags);
  try {
    const request = await requestOf(client, invocation, flags, command);
    const definition = flags.definition ?? (await inlineDefinition(invocation, client, flags, command));
    if (flags.dryRun) return await dryRun(invocation, client, request, definition, flags.json === true);
    const jobDefinition =
      typeof definition === 'string' ? definition : await ensureDefinition(client, definition, request);
    const { jobId = '', jobName } = await client.batch('SubmitJob', { ...request, jobDefinition });
    return await afterSubmission(invocation, client, { jobId, jobName }, flags);
  } catch (error) {
    throw flags.definition === undefined ? withPlatformHint(error) : error;
  } finally {
    client.close();
  }
}

/** The submission, less its definition. */
async function requestOf(
  client: Client,
  invocation: Invocation,
  flags: SubmitFlags,
  command: readonly string[],
): Promise<Omit<SubmitJobRequest, 'jobDefinition'>> {
  const isInline = flags.definition === undefined;
  const containerOverrides = isInline ? undefined : overridesOf(flags, command, invocation.environment);
  return {
    jobName: flags.name ?? flags.definition?.replace(/^.*\/|:\d+$/g, '') ?? nameFor(command),
    jobQueue: flags.queue,
    ...attemptsOf(flags),
    ...shareOf(flags),
    ...(flags.parameter && { parameters: pairsOf('--parameter', flags.parameter) }),
    ...(flags.tag && { tags: pairsOf('--tag', flags.tag) }),
    ...arrayOf(flags),
    ...(await dependenciesOf(client, flags)),
    ...(containerOverrides && { containerOverrides }),
  };
}

/** A job of a command has no definition of the user's that could have a priority. */
function shareOf({ share, priority, definition }: SubmitFlags): Partial<SubmitJobRequest> {
  const isInline = definition === undefined && share !== undefined;
  const given = priority ?? (isInline ? '0' : undefined);
  return {
    ...(share !== undefined && { shareIdentifier: share }),
    ...(given !== undefined && { schedulingPriorityOverride: wholeNumber('--priority', given, 0) }),
  };
}

function arrayOf({ array, nToN, sequential }: SubmitFlags): Pick<SubmitJobRequest, 'arrayProperties'> {
  if (array === undefined) {
    if (nToN || sequential) throw new UsageError('--n-to-n and --sequential are for arrays: give --array as well');
    return {};
  }
  const size = Number(array);
  if (!Number.isInteger(size)) throw new UsageError(`--array needs a whole number, not ${array}`);
  return { arrayProperties: { size } };
}

async function dependenciesOf(client: Client, flags: SubmitFlags): Promise<Pick<SubmitJobRequest, 'dependsOn'>> {
  const { dependsOn: references = [], nToN, sequential } = flags;
  if (nToN && references.length === 0)
    throw new UsageError('--n-to-n says how to wait for jobs: give --depends-on as well');
  const ids = await Promise.all(references.map((reference) => findJobId(client, reference)));
  const dependsOn: JobDependency[] = ids.map((jobId) => ({ jobId, ...(nToN && { type: 'N_TO_N' }) }));
  if (sequential) dependsOn.push({ type: 'SEQUENTIAL' });
  return dependsOn.length === 0 ? {} : { dependsOn };
}

async function inlineDefinition(
  invocation: Invocation,
  client: Client,
  flags: SubmitFlags,
  command: readonly string[],
): Promise<InlineDefinition> {
  return {
    name: nameFor(command),
    properties: {
      image: flags.image ?? (await inlineImage(client)),
      command: withoutEmptyWords(command),
      environment: [...environmentOf(flags.env ?? [], invocation.environment)],
      resourceRequirements: resourcesOf({ vcpus: '1', memory: '2048', ...flags }),
    },
  };
}
