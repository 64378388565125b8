import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateComputeEnvironmentCommand,
  CreateConsumableResourceCommand,
  CreateJobQueueCommand,
  DeregisterJobDefinitionCommand,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  TagResourceCommand,
  UpdateComputeEnvironmentCommand,
} from '@aws-sdk/client-batch';
import { PutDashboardCommand, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutQueryDefinitionCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { SystemRandom } from '../../src/core/random.ts';
import { openSqliteStore, withLead } from '../../src/store/index.ts';
import { registerShell, submit } from '../support/jobs.ts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { makeEvents } from './events.ts';
import { functionOptions, makeFunctions } from './functions.ts';
import { makeIdentities } from './identities.ts';
import { makeLogFilters } from './log-filters.ts';
import { parts } from './parts.ts';
import { makePlaces } from './places.ts';
import { makeSchedules } from './schedules.ts';
import { makeOrderedTopic } from './topics.ts';
import { makeTrails } from './trails.ts';

/**
 * Writes a data directory with one of everything that this version can be made to keep, a running task included, to the
 * directory that the command line names: what every later version must open. `golden.test.ts` says what is in it.
 */
async function make(target: string, test: { after(work: () => unknown): void }): Promise<void> {
  const server = await ServerProcess.start(test, [
    '--host-vcpus',
    '2',
    '--trails-every',
    '1s',
    '--trails-digest-every',
    '10s',
    ...functionOptions,
  ]);
  const clients = clientsOf(server);
  test.after(clients.close);
  const { batch, logs, sns, states } = clients;
  const environment = {
    type: 'EC2',
    minvCpus: 0,
    maxvCpus: 4,
    instanceTypes: ['optimal'],
    subnets: ['subnet-1'],
  } as const;
  const more = { securityGroupIds: ['sg-1'], instanceRole: 'arn:aws:iam::123456789012:instance-profile/x' };
  const { computeEnvironmentArn } = await batch.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName: 'golden',
      type: 'MANAGED',
      computeResources: { ...environment, ...more, subnets: ['subnet-1'], instanceTypes: ['optimal'] },
      tags: { team: 'golden' },
    }),
  );
  await batch.send(
    new CreateJobQueueCommand({
      jobQueueName: 'golden',
      priority: 7,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentArn ?? '' }],
      jobStateTimeLimitActions: [
        { reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', state: 'RUNNABLE', maxTimeSeconds: 600, action: 'CANCEL' },
      ],
    }),
  );
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'golden', state: 'DISABLED' }));
  const says = await registerShell(batch, { name: 'says', script: 'for i in 1 2 3; do echo line $i; done' });
  await registerShell(batch, { name: 'gone', script: 'true' });
  await batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: 'gone:1' }));
  await registerShell(batch, { name: 'fails', script: 'exit 3', retryStrategy: { attempts: 2 } });
  const holding = { script: 'echo held; sleep 100000', retryStrategy: { attempts: 2 } };
  await registerShell(batch, { name: 'holds', vcpus: 2, ...holding });
  await batch.send(new TagResourceCommand({ resourceArn: says, tags: { kind: 'golden' } }));
  await waitForEnd(batch, await submit(batch, 'says', { jobName: 'succeeded', tags: { kind: 'golden' } }));
  await waitForEnd(batch, await submit(batch, 'fails', { jobName: 'failed' }));
  await makeKinds(clients);
  await makePlaces({ clients, server });
  await makeIdentities(clients, server);
  const running = await submit(batch, 'holds', { jobName: 'running', timeout: { attemptDurationSeconds: 86_400 } });
  await waitForStatus(batch, running, 'RUNNING');
  await submit(batch, 'says', { jobName: 'runnable' });
  await submit(batch, 'says', { jobName: 'pending', dependsOn: [{ jobId: running }] });
  await submit(batch, 'licensed', { jobName: 'licensed' });

  await logs.send(new CreateLogGroupCommand({ logGroupName: 'golden', tags: { team: 'golden' } }));
  const stream = { logGroupName: 'golden', logStreamName: 'stream' };
  await logs.send(new CreateLogStreamCommand(stream));
  await logs.send(new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message: 'kept' }] }));

  const allowed = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'logs:PutLogEvents' };
  const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: { ...allowed, Resource: '*' } });
  const policy = { policyName: 'golden', policyDocument, expectedRevisionId: undefined };
  await logs.send(new PutResourcePolicyCommand(policy));
  const kept = { name: 'golden', queryString: 'filter level = "ERROR"', logGroupNames: ['golden'] };
  await logs.send(new PutQueryDefinitionCommand(kept));

  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'golden' }));
  // Nobody listens there: its confirmation waits in its lane.
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: 'http://127.0.0.1:9/golden' }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'golden' }));
  await makeEvents(clients);
  await makeSchedules(clients);
  await makeFunctions(server);
  await makeOrderedTopic(clients);
  await makeLogFilters(server);

  await makeQueues(clients);
  await makeMetrics(clients);
  await states.send(new CreateActivityCommand({ name: 'golden' }));
  const roleArn = 'arn:aws:iam::123456789012:role/golden';
  const definition = JSON.stringify({
    StartAt: 'First',
    States: { First: { Type: 'Pass', Next: 'Wait' }, Wait: { Type: 'Wait', SecondsPath: '$.seconds', End: true } },
  });
  const machine = { name: 'golden', definition, roleArn, publish: true, versionDescription: 'first' };
  const { stateMachineArn, stateMachineVersionArn = '' } = await states.send(new CreateStateMachineCommand(machine));
  await states.send(
    new CreateStateMachineAliasCommand({
      name: 'live',
      routingConfiguration: [{ stateMachineVersionArn, weight: 100 }],
    }),
  );
  const execution = (name: string, seconds: number) =>
    states.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ seconds }) }));
  await execution('ended', 0);
  await execution('waiting', 99_999_999);
  await makeMapRuns(states);

  await makeTrails(server);
  // Clean, so that all is in the database; the task runs on until its runner dies with it, and its record stays.
  await until('the runner to have noted the task', () => server.runningContainers === 1);
  await server.stop();
  await server.killRunners();
  await addParts(server.dataDirectory);
  keep(server.dataDirectory, target);
}

