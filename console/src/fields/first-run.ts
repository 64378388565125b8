import { createEnvironmentPlan, newEnvironments } from './compute-environment.ts';
import { type Field, type FormPlan, fieldsOf } from './field.ts';
import { createJobQueuePlan } from './job-queue.ts';
import type { Input } from './path.ts';
import { definitionPlan, newDefinitions } from './register-job-definition.ts';
import { submitJobPlan } from './submit-job.ts';

/** What a first run makes, in this order (spec 01 §4). */
export const firstRunParts = ['environment', 'queue', 'definition', 'job'] as const;
export type FirstRunPart = (typeof firstRunParts)[number];

export type FirstRunKind = 'ec2' | 'fargate';
export type FirstRunInputs = Readonly<Record<FirstRunPart, Input>>;

/** A page: what most leave as it is stands behind what is always asked. */
function page(title: string, { service, operation, steps }: FormPlan, first: readonly string[]): FormPlan {
  const all = steps.flatMap(fieldsOf);
  const asked = first.flatMap((path) => all.find((field) => field.path === path) ?? []);
  const rest = all.filter(({ path, required }) => !first.includes(path) && required !== true);
  return { service, operation, steps: [{ title, fields: asked, more: rest }] };
}

const environmentFields: Readonly<Record<FirstRunKind, readonly string[]>> = {
  ec2: ['computeEnvironmentName', 'instanceRole', 'type', 'minvCpus', 'desiredvCpus', 'maxvCpus', 'instanceTypes'],
  fargate: ['computeEnvironmentName', 'type', 'maxvCpus', 'subnets', 'securityGroupIds'],
};

const container = 'containerProperties.';
const amounts = ['VCPU', 'MEMORY'].map((type) => `${container}resourceRequirements[type=${type}].value`);
const definitionFields: Readonly<Record<FirstRunKind, readonly string[]>> = {
  ec2: ['jobDefinitionName', `${container}image`, `${container}command`, ...amounts],
  fargate: [
    'jobDefinitionName',
    `${container}executionRoleArn`,
    `${container}image`,
    `${container}command`,
    ...amounts,
  ],
};

/** The pages of a first run. What hangs on the page before is not asked again. */
export function firstRunPlans(kind: FirstRunKind): Readonly<Record<FirstRunPart, FormPlan>> {
  const inResources = (name: string) => (name.startsWith('compute') ? name : `computeResources.${name}`);
  const named = environmentFields[kind].map(inResources);
  const job = submitJobPlan('container');
  const queue = page('first-run.queue', createJobQueuePlan, ['jobQueueName', 'priority']);
  return {
    environment: page('first-run.environment', createEnvironmentPlan(kind), named),
    queue,
    definition: page('first-run.definition', definitionPlan(kind), definitionFields[kind]),
    job: { ...job, steps: [{ title: 'first-run.job', fields: onlyName(job) }] },
  };
}

function onlyName({ steps }: FormPlan): readonly Field[] {
  return steps.flatMap(fieldsOf).filter(({ path }) => path === 'jobName');
}

/** What the pages begin with: a job that says hello. */
export function firstRunStart(kind: FirstRunKind): FirstRunInputs {
  const amount = kind === 'fargate' ? ['0.25', '512'] : ['1', '128'];
  return {
    environment: { computeEnvironmentName: 'first-environment', ...newEnvironments[kind] },
    queue: { jobQueueName: 'first-queue', priority: 1 },
    definition: {
      jobDefinitionName: 'first-definition',
      ...newDefinitions[kind],
      containerProperties: {
        image: 'busybox',
        command: ['echo', 'hello world'],
        resourceRequirements: [
          { type: 'VCPU', value: amount[0] },
          { type: 'MEMORY', value: amount[1] },
        ],
      },
    },
    job: { jobName: 'first-job' },
  };
}

/** What is sent of each part: the queue gets the environment, the job the queue and the definition. */
export function firstRunCalls({ environment, queue, definition, job }: FirstRunInputs) {
  const order = [{ order: 1, computeEnvironment: environment.computeEnvironmentName }];
  const place = { jobQueue: queue.jobQueueName, jobDefinition: definition.jobDefinitionName };
  return {
    environment: { service: 'batch', operation: 'CreateComputeEnvironment', input: environment },
    queue: { service: 'batch', operation: 'CreateJobQueue', input: { ...queue, computeEnvironmentOrder: order } },
    definition: { service: 'batch', operation: 'RegisterJobDefinition', input: definition },
    job: { service: 'batch', operation: 'SubmitJob', input: { ...job, ...place } },
  } as const;
}

/** How far a part is. `exists`: somebody made it before, and it is used as it is. */
export type PartState = 'waiting' | 'running' | 'made' | 'exists' | 'failed';

/** The part that is next; undefined when all is there. */
export function nextPart(states: Readonly<Record<FirstRunPart, PartState>>): FirstRunPart | undefined {
  return firstRunParts.find((part) => states[part] !== 'made' && states[part] !== 'exists');
}
