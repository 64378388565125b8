import { type Field, type FormPlan, namePattern, type RowsField } from './field.ts';
import { tagsField } from './tags.ts';

/** For which reasons a waiting head may be cancelled (spec 03 §9.5). */
const reasons = [
  'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
  'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
  'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS',
  'MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED',
];

const stateField: Field = { kind: 'choice', path: 'state', label: 'field.state', options: ['ENABLED', 'DISABLED'] };

const priorityField: Field = {
  kind: 'number',
  path: 'priority',
  label: 'field.priority',
  help: 'field.priority.help',
  min: 0,
  required: true,
};

const policyField: Field = {
  kind: 'text',
  path: 'schedulingPolicyArn',
  label: 'field.scheduling-policy',
  help: 'field.scheduling-policy.help',
  suggest: 'policies',
  named: /scheduling ?policy/i,
};

const environmentsField: RowsField = {
  kind: 'rows',
  path: 'computeEnvironmentOrder',
  label: 'field.connected-environments',
  help: 'field.connected-environments.help',
  add: 'field.connected-environments.add',
  order: 'order',
  most: 3,
  required: true,
  named: /compute ?environment|environments are allowed/i,
  fields: [
    {
      kind: 'text',
      path: 'computeEnvironment',
      label: 'field.compute-environment',
      suggest: 'environments',
      required: true,
    },
  ],
};

const limitsField: RowsField = {
  kind: 'rows',
  path: 'jobStateTimeLimitActions',
  label: 'field.time-limits',
  help: 'field.time-limits.help',
  add: 'field.time-limits.add',
  start: { state: 'RUNNABLE', action: 'CANCEL' },
  fields: [
    { kind: 'choice', path: 'reason', label: 'field.time-limit-reason', options: reasons, required: true },
    {
      kind: 'number',
      path: 'maxTimeSeconds',
      label: 'field.max-time',
      min: 600,
      max: 86_400,
      required: true,
    },
  ],
};

const fields = [priorityField, policyField, environmentsField];

/** One page (spec 03 §9.8), and what the API has beside it. */
export const createJobQueuePlan: FormPlan = {
  service: 'batch',
  operation: 'CreateJobQueue',
  steps: [
    {
      title: 'step.queue',
      fields: [
        {
          ...{ kind: 'text', path: 'jobQueueName', label: 'field.name', help: 'field.name.help' },
          ...{ pattern: namePattern, newIn: 'queues', required: true, named: /queue name|object already exists/i },
        },
        ...fields,
      ],
      more: [stateField, limitsField, tagsField],
    },
  ],
};

export const updateJobQueuePlan: FormPlan = {
  service: 'batch',
  operation: 'UpdateJobQueue',
  steps: [{ title: 'step.queue', fields: [stateField, ...fields], more: [limitsField] }],
};