const requirements = [
  { type: 'VCPU', value: '1' },
  { type: 'MEMORY', value: '32' },
] as const;

/** A message that waits, one that is out, what is left of a queue that is gone, and a task that has moved nothing. */
/** A metric, an alarm with its history, and a dashboard. */
async function makeMetrics({ cloudWatch }: Clients): Promise<void> {
  const metric = { MetricName: 'Heat', Dimensions: [{ Name: 'Room', Value: 'cellar' }] };
  await cloudWatch.send(
    new PutMetricDataCommand({ Namespace: 'Golden', MetricData: [{ ...metric, Values: [1, 2, 4], Unit: 'Percent' }] }),
  );
  const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' } as const;
  const watched = { ...metric, Namespace: 'Golden', Statistic: 'Sum', Period: 60, TreatMissingData: 'ignore' } as const;
  await cloudWatch.send(new PutMetricAlarmCommand({ AlarmName: 'golden', ...watched, ...rule }));
  await cloudWatch.send(new PutDashboardCommand({ DashboardName: 'golden', DashboardBody: '{"widgets":[]}' }));
}

async function makeQueues({ sqs }: Clients): Promise<void> {
  const make = (QueueName: string, Attributes: Record<string, string> = {}) =>
    sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  await make('golden-dead');
  const dead = 'arn:aws:sqs:us-east-1:123456789012:golden-dead';
  const { QueueUrl } = await make('golden', {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: 5 }),
  });
  for (const MessageBody of ['out', 'waits']) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 43_200 }));
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead }));
  const { QueueUrl: gone } = await make('golden-gone');
  await sqs.send(new DeleteQueueCommand({ QueueUrl: gone }));
}

