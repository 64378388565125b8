import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateConsumableResourceCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  DescribeComputeEnvironmentsCommand,
  RegisterJobDefinitionCommand,
  UpdateComputeEnvironmentCommand,
  UpdateConsumableResourceCommand,
} from '@aws-sdk/client-batch';
import { problemsOf } from '../../console/src/fields/check.ts';
import {
  createEnvironmentPlan,
  newEnvironments,
  updateEnvironmentPlan,
} from '../../console/src/fields/compute-environment.ts';
import { createConsumablePlan, updateConsumablePlan } from '../../console/src/fields/consumable-resource.ts';
import { type Field, type FormPlan, fieldsOf } from '../../console/src/fields/field.ts';
import { createJobQueuePlan } from '../../console/src/fields/job-queue.ts';
import { type Input, valueAt, withValue } from '../../console/src/fields/path.ts';
import { definitionPlan } from '../../console/src/fields/register-job-definition.ts';
import { createPolicyPlan } from '../../console/src/fields/scheduling-policy.ts';
import { submitJobPlan } from '../../console/src/fields/submit-job.ts';
import { registerShell } from '../support/jobs.ts';
import { until } from '../support/wait.ts';
import { sendRaw } from './raw-request.ts';
import { openYard } from './yard.ts';

const yard = await openYard();

/** A value at or beyond a bound of a field. */
interface Case {
  readonly path: string;
  readonly value: unknown;
}

/** Every bound of every field, at it and one step beyond, where `input` has a value; rows through their first one. */
function casesOf(fields: readonly Field[], input: Input, prefix = ''): readonly Case[] {
  return fields.flatMap((field) => {
    const path = prefix + field.path;
    if (valueAt(input, path) === undefined || (field.when && !field.when(input))) return [];
    if (field.kind === 'rows') return casesOf(field.fields, input, `${path}[0].`);
    return valuesOf(field).map((value) => ({ path, value }));
  });
}

function valuesOf(field: Field): readonly unknown[] {
  if (field.kind === 'text') {
    const { longest } = field;
    return [
      ...(longest === undefined ? [] : ['x'.repeat(longest), 'x'.repeat(longest + 1)]),
      ...(field.pattern ? ['a b!'] : []),
    ];
  }
  if (field.kind === 'choice') return [...field.options, 'NO_SUCH_CHOICE'];
  if (field.kind !== 'number') return [];
  const { min, max, text = false, whole = true } = field;
  const step = whole ? 1 : 0.00005;
  const numbers = [...(min === undefined ? [] : [min, min - step]), ...(max === undefined ? [] : [max, max + step])];
  return numbers.map((number) => (text ? String(number) : number));
}

/** Compares what the form says of each case with what the server does. `send` is given what differs in nothing else. */
async function compare(plan: FormPlan, input: Input, send: (input: Input) => Promise<unknown>): Promise<void> {
  await send(input);
  const problems = (given: Input) => plan.steps.flatMap((step) => problemsOf(step, given));
  assert.deepEqual(problems(input), [], 'the example is whole');
  const cases = casesOf(plan.steps.flatMap(fieldsOf), input);
  assert.ok(cases.length > 3, `${cases.length} cases`);
  const wrong: string[] = [];
  for (const { path, value } of cases) {
    const given = withValue(input, path, value);
    const refusal = await send(given).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const found = problems(given).map(({ message }) => message);
    const same = (refusal === undefined) === (found.length === 0);
    if (!same) wrong.push(`${path} = ${JSON.stringify(value)}: form ${found.join()}, server ${refusal ?? 'takes it'}`);
  }
  assert.deepEqual(wrong, []);
}

/** A name that nothing has. */
let names = 0;
function named(input: Input, member: string): Input {
  names += 1;
  const isCase = input[member] === 'example';
  return isCase ? { ...input, [member]: `example-${names}` } : input;
}

const retry = {
  retryStrategy: {
    attempts: 2,
    evaluateOnExit: [{ onExitCode: '1*', onReason: 'a', onStatusReason: 'b', action: 'RETRY' }],
  },
  timeout: { attemptDurationSeconds: 60 },
};
const amounts = [
  { type: 'VCPU', value: '1' },
  { type: 'MEMORY', value: '2048' },
];

