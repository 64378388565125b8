import assert from 'node:assert/strict';
import { after, type TestContext } from 'node:test';
import {
  type BatchClient,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  type JobDetail,
} from '@aws-sdk/client-batch';
import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { submit } from '../support/jobs.ts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd } from '../support/wait.ts';

/** A running server, and the SDK at its default settings. */
export interface Yard extends Clients {
  readonly server: ServerProcess;
}

export const account = '123456789012';
export const region = 'us-east-1';

/** The start of the ARNs of Batch's resources. */
export const arnPrefix = `arn:aws:batch:${region}:${account}`;

/** What is started for it is gone after the last test of the file. */
export const wholeFile = { after: after as TestContext['after'] };

/** Starts the server that all tests of a file share; it is gone after the last of them. */
export async function openYard(flags: readonly string[] = []): Promise<Yard> {
  const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn', ...flags]);
  const clients = clientsOf(server);
  after(clients.close);
  return { server, ...clients };
}

/** Submits a job to the default queue and waits for its end. */
export async function runToEnd(batch: BatchClient, ...rest: ParametersAfterFirst<typeof submit>): Promise<JobDetail> {
  return waitForEnd(batch, await submit(batch, ...rest));
}

type ParametersAfterFirst<F> = F extends (first: BatchClient, ...rest: infer Rest) => unknown ? Rest : never;

/** All lines of a stream so far, read page by page as a client does. */
export async function linesOf(
  logs: CloudWatchLogsClient,
  logStreamName: string | undefined,
  logGroupName = '/aws/batch/job',
): Promise<readonly string[]> {
  assert.ok(logStreamName, 'the job has a log stream');
  const lines: string[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const page = await logs.send(
      new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, ...(nextToken && { nextToken }) }),
    );
    lines.push(...(page.events ?? []).map(({ message }) => message ?? ''));
    if (page.nextForwardToken === nextToken) return lines;
    nextToken = page.nextForwardToken;
  }
}

/** Lines of a job that has ended, of its last attempt. */
export function linesOfJob(logs: CloudWatchLogsClient, job: JobDetail): Promise<readonly string[]> {
  return linesOf(logs, job.container?.logStreamName, job.container?.logConfiguration?.options?.['awslogs-group']);
}

/** What the SDK throws for an answer of the server that is an error. */
export interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly fault: string;
  readonly status: number;
  readonly requestId: string;
  readonly attempts: number;
}

/** The error that a call ends with. Fails if there is none, or if it did not come from the server. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => assert.fail('the call was accepted'),
    (thrown: unknown) => thrown as SdkError,
  );
  const { httpStatusCode, requestId, attempts } = error.$metadata ?? {};
  if (httpStatusCode === undefined) throw error;
  const { name, message, $fault } = error;
  return {
    name,
    message,
    fault: $fault ?? '',
    status: httpStatusCode,
    requestId: requestId ?? '',
    attempts: attempts ?? 0,
  };
}

interface SdkError extends Error {
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
}

/** Asserts that a call ends with Batch's `ClientException` and words that match: status 400, or 409 for what there is already. */
export async function assertRefused(call: Promise<unknown>, words: RegExp): Promise<void> {
  const { name, status, fault, message } = await refusalOf(call);
  const expected = message === 'Object already exists' ? 409 : 400;
  assert.deepEqual({ name, status, fault }, { name: 'ClientException', status: expected, fault: 'client' });
  assert.match(message, words);
}

export async function describeDefinition(batch: BatchClient, reference: string) {
  const command = new DescribeJobDefinitionsCommand({ jobDefinitions: [reference] });
  const [definition] = (await batch.send(command)).jobDefinitions ?? [];
  return definition ?? assert.fail(`there is no job definition ${reference}`);
}

/** Undefined if there is none. */
export async function findEnvironment(batch: BatchClient, name: string) {
  const command = new DescribeComputeEnvironmentsCommand({ computeEnvironments: [name] });
  return (await batch.send(command)).computeEnvironments?.[0];
}

/** Undefined if there is none. */
export async function findQueue(batch: BatchClient, name: string) {
  const command = new DescribeJobQueuesCommand({ jobQueues: [name] });
  return (await batch.send(command)).jobQueues?.[0];
}

/** Waits until an environment has settled. */
export function settledEnvironment(batch: BatchClient, name: string) {
  return until(`compute environment ${name} to settle`, async () => {
    const found = await findEnvironment(batch, name);
    return found && /^(VALID|INVALID)$/.test(found.status ?? '') && found;
  });
}

/** Waits until a queue has settled. */
export function settledQueue(batch: BatchClient, name: string) {
  return until(`job queue ${name} to settle`, async () => {
    const found = await findQueue(batch, name);
    return found && /^(VALID|INVALID)$/.test(found.status ?? '') && found;
  });
}