/** Jobs of every other kind, each to its end, and what they need. */
async function makeKinds({ batch, secrets, ssm }: Clients): Promise<void> {
  const { ARN: secret = '' } = await secrets.send(new CreateSecretCommand({ Name: 'golden', SecretString: 'first' }));
  await secrets.send(new PutSecretValueCommand({ SecretId: 'golden', SecretString: 'golden secret' }));
  await ssm.send(new PutParameterCommand({ Name: '/golden/value', Value: 'golden parameter', Type: 'SecureString' }));
  const say = (script: string) => ({
    image: 'host',
    command: ['/bin/sh', '-c', script],
    resourceRequirements: [...requirements],
  });
  const role = 'arn:aws:iam::123456789012:role/golden';
  const container = {
    ...say('echo "$SECRET, $PARAMETER"'),
    secrets: [
      { name: 'SECRET', valueFrom: secret },
      { name: 'PARAMETER', valueFrom: '/golden/value' },
    ],
    executionRoleArn: role,
    jobRoleArn: role,
  };
  const register = (input: Omit<RegisterJobDefinitionCommandInput, 'type'> & { readonly type?: 'multinode' }) =>
    batch.send(new RegisterJobDefinitionCommand({ type: 'container', ...input }));
  await register({ jobDefinitionName: 'secretive', containerProperties: container });
  const side = { ...say('true'), name: 'side', essential: false };
  const last = {
    ...say('echo last'),
    name: 'last',
    dependsOn: [{ containerName: 'side', condition: 'SUCCESS' as const }],
  };
  await register({ jobDefinitionName: 'task', ecsProperties: { taskProperties: [{ containers: [side, last] }] } });
  await register({
    jobDefinitionName: 'nodes',
    type: 'multinode',
    nodeProperties: {
      numNodes: 2,
      mainNode: 0,
      nodeRangeProperties: [{ targetNodes: '0:', container: say('echo node $AWS_BATCH_JOB_NODE_INDEX') }],
    },
  });
  const { consumableResourceArn } = await batch.send(
    new CreateConsumableResourceCommand({ consumableResourceName: 'licence', totalQuantity: 2 }),
  );
  const needs = { consumableResourceList: [{ consumableResource: consumableResourceArn ?? '', quantity: 5 }] };
  await register({
    jobDefinitionName: 'licensed',
    containerProperties: say('true'),
    consumableResourceProperties: needs,
  });
  for (const name of ['secretive', 'task', 'nodes'])
    await waitForEnd(batch, await submit(batch, name, { jobName: name, tags: { kind: name } }));
  await waitForEnd(batch, await submit(batch, 'fails', { jobName: 'array-of-three', arrayProperties: { size: 3 } }));
}

/** A map run of each kind of children that has ended, one of them redriven, and one that runs on. */
async function makeMapRuns(states: Clients['states']): Promise<void> {
  const start = async (name: string, kind: 'STANDARD' | 'EXPRESS', items: readonly number[]) => {
    const definition = JSON.stringify(mapOf(kind));
    const roleArn = 'arn:aws:iam::123456789012:role/golden';
    const { stateMachineArn } = await states.send(new CreateStateMachineCommand({ name, definition, roleArn }));
    const input = JSON.stringify(items);
    const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    return executionArn;
  };
  const end = (executionArn: string | undefined, redrives: number) =>
    until('the execution to have ended', async () => {
      const { status, redriveCount } = await states.send(new DescribeExecutionCommand({ executionArn }));
      return status !== 'RUNNING' && redriveCount === redrives;
    });
  await end(await start('map-express', 'EXPRESS', [0, 0]), 0);
  const failing = await start('map-redriven', 'STANDARD', [0, -1]);
  await end(failing, 0);
  await states.send(new RedriveExecutionCommand({ executionArn: failing }));
  await end(failing, 1);
  const executionArn = await start('map-running', 'STANDARD', [0, 99_999_999]);
  await until('the first child to have ended', async () => {
    const { mapRuns: [run] = [] } = await states.send(new ListMapRunsCommand({ executionArn }));
    const { mapRunArn } = run ?? {};
    if (mapRunArn === undefined) return false;
    const { executionCounts } = await states.send(new DescribeMapRunCommand({ mapRunArn }));
    return executionCounts?.succeeded === 1 && executionCounts.running === 1;
  });
}

/** Children wait as long as their item says; one below nought makes them fail. */
function mapOf(kind: 'STANDARD' | 'EXPRESS') {
  const isBad = { Variable: '$', NumericLessThan: 0, Next: 'Fail' };
  const states = {
    Look: { Type: 'Choice', Choices: [isBad], Default: 'Wait' },
    Wait: { Type: 'Wait', SecondsPath: '$', End: true },
    Fail: { Type: 'Fail', Error: 'Below' },
  };
  const processor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: kind }, StartAt: 'Look', States: states };
  return { StartAt: 'Map', States: { Map: { Type: 'Map', ItemProcessor: processor, End: true } } };
}

/** What no request can make. */
async function addParts(directory: string): Promise<void> {
  const store = await withLead(openSqliteStore({ directory, random: new SystemRandom() }));
  await store.commit(parts);
  await store.close();
}

/** What outlives a server and its runner: no sockets, pipes, locks or compiled code. */
function keep(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(join(to, 'process'), { recursive: true });
  const files = ['store.sqlite', 'store.witness', 'identity.json', 'root-credentials.json', 'value-keys.json', 'logs'];
  for (const name of [...files, 'process/tasks', 'process/epoch.json']) {
    cpSync(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
  }
  console.log(readdirSync(to, { recursive: true }).join('\n'));
}

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: node test/golden/make.ts DIRECTORY');
const undo: (() => unknown)[] = [];
try {
  await make(target, { after: (work) => undo.push(work) });
} finally {
  for (const work of undo.reverse()) await work();
}