test('bounds of a definition for EC2 are those of the server', async () => {
  const containerProperties = {
    image: 'busybox',
    user: 'root',
    resourceRequirements: [...amounts, { type: 'GPU', value: '1' }],
    executionRoleArn: 'arn:aws:iam::123456789012:role/any',
    environment: [{ name: 'A', value: 'b' }],
    linuxParameters: {
      sharedMemorySize: 64,
      maxSwap: 1,
      swappiness: 1,
      tmpfs: [{ containerPath: '/tmp', size: 1 }],
    },
    volumes: [{ name: 'data' }],
    logConfiguration: { logDriver: 'awslogs' },
  };
  const input = {
    jobDefinitionName: 'example',
    type: 'container',
    platformCapabilities: ['EC2'],
    schedulingPriority: 1,
    containerProperties,
    ...retry,
  };
  await compare(definitionPlan('ec2'), input, (given) =>
    yard.batch.send(new RegisterJobDefinitionCommand(given as never)),
  );
});

test('bounds of a definition for Fargate are those of the server', async () => {
  const containerProperties = {
    image: 'busybox',
    resourceRequirements: amounts,
    executionRoleArn: 'arn:aws:iam::123456789012:role/any',
    ephemeralStorage: { sizeInGiB: 21 },
    fargatePlatformConfiguration: { platformVersion: 'LATEST' },
    networkConfiguration: { assignPublicIp: 'ENABLED' },
    runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' },
  };
  const input = {
    jobDefinitionName: 'example',
    type: 'container',
    platformCapabilities: ['FARGATE'],
    containerProperties,
  };
  // Which memory goes with which vCPUs is the server's to say: the bounds of one alone are not asked for here.
  const plan = withoutAmounts(definitionPlan('fargate'));
  await compare(plan, input, (given) => yard.batch.send(new RegisterJobDefinitionCommand(given as never)));
});

test('bounds of a definition of pods and of one of nodes are those of the server', async () => {
  const container = {
    name: 'main',
    image: 'busybox',
    imagePullPolicy: 'Always',
    resources: { limits: { cpu: '1', memory: '64Mi' } },
    securityContext: { runAsUser: 1, runAsGroup: 1 },
  };
  const pods = {
    jobDefinitionName: 'example',
    type: 'container',
    eksProperties: { podProperties: { dnsPolicy: 'Default', containers: [container] } },
  };
  const send = (given: Input) => yard.batch.send(new RegisterJobDefinitionCommand(given as never));
  await compare(definitionPlan('eks'), pods, send);
  const nodes = {
    jobDefinitionName: 'example',
    type: 'multinode',
    nodeProperties: {
      numNodes: 2,
      mainNode: 0,
      nodeRangeProperties: [{ targetNodes: '0:', container: { image: 'busybox', resourceRequirements: amounts } }],
    },
  };
  await compare(definitionPlan('nodes'), nodes, send);
});

test('bounds of a submission are those of the server', async () => {
  await registerShell(yard.batch, { name: 'any', script: 'true' });
  const { arn: schedulingPolicyArn } = await yard.batch.send(
    new CreateSchedulingPolicyCommand({ name: 'fair', fairsharePolicy: {} }),
  );
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  const queue = { jobQueueName: 'fair', priority: 1, schedulingPolicyArn, computeEnvironmentOrder };
  await yard.batch.send(new CreateJobQueueCommand(queue));
  const input = {
    jobName: 'example',
    jobQueue: 'fair',
    shareIdentifier: 'a',
    jobDefinition: 'any',
    arrayProperties: { size: 2 },
    schedulingPriorityOverride: 1,
    dependsOn: [{ type: 'SEQUENTIAL' }],
    containerOverrides: { resourceRequirements: amounts, environment: [{ name: 'A', value: 'b' }] },
    ...retry,
  };
  const plan = submitJobPlan('container');
  const steps = plan.steps.map((step) => ({
    ...step,
    // A dependency of type N_TO_N needs a job as well.
    fields: step.fields.filter(({ path }) => path !== 'dependsOn'),
  }));
  await compare({ ...plan, steps }, input, async (submission) => {
    const path = '/batchyard/v1/explainsubmission';
    const body = JSON.stringify({ submission });
    const answer = await sendRaw(yard.server, { path, service: 'batchyard', body });
    if (answer.status !== 200) throw new Error(answer.body);
  });
});

