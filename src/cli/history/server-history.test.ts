import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  type JobDependency,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
} from '@aws-sdk/client-batch';
import { SystemClock } from '../../core/clock.ts';
import { MockWorld } from '../../engines/index.ts';
import { builtInTypes } from '../../instance-types/index.ts';
import type { SimulationReport } from '../../simulator/index.ts';
import { Client } from '../client/client.ts';
import { runCommand } from '../invocation.fixture.ts';
import { startTestServer } from '../server.fixture.ts';
import { serverEnvironment, serverTypes } from './server-environment.ts';

const clock = new SystemClock();
const attempts = new Map<string, number>();
/** The first attempt of the job `again` fails, and child 1 of the array. */
const world = new MockWorld({
  clock,
  script: ({ containers }) => {
    const { AWS_BATCH_JOB_ID: id = '', SECONDS = '', FAILS = '' } = containers[0]?.environment ?? {};
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    const fails = FAILS === 'first' ? attempt === 1 : FAILS !== '' && id.endsWith(FAILS);
    return { runFor: Number(SECONDS) * 1000, exitCode: fails ? 3 : 0 };
  },
});
const server = await startTestServer({}, world);
const directory = mkdtempSync(join(tmpdir(), 'batchyard-history-'));
after(async () => {
  rmSync(directory, { recursive: true });
  await server[Symbol.asyncDispose]();
  clock.close();
});
const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
const batch = new BatchClient({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey },
});
after(() => batch.destroy());
const resourceRequirements = [
  { type: 'VCPU', value: '2' },
  { type: 'MEMORY', value: '64' },
] as const;
const container = { image: 'busybox', resourceRequirements: [...resourceRequirements] };
await batch.send(
  new RegisterJobDefinitionCommand({ jobDefinitionName: 'plain', type: 'container', containerProperties: container }),
);
const nodeRangeProperties = [{ targetNodes: '0:', container: { ...container, instanceType: 'c5.large' } }];
await batch.send(
  new RegisterJobDefinitionCommand({
    jobDefinitionName: 'pair',
    type: 'multinode',
    nodeProperties: { numNodes: 2, mainNode: 1, nodeRangeProperties },
  }),
);

async function submit(jobName: string, input: Partial<SubmitJobCommand['input']>, variables: Record<string, string>) {
  const environment = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const overrides = input.jobDefinition === 'pair' ? {} : { containerOverrides: { environment } };
  const command = new SubmitJobCommand({
    jobName,
    jobQueue: 'default',
    jobDefinition: 'plain',
    ...overrides,
    ...input,
  });
  return (await batch.send(command)).jobId ?? '';
}

const environment = {
  formatVersion: 1,
  pools: [{ id: 'host', vcpus: 4, memoryMiB: 4096 }],
  computeEnvironments: [{ computeEnvironmentName: 'default', computeResources: { type: 'EC2', maxvCpus: 4 } }],
  jobQueues: [
    { jobQueueName: 'default', priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'default' }] },
  ],
};
writeFileSync(join(directory, 'today.json'), JSON.stringify(environment));

test('what a server has run is simulated: arrays, retries, nodes and dependencies, with the times that they ran', async () => {
  const again = await submit('again', { retryStrategy: { attempts: 3 } }, { SECONDS: '0.05', FAILS: 'first' });
  const array = await submit(
    'array',
    { arrayProperties: { size: 2 }, dependsOn: [{ jobId: again }] },
    { SECONDS: '0', FAILS: ':1' },
  );
  const dependsOn: JobDependency[] = [{ jobId: array, type: 'N_TO_N' }];
  const pairs = await submit('pairs', { arrayProperties: { size: 2 }, dependsOn }, { SECONDS: '0' });
  const pair = await submit('pair', { jobDefinition: 'pair', dependsOn: [{ jobId: again }] }, {});
  const last = await submit('last', { dependsOn: [{ jobId: pair }] }, { SECONDS: '0' });
  const never = await submit('never', { dependsOn: [{ jobId: pairs }] }, {});
  for (const job of [last, never]) await server.command('logs', job, '--follow');

  const words = ['simulate', 'kept.jsonl', '--from-server', '--environment', 'today.json', '--json'];
  const { exitCode, stdout, stderr } = await runCommand(words, { directory, environment: server.environment, clock });
  assert.deepEqual([exitCode, stderr], [0, '']);
  const report: SimulationReport = JSON.parse(stdout);
  assert.deepEqual(report.workload.dropped, { 'never started': 1 });
  const [run] = report.runs;
  assert.deepEqual(run?.jobs, { submitted: 5, succeeded: 3, failed: 2, unfinished: 0 });
  assert.equal(run.placements, 2 + 2 + 1 + 1 + 1);

  const kept = readFileSync(join(directory, 'kept.jsonl'), 'utf8').trimEnd().split('\n');
  const lines = kept.map((line) => JSON.parse(line));
  const ids = lines.map(({ id }) => id);
  assert.deepEqual(ids, [undefined, again, array, pairs, pair, last]);
  const [, first, second, paired, third, fourth] = lines;
  assert.deepEqual([first.vcpus, first.memoryMiB, first.queue, first.at], [2, 64, 'default', 0]);
  const [failed, succeeded] = first.runs['0'];
  assert.ok(failed.runSeconds >= 0.05 && failed.exitCode === 3 && succeeded.exitCode === 0);
  assert.deepEqual([second.array, second.dependsOn, Object.keys(second.runs)], [2, [{ on: again }], ['0', '1']]);
  assert.equal(second.runs['1'][0].exitCode, 3);
  assert.deepEqual([paired.dependsOn, Object.keys(paired.runs)], [[{ on: array, type: 'N_TO_N' }], ['0']]);
  assert.deepEqual([third.nodes, third.mainNode, third.instanceType], [2, 1, 'c5.large']);
  assert.deepEqual(Object.keys(third.runs), ['1']);
  assert.deepEqual(fourth.dependsOn, [{ on: pair }]);

  const file = await runCommand(['simulate', 'kept.jsonl', '--environment', 'today.json', '--json'], { directory });
  assert.deepEqual(JSON.parse(file.stdout).runs, report.runs);
});

