import { createHash } from 'node:crypto';
import type { ContainerProperties, SubmitJobRequest } from '@aws-sdk/client-batch';
import type { DescribeInstallationOutput } from '../services/batch/index.ts';
import { ApiError } from './client/api-error.ts';
import type { Client } from './client/client.ts';

/**
 * The image of a command given without a definition: where jobs are processes of the server's machine, that machine's own files, else
 * a small one that has a shell.
 */
export async function inlineImage(client: Client): Promise<string> {
  const engine = await defaultEngine(client);
  return engine === 'process' || engine === 'mock' ? 'host' : 'public.ecr.aws/docker/library/busybox:stable';
}

/** Who may not ask has jobs of processes, as most have. */
async function defaultEngine(client: Client): Promise<DescribeInstallationOutput['defaultEngine']> {
  try {
    return (await client.extension<DescribeInstallationOutput>('DescribeInstallation', {})).defaultEngine;
  } catch (error) {
    if (error instanceof ApiError) return 'process';
    throw error;
  }
}

/** An error of a submission, with what to do where the queue runs no jobs of EC2: a definition that is made of a command is one. */
export function withPlatformHint(error: unknown): unknown {
  if (!(error instanceof ApiError) || !error.words.endsWith('can not run Jobs with capability EC2')) return error;
  const hint = 'A command makes a definition of EC2: name one that this queue runs with --definition.';
  return new ApiError(error.code, `${error.words}. ${hint}`, error.status);
}

/** A definition that is made of a command. */
export interface InlineDefinition {
  readonly name: string;
  readonly properties: ContainerProperties;
}

/** What it is called. Its name carries a hash of what it is, so that the same command has one definition. */
export function inlineName({ name, properties }: InlineDefinition): string {
  return `${name}-${createHash('sha256').update(JSON.stringify(properties)).digest('hex').slice(0, 12)}`;
}

/** What a job is submitted as, less its definition. */
type Submission = Omit<SubmitJobRequest, 'jobDefinition'>;

/**
 * The ARN of such a definition: that of before if the command was submitted already, instead of another revision. Rejects with what SubmitJob would
 * refuse the submission with before a new one is registered, which would be left behind.
 */
export async function ensureDefinition(
  client: Client,
  definition: InlineDefinition,
  submission: Submission,
): Promise<string> {
  const jobDefinitionName = inlineName(definition);
  const found = await client.batch('DescribeJobDefinitions', { jobDefinitionName, status: 'ACTIVE' });
  const existing = found.jobDefinitions?.[0]?.jobDefinitionArn;
  if (existing) return existing;
  await checkSubmission(client, definition, submission);
  const registered = await client.batch('RegisterJobDefinition', {
    jobDefinitionName,
    type: 'container',
    containerProperties: definition.properties,
  });
  return registered.jobDefinitionArn ?? jobDefinitionName;
}

/** Who may not ask beforehand is refused when the job is submitted, if at all. */
async function checkSubmission(client: Client, definition: InlineDefinition, submission: Submission): Promise<void> {
  try {
    await client.extension('ExplainSubmission', {
      submission: { ...submission, jobDefinition: inlineName(definition) },
      containerProperties: definition.properties,
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'AccessDeniedException')) throw error;
  }
}