test('bounds of queues, policies and consumable resources are those of the server', async () => {
  const queue = {
    jobQueueName: 'example',
    priority: 1,
    state: 'ENABLED',
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'default' }],
    jobStateTimeLimitActions: [
      { state: 'RUNNABLE', action: 'CANCEL', reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', maxTimeSeconds: 600 },
    ],
  };
  await compare(createJobQueuePlan, queue, (given) =>
    yard.batch.send(new CreateJobQueueCommand(named(given, 'jobQueueName') as never)),
  );
  const policy = {
    name: 'example',
    fairsharePolicy: {
      shareDecaySeconds: 1,
      computeReservation: 1,
      shareDistribution: [{ shareIdentifier: 'a', weightFactor: 1 }],
    },
  };
  await compare(createPolicyPlan, policy, (given) =>
    yard.batch.send(new CreateSchedulingPolicyCommand(named(given, 'name') as never)),
  );
  const consumable = { consumableResourceName: 'example', totalQuantity: 1, resourceType: 'REPLENISHABLE' };
  await compare(createConsumablePlan, consumable, (given) =>
    yard.batch.send(new CreateConsumableResourceCommand(named(given, 'consumableResourceName') as never)),
  );
});

test('bounds of environments are those of the server', async () => {
  const resources = newEnvironments.ec2.computeResources as Input;
  const input = {
    ...newEnvironments.ec2,
    computeEnvironmentName: 'example',
    computeResources: {
      ...resources,
      type: 'SPOT',
      bidPercentage: 1,
      allocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED',
      scalingPolicy: { minScaleDownDelayMinutes: 20 },
    },
  };
  // Strategies go with a type: the server's to say.
  const plan = without(createEnvironmentPlan('ec2'), ['computeResources.type', 'computeResources.allocationStrategy']);
  await compare(plan, input, (given) =>
    yard.batch.send(new CreateComputeEnvironmentCommand(named(given, 'computeEnvironmentName') as never)),
  );
});

test('bounds of what is changed are those of the server', async () => {
  const { batch } = yard;
  await batch.send(new CreateConsumableResourceCommand({ consumableResourceName: 'changed', totalQuantity: 5 }));
  const quantity = { consumableResource: 'changed', operation: 'SET', quantity: 1 };
  await compare(updateConsumablePlan, quantity, (given) =>
    batch.send(new UpdateConsumableResourceCommand(given as never)),
  );
  const made = { ...newEnvironments.ec2, computeEnvironmentName: 'changed' };
  await batch.send(new CreateComputeEnvironmentCommand(made as never));
  const valid = async () => {
    const names = { computeEnvironments: ['changed'] };
    const { computeEnvironments = [] } = await batch.send(new DescribeComputeEnvironmentsCommand(names));
    return computeEnvironments[0]?.status === 'VALID';
  };
  await until('the environment to be made', valid);
  const update = {
    computeEnvironment: 'changed',
    updatePolicy: { terminateJobsOnUpdate: false, jobExecutionTimeoutMinutes: 1 },
    computeResources: { minvCpus: 0, maxvCpus: 16 },
  };
  const asked = ['updatePolicy.', 'computeResources.m'];
  const plan = updateEnvironmentPlan('ec2');
  const steps = plan.steps.map(({ title, fields }) => {
    return { title, fields: fields.filter(({ path }) => asked.some((start) => path.startsWith(start))) };
  });
  await compare({ ...plan, steps }, update, async (given) => {
    await until('the change before it to be made', valid);
    return batch.send(new UpdateComputeEnvironmentCommand(given as never));
  });
});

function withoutAmounts(plan: FormPlan): FormPlan {
  const container = 'containerProperties.';
  return without(plan, [
    ...['VCPU', 'MEMORY'].map((type) => `${container}resourceRequirements[type=${type}].value`),
    `${container}runtimePlatform.operatingSystemFamily`,
  ]);
}

function without(plan: FormPlan, paths: readonly string[]): FormPlan {
  const kept = (fields: readonly Field[]) => fields.filter(({ path }) => !paths.includes(path));
  return {
    ...plan,
    steps: plan.steps.map(({ title, fields, more = [] }) => ({ title, fields: kept(fields), more: kept(more) })),
  };
}