test('without an environment it is the server’s own: its pool, environments, queues and policies, other files beside', async () => {
  const shareDistribution = [{ shareIdentifier: 'light', weightFactor: 0.5 }];
  const fairsharePolicy = { shareDecaySeconds: 600, shareDistribution };
  const { arn } = await batch.send(new CreateSchedulingPolicyCommand({ name: 'halved', fairsharePolicy }));
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  await batch.send(
    new CreateJobQueueCommand({ jobQueueName: 'fair', priority: 7, computeEnvironmentOrder, schedulingPolicyArn: arn }),
  );
  const light = await submit(
    'light',
    { jobQueue: 'fair', shareIdentifier: 'light', schedulingPriorityOverride: 1 },
    { SECONDS: '0' },
  );
  await server.command('logs', light, '--follow');

  const words = ['simulate', '--from-server', '--compare', 'ours.json', '--json'];
  const jobQueues = [...environment.jobQueues, { ...environment.jobQueues[0], jobQueueName: 'fair' }];
  writeFileSync(join(directory, 'ours.json'), JSON.stringify({ ...environment, jobQueues }));
  const { exitCode, stdout, stderr } = await runCommand(words, { directory, environment: server.environment, clock });
  assert.deepEqual([exitCode, stderr], [0, '']);
  const { runs }: SimulationReport = JSON.parse(stdout);
  assert.deepEqual(
    runs.map((run) => [
      run.environment,
      run.queues.map(({ name, shares }) => [name, shares?.map((each) => each.name)]),
    ]),
    [
      [
        'server',
        [
          ['default', undefined],
          ['fair', ['light']],
        ],
      ],
      [
        'ours',
        [
          ['default', undefined],
          ['fair', undefined],
        ],
      ],
    ],
  );
  assert.deepEqual(runs[0]?.jobs, runs[1]?.jobs);
  assert.deepEqual(
    runs[0]?.pools.map(({ name }) => name),
    ['host'],
  );
});

test('the server’s own instances: registered ones, launched ones that take their time, and none that are there by chance', async () => {
  const { families, ...catalogue } = builtInTypes().file;
  const rack = { architecture: 'x86_64', sizes: { small: { ...families.m5?.sizes.large, vcpus: 3 } } };
  const instanceTypes = join(directory, 'types.json');
  writeFileSync(instanceTypes, JSON.stringify({ ...catalogue, families: { ...families, rack } }));
  const timed = await startTestServer(
    { 'instances.bootDelay': '90s', 'instances.interruptionSeed': 7, instanceTypes },
    new MockWorld({ clock, script: () => ({}) }),
  );
  try {
    const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '' } = timed.environment;
    const credentials = { accessKeyId: id, secretAccessKey: secret };
    const client = new BatchClient({ endpoint: timed.url, region: 'us-east-1', credentials });
    after(() => client.destroy());
    await client.send(
      new CreateComputeEnvironmentCommand({
        ...{ computeEnvironmentName: 'fleet', type: 'MANAGED' },
        computeResources: {
          ...{ type: 'EC2', minvCpus: 0, maxvCpus: 8, desiredvCpus: 4, instanceTypes: ['rack'] },
          ...{ subnets: ['subnet-1'], securityGroupIds: ['sg-1'], instanceRole: 'ecsInstanceRole' },
        },
      }),
    );
    for (const computeEnvironmentName of ['yard', 'empty'])
      await client.send(
        new CreateComputeEnvironmentCommand({
          ...{ computeEnvironmentName, type: 'UNMANAGED' },
          serviceRole: 'arn:aws:iam::123456789012:role/batch',
        }),
      );
    await timed.command('instance', 'register', '--environment', 'yard', '--vcpus', '2', '--memory', '1GiB');
    const hosts = async () => JSON.parse((await timed.command('hosts', '--json')).stdout);
    while ((await hosts()).length < 3);
    const command = new Client({ endpoint: new URL(timed.url), region: 'us-east-1', credentials, clock });
    after(() => command.close());
    const { computeEnvironments, instances } = await serverEnvironment(command, await serverTypes(command));
    const of = (name: string) => computeEnvironments.find(({ arn }) => arn.endsWith(`/${name}`));
    assert.deepEqual(instances, { bootDelay: 90_000, interruptions: true });
    const [type] = of('fleet')?.fleet?.options.types ?? [];
    assert.deepEqual([type?.name, type?.vcpus], ['rack.small', 3]);
    assert.equal(of('fleet')?.fleet?.desiredvCpus, undefined);
    assert.deepEqual(
      of('yard')?.registered?.instances.map(({ capacity }) => capacity),
      [{ vcpuMillis: 2_000, memoryMiB: 1_024, gpus: 0 }],
    );
    assert.deepEqual(of('empty')?.registered?.instances, []);
  } finally {
    await timed[Symbol.asyncDispose]();
  }
});
