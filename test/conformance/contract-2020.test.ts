import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitForEnd } from '../support/wait.ts';
import { sendRaw } from './raw-request.ts';
import { account, arnPrefix, findEnvironment, findQueue, linesOfJob, openYard, settledEnvironment } from './yard.ts';

/** Spec 08 §4: what clients of before October 2020 send, byte for byte, and what is refused of it. */
const { batch, logs, server } = await openYard(['--host-vcpus', '8']);

async function post(operation: string, body: string) {
  const answer = await sendRaw(server, { path: `/v1/${operation}`, body });
  return { status: answer.status, code: answer.headers['x-amzn-errortype'], body: JSON.parse(answer.body || '{}') };
}

async function accepted(operation: string, body: string): Promise<Record<string, unknown>> {
  const answer = await post(operation, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

async function refused(operation: string, body: string, words: RegExp): Promise<void> {
  const answer = await post(operation, body);
  assert.deepEqual([answer.status, answer.code], [400, 'ClientException'], body);
  assert.match(answer.body.message, words);
}

const managed = (more: string, resources = '') =>
  `{"computeEnvironmentName":"m${more}","type":"MANAGED","serviceRole":"arn:aws:iam::123456789012:role/service-role/AWSBatchServiceRole","computeResources":{"type":"EC2","minvCpus":0,"maxvCpus":16,"instanceTypes":["optimal"],"subnets":["subnet-1"],"securityGroupIds":["sg-1"],"instanceRole":"ecsInstanceRole"${resources}}}`;

test('the minimal bodies of 2020 are accepted unchanged, and a job of them runs', async () => {
  await accepted('createcomputeenvironment', managed(''));
  await settledEnvironment(batch, 'm');
  await accepted(
    'createjobqueue',
    '{"jobQueueName":"q","priority":1,"computeEnvironmentOrder":[{"order":1,"computeEnvironment":"m"}]}',
  );
  const definition =
    '{"jobDefinitionName":"x","type":"container","containerProperties":{"image":"busybox","vcpus":1,"memory":4}}';
  assert.deepEqual(await accepted('registerjobdefinition', definition), {
    jobDefinitionName: 'x',
    jobDefinitionArn: `${arnPrefix}:job-definition/x:1`,
    revision: 1,
  });
  const first = await accepted('submitjob', '{"jobName":"x","jobQueue":"q","jobDefinition":"x"}');
  assert.deepEqual(Object.keys(first).sort(), ['jobArn', 'jobId', 'jobName']);
  const second = await accepted(
    'submitjob',
    '{"jobName":"x","jobQueue":"q","jobDefinition":"x:1","containerOverrides":{"vcpus":2,"memory":64,"command":["true"],"environment":[{"name":"A","value":"1"}]}}',
  );
  const job = await waitForEnd(batch, String(second.jobId));
  assert.equal(job.status, 'SUCCEEDED');
  assert.deepEqual([job.container?.vcpus, job.container?.memory], [2, 64]);
});

test('the unmanaged environment of 2020 has a cluster to join and no computeResources', async () => {
  await accepted(
    'createcomputeenvironment',
    '{"computeEnvironmentName":"unmanagedCE","type":"UNMANAGED","state":"ENABLED","serviceRole":"AWSBatchServiceRole"}',
  );
  const environment = await findEnvironment(batch, 'unmanagedCE');
  assert.match(environment?.ecsClusterArn ?? '', new RegExp(`^arn:aws:ecs:us-east-1:${account}:cluster/unmanagedCE`));
  assert.equal(environment?.computeResources, undefined);
});

test("the guide's event-test job shows every member of 2020 with its type, and logs its quotes", async () => {
  await accepted(
    'registerjobdefinition',
    '{"jobDefinitionName":"first-run-job-definition","type":"container","containerProperties":{"image":"busybox","vcpus":2,"memory":2000,"command":["echo","\'hello world\'"]}}',
  );
  const submit = '{"jobName":"event-test","jobQueue":"default","jobDefinition":"first-run-job-definition"}';
  const jobId = String((await accepted('submitjob', submit)).jobId);
  const ended = await waitForEnd(batch, jobId);
  assert.deepEqual(await linesOfJob(logs, ended), ["'hello world'"]);
  const { jobs } = (await accepted('describejobs', JSON.stringify({ jobs: [jobId] }))) as {
    jobs: [Record<string, unknown> & { container: object }];
  };
  const [{ container, createdAt, ...job }] = jobs;
  assert.equal(typeof createdAt, 'number');
  const shown = (of: object, members: object) =>
    Object.fromEntries(Object.keys(members).map((member) => [member, (of as Record<string, unknown>)[member]]));
  const of2020 = {
    jobName: 'event-test',
    jobId,
    jobQueue: `${arnPrefix}:job-queue/default`,
    dependsOn: [],
    jobDefinition: `${arnPrefix}:job-definition/first-run-job-definition:1`,
    parameters: {},
  };
  assert.deepEqual(shown(job, of2020), of2020);
  assert.equal((job.retryStrategy as { attempts: number }).attempts, 1);
  const containerOf2020 = {
    image: 'busybox',
    vcpus: 2,
    memory: 2000,
    command: ['echo', "'hello world'"],
    volumes: [],
    environment: [],
    mountPoints: [],
    ulimits: [],
  };
  assert.deepEqual(shown(container, containerOf2020), containerOf2020);
});

test("the guide's failing command ends FAILED with exit code 1, and with 127 if a form left the quotes in", async () => {
  const run = async (command: readonly string[]) => {
    const name = 'fail-form';
    const containerProperties = { image: 'busybox', vcpus: 1, memory: 32, command };
    const definition = { jobDefinitionName: name, type: 'container', containerProperties };
    await accepted('registerjobdefinition', JSON.stringify(definition));
    const { jobId } = await accepted('submitjob', `{"jobName":"f","jobQueue":"default","jobDefinition":"${name}"}`);
    const { status, container } = await waitForEnd(batch, String(jobId));
    return [status, container?.exitCode];
  };
  assert.deepEqual(await run(['/bin/sh', '-c', 'exit 1']), ['FAILED', 1]);
  assert.deepEqual(await run(['/bin/sh', '-c', "'exit 1'"]), ['FAILED', 127]);
});

test("the guide's printed examples that are complete requests are accepted", async () => {
  const examples = [
    '{"jobDefinitionName":"print-color","type":"container","containerProperties":{"image":"aws_account_id.dkr.ecr.region.amazonaws.com/print-color","vcpus":1,"memory":250}}',
    '{"containerProperties":{"image":"tensorflow/tensorflow:1.8.0-devel-gpu","vcpus":8,"command":["sh","-c","cd /tensorflow/tensorflow/examples/tutorials/mnist; python mnist_deep.py"],"memory":32000},"type":"container","jobDefinitionName":"tensorflow_mnist_deep"}',
    '{"jobDefinitionName":"EFA-Container-JobDef","type":"container","containerProperties":{"image":"i","vcpus":1,"memory":128,"linuxParameters":{"devices":[{"hostPath":"/dev/infiniband/uverbs0"}]}}}',
    '{"jobDefinitionName":"gpu","type":"container","containerProperties":{"image":"i","vcpus":1,"memory":128,"resourceRequirements":[{"type":"GPU","value":"1"}]}}',
  ];
  for (const body of examples) await accepted('registerjobdefinition', body);
});

test("the guide's skeletons, sent as they are printed, are refused", async () => {
  await refused(
    'createjobqueue',
    '{"jobQueueName":"","state":"ENABLED","priority":0,"computeEnvironmentOrder":[{"order":0,"computeEnvironment":""}]}',
    /name/i,
  );
  await refused(
    'createcomputeenvironment',
    '{"computeEnvironmentName":"","type":"UNMANAGED","state":"ENABLED","serviceRole":""}',
    /name/i,
  );
  await refused(
    'registerjobdefinition',
    '{"jobDefinitionName":"","type":"container","parameters":{"KeyName":""},"containerProperties":{"image":"","vcpus":0,"memory":0},"retryStrategy":{"attempts":0},"timeout":{"attemptDurationSeconds":0}}',
    /name/i,
  );
  const withoutType =
    '{"jobDefinitionName":"echo-parameters","containerProperties":{"image":"busybox","vcpus":2,"memory":2000}}';
  await refused('registerjobdefinition', withoutType, /type/);
});

test('what breaks the limits of 2020 is refused as a ClientException', async () => {
  const definition = (container: string, more = '') =>
    `{"jobDefinitionName":"neg","type":"container","containerProperties":{"image":"busybox"${container}}${more}}`;
  const enough = ',"vcpus":1,"memory":4';
  await accepted('registerjobdefinition', definition(enough).replace('neg', 'base'));
  const submit = (more: string) => `{"jobName":"x","jobQueue":"default","jobDefinition":"base"${more}}`;
  const id = '00000000-0000-4000-8000-000000000000';
  const dependencies = Array.from({ length: 21 }, () => `{"jobId":"${id}"}`).join();
  const queue = (...names: readonly string[]) => {
    const order = names.map((name, index) => `{"order":${index},"computeEnvironment":"${name}"}`).join();
    return `{"jobQueueName":"negq","priority":1,"computeEnvironmentOrder":[${order}]}`;
  };
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['registerjobdefinition', definition(',"vcpus":0,"memory":4'), /vCPU/],
    ['registerjobdefinition', definition(',"vcpus":1,"memory":3'), /Memory/],
    ['registerjobdefinition', definition(enough, ',"retryStrategy":{"attempts":0}'), /between 1 and 10/],
    ['registerjobdefinition', definition(enough, ',"retryStrategy":{"attempts":11}'), /between 1 and 10/],
    ['registerjobdefinition', definition(enough, ',"timeout":{"attemptDurationSeconds":59}'), /60/],
    ['registerjobdefinition', definition(`${enough},"environment":[{"name":"AWS_BATCH_FOO","value":""}]`), /AWS_BATCH/],
    ['registerjobdefinition', definition(`${enough},"command":["${'x'.repeat(24 * 1024)}"]`), /size/],
    ['submitjob', submit(`,"parameters":{"p":"${'x'.repeat(30 * 1024)}"}`), /Job size must be less than 30 KiB/],
    ['submitjob', submit(',"arrayProperties":{"size":1}'), /array/i],
    ['submitjob', submit(',"arrayProperties":{"size":10001}'), /array/i],
    ['submitjob', submit(`,"dependsOn":[${dependencies}]`), /20/],
    ['createjobqueue', queue('a', 'b', 'c', 'd'), /Only 3 environments/],
    ['createjobqueue', queue('not-there'), /created and valid/],
    [
      'createcomputeenvironment',
      managed('-lt', ',"launchTemplate":{"launchTemplateId":"lt-1","launchTemplateName":"t"}'),
      /launchTemplate/i,
    ],
    ['createcomputeenvironment', managed('-spot', ',"allocationStrategy":"SPOT_CAPACITY_OPTIMIZED"'), /SPOT/],
    ['createcomputeenvironment', managed('-mixed').replace('"optimal"', '"c5","c6g"'), /instance type/],
  ];
  for (const [operation, body, words] of cases) await refused(operation, body, words);
  assert.equal(await findQueue(batch, 'negq'), undefined);
});
