import { retryFields, timeoutField } from './attempts.ts';
import { commandField, environmentField, gpusField, memoryField, vcpusField } from './container.ts';
import { type Field, type FormPlan, namePattern, type RowsField, type Step } from './field.ts';
import { type Input, valueAt } from './path.ts';
import { podResourceFields } from './pod.ts';
import { parametersField, propagateTagsField, tagsField } from './tags.ts';

/** What a submission may say otherwise hangs on what its definition runs. */
export type OverrideKind = 'container' | 'fargate' | 'pod' | 'nodes' | 'task';

const dependencies: RowsField = {
  kind: 'rows',
  path: 'dependsOn',
  label: 'field.dependencies',
  add: 'field.dependencies.add',
  help: 'field.dependencies.help',
  most: 20,
  oneOf: ['jobId', 'type'],
  named: /dependenc/i,
  fields: [
    { kind: 'text', path: 'jobId', label: 'field.job-id' },
    { kind: 'choice', path: 'type', label: 'field.dependency-type', options: ['N_TO_N', 'SEQUENTIAL'] },
  ],
};

const consumables: RowsField = {
  kind: 'rows',
  path: 'consumableResourcePropertiesOverride.consumableResourceList',
  label: 'field.consumables',
  add: 'field.consumables.add',
  most: 5,
  named: /consumable/i,
  fields: [
    { kind: 'text', path: 'consumableResource', label: 'field.consumable', suggest: 'consumables', required: true },
    { kind: 'number', path: 'quantity', label: 'field.quantity', min: 1, required: true, named: /quantity of/i },
  ],
};

const configuration: Step = {
  title: 'step.job',
  fields: [
    {
      ...{ kind: 'text', path: 'jobName', label: 'field.name', help: 'field.name.help' },
      ...{ pattern: namePattern, required: true, named: /job ?name/i },
    },
    {
      ...{ kind: 'text', path: 'jobDefinition', label: 'field.job-definition' },
      ...{ suggest: 'definitions', required: true, named: /job ?definition/i },
    },
    {
      ...{ kind: 'text', path: 'jobQueue', label: 'field.job-queue' },
      ...{ suggest: 'queues', required: true, named: /job ?queue/i },
    },
    {
      ...{ kind: 'number', path: 'arrayProperties.size', label: 'field.array-size', help: 'field.array-size.help' },
      ...{ min: 2, max: 10_000, named: /array size/i },
    },
    dependencies,
    {
      ...{ kind: 'text', path: 'shareIdentifier', label: 'field.share', help: 'field.share.help' },
      ...{ pattern: /^[a-zA-Z0-9_-]{1,255}$/, named: /share ?identifier/i },
    },
  ],
  more: [
    {
      ...{ kind: 'number', path: 'schedulingPriorityOverride', label: 'field.scheduling-priority' },
      ...{ help: 'field.scheduling-priority.help', min: 0, max: 9999, named: /scheduling priority/i },
    },
    ...retryFields,
    timeoutField,
    propagateTagsField,
    consumables,
    tagsField,
  ],
};

const container = 'containerOverrides.';
const one = 'eksPropertiesOverride.podProperties.containers[0].';

function containerFields(at: string, fargate = false): readonly Field[] {
  const amounts = [vcpusField(at, { fargate }), memoryField(at)];
  return [commandField(at), ...amounts, ...(fargate ? [] : [gpusField(at)]), environmentField(at)];
}

const overrides: Readonly<Record<OverrideKind, readonly Field[]>> = {
  container: [parametersField, ...containerFields(container)],
  fargate: [parametersField, ...containerFields(container, true)],
  pod: [
    parametersField,
    commandField(one),
    commandField(one, 'args', 'field.arguments'),
    ...podResourceFields(one, false),
    environmentField(one, 'env'),
  ],
  nodes: [
    parametersField,
    {
      ...{ kind: 'number', path: 'nodeOverrides.numNodes', label: 'field.node-count', min: 1, max: 1000 },
      named: /number of nodes|numNodes/i,
    },
    {
      ...{ kind: 'rows', path: 'nodeOverrides.nodePropertyOverrides', label: 'field.node-ranges' },
      add: 'field.node-ranges.add',
      fields: [
        { kind: 'text', path: 'targetNodes', label: 'field.target-nodes', required: true },
        ...containerFields(container),
      ],
    },
  ],
  task: [
    parametersField,
    {
      ...{ kind: 'rows', path: 'ecsPropertiesOverride.taskProperties[0].containers', label: 'field.containers' },
      add: 'field.containers.add',
      fields: [{ kind: 'text', path: 'name', label: 'field.container-name', required: true }, ...containerFields('')],
    },
  ],
};

/** Configuration, then what is otherwise than in the definition (spec 01 §6). */
export function submitJobPlan(kind: OverrideKind): FormPlan {
  const steps = [configuration, { title: 'step.overrides', fields: overrides[kind] }];
  return { service: 'batch', operation: 'SubmitJob', steps };
}

export function overrideKindOf(definition: Input | undefined): OverrideKind {
  if (definition?.nodeProperties !== undefined) return 'nodes';
  if (definition?.eksProperties !== undefined) return 'pod';
  if (definition?.ecsProperties !== undefined) return 'task';
  const capabilities = definition?.platformCapabilities;
  return Array.isArray(capabilities) && capabilities.includes('FARGATE') ? 'fargate' : 'container';
}

/** What a described job was submitted with, as far as its description tells, to submit it once more. */
const kept = [
  'jobName',
  'jobQueue',
  'jobDefinition',
  'shareIdentifier',
  'parameters',
  'retryStrategy',
  'timeout',
  'tags',
  'propagateTags',
] as const;

/**
 * What submits `job` again. Of its container everything is said that a submission can say, since what came from the definition is
 * not told from what was said otherwise.
 */
export function submittedAgain(job: Input): Input {
  const input = Object.fromEntries(kept.flatMap((member) => keptValue(member, job[member])));
  const size = valueAt(job, 'arrayProperties.size');
  const priority = job.schedulingPriority;
  return {
    ...input,
    ...(typeof size === 'number' && { arrayProperties: { size } }),
    ...(typeof priority === 'number' && priority > 0 && { schedulingPriorityOverride: priority }),
    ...containerSaid(job),
  };
}

function keptValue(member: string, value: unknown): readonly (readonly [string, unknown])[] {
  const nothing = value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
  return nothing ? [] : [[member, nameOf(member, value)]];
}

/** Queues and definitions by name: they are told by ARN. */
function nameOf(member: string, value: unknown): unknown {
  const named = member === 'jobQueue' || member === 'jobDefinition';
  return named && typeof value === 'string' ? value.slice(value.indexOf('/') + 1) : value;
}

function containerSaid({ container: given, nodeProperties, eksProperties, ecsProperties }: Input): Input {
  if (given === undefined || nodeProperties || eksProperties || ecsProperties) return {};
  const said = Object.fromEntries(
    (['command', 'environment', 'resourceRequirements'] as const).flatMap((member) => {
      const value = valueAt(given, member);
      return Array.isArray(value) && value.length > 0 ? [[member, value]] : [];
    }),
  );
  return Object.keys(said).length > 0 ? { containerOverrides: said } : {};
}
