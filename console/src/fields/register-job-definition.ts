import { retryFields, timeoutField } from './attempts.ts';
import {
  commandField,
  environmentField,
  gpusField,
  imageField,
  memoryField,
  roleField,
  secretsField,
  vcpusField,
} from './container.ts';
import { hostFields, loggingFields, storageFields, userFields } from './container-system.ts';
import { type Field, type FormPlan, namePattern, type RowsField, type Step } from './field.ts';
import type { Input } from './path.ts';
import { podSteps } from './pod.ts';
import { parametersField, propagateTagsField, tagsField } from './tags.ts';

/** The wizards of definitions (spec 02 §12). `other`: of what no wizard has a form for, such as several containers. */
export const definitionKinds = ['ec2', 'fargate', 'eks', 'nodes', 'other'] as const;
export type DefinitionKind = (typeof definitionKinds)[number];

const at = 'containerProperties.';

const nameField: Field = {
  kind: 'text',
  path: 'jobDefinitionName',
  label: 'field.name',
  help: 'field.name.help',
  pattern: namePattern,
  required: true,
  named: /definition name/i,
};

const priorityField: Field = {
  kind: 'number',
  path: 'schedulingPriority',
  label: 'field.scheduling-priority',
  help: 'field.scheduling-priority.help',
  min: 0,
  max: 9999,
  named: /scheduling priority/i,
};

const consumables: RowsField = {
  kind: 'rows',
  path: 'consumableResourceProperties.consumableResourceList',
  label: 'field.consumables',
  add: 'field.consumables.add',
  most: 5,
  named: /consumable/i,
  fields: [
    { kind: 'text', path: 'consumableResource', label: 'field.consumable', suggest: 'consumables', required: true },
    { kind: 'number', path: 'quantity', label: 'field.quantity', min: 1, required: true, named: /quantity of/i },
  ],
};

const general: readonly Field[] = [nameField, timeoutField, priorityField];

function generalStep(more: readonly Field[] = []): Step {
  return { title: 'step.general', fields: [...general, ...more], more: [consumables, tagsField] };
}

const image = [imageField(at), commandField(at)];
const amounts = [memoryField(at, true)];

const ec2Steps: readonly Step[] = [
  generalStep([...retryFields, propagateTagsField]),
  {
    title: 'step.container',
    fields: [...image, vcpusField(at, { required: true }), ...amounts, gpusField(at), parametersField],
    more: [
      roleField(`${at}executionRoleArn`, 'field.execution-role'),
      roleField(`${at}jobRoleArn`, 'field.job-role'),
      environmentField(at),
      secretsField(`${at}secrets`),
    ],
  },
  {
    title: 'step.linux',
    fields: [...userFields(at), ...storageFields(at), ...loggingFields(at)],
    more: hostFields(at),
  },
];

const platform: readonly Field[] = [
  choice('runtimePlatform.operatingSystemFamily', 'field.operating-system', [
    'LINUX',
    'WINDOWS_SERVER_2019_CORE',
    'WINDOWS_SERVER_2019_FULL',
    'WINDOWS_SERVER_2022_CORE',
    'WINDOWS_SERVER_2022_FULL',
  ]),
  choice('runtimePlatform.cpuArchitecture', 'field.architecture', ['X86_64', 'ARM64']),
  choice('fargatePlatformConfiguration.platformVersion', 'field.platform-version', ['LATEST', '1.4.0', '1.3.0']),
  choice('networkConfiguration.assignPublicIp', 'field.public-ip', ['ENABLED', 'DISABLED']),
  {
    kind: 'number',
    path: `${at}ephemeralStorage.sizeInGiB`,
    label: 'field.ephemeral-storage',
    help: 'field.ephemeral-storage.help',
    min: 21,
    max: 200,
    named: /ephemeral storage/i,
  },
];

function choice(member: string, label: string, options: readonly string[]): Field {
  return { kind: 'choice', path: at + member, label, options };
}

const fargateSteps: readonly Step[] = [
  generalStep([
    roleField(`${at}executionRoleArn`, 'field.execution-role', true),
    ...platform,
    ...retryFields,
    propagateTagsField,
  ]),
  {
    title: 'step.container',
    fields: [...image, vcpusField(at, { fargate: true, required: true }), ...amounts, parametersField],
    more: [roleField(`${at}jobRoleArn`, 'field.job-role'), environmentField(at), secretsField(`${at}secrets`)],
  },
  {
    title: 'step.linux',
    fields: [...userFields(at), ...storageFields(at), ...loggingFields(at, ['awslogs', 'splunk'])],
  },
];

const node = 'container.';
const ranges: RowsField = {
  kind: 'rows',
  path: 'nodeProperties.nodeRangeProperties',
  label: 'field.node-ranges',
  add: 'field.node-ranges.add',
  most: 5,
  required: true,
  fields: [
    {
      kind: 'text',
      path: 'targetNodes',
      label: 'field.target-nodes',
      help: 'field.target-nodes.help',
      required: true,
      pattern: /^(\d+(:\d*)?|:\d*)$/,
      named: /targetNodes|node range/i,
    },
    imageField(node),
    commandField(node),
    vcpusField(node, { required: true }),
    memoryField(node, true),
    gpusField(node),
    { kind: 'text', path: `${node}instanceType`, label: 'field.instance-type', suggest: 'instanceTypes' },
    roleField(`${node}executionRoleArn`, 'field.execution-role'),
    roleField(`${node}jobRoleArn`, 'field.job-role'),
    environmentField(node),
    secretsField(`${node}secrets`),
    ...userFields(node),
    ...storageFields(node),
    ...loggingFields(node),
    ...hostFields(node),
  ],
};

const nodeSteps: readonly Step[] = [
  generalStep([...retryFields, propagateTagsField]),
  {
    title: 'step.nodes',
    fields: [
      {
        ...{ kind: 'number', path: 'nodeProperties.numNodes', label: 'field.node-count', required: true },
        ...{ min: 1, max: 1000, named: /number of nodes/i },
      },
      {
        ...{ kind: 'number', path: 'nodeProperties.mainNode', label: 'field.main-node', required: true },
        ...{ min: 0, named: /main node/i },
      },
      parametersField,
      ranges,
    ],
  },
];

const steps: Readonly<Record<DefinitionKind, readonly Step[]>> = {
  ec2: ec2Steps,
  fargate: fargateSteps,
  eks: [{ title: 'step.general', fields: general, more: [consumables, tagsField] }, ...podSteps],
  nodes: nodeSteps,
  other: [generalStep([...retryFields, propagateTagsField, parametersField])],
};

export function definitionPlan(kind: DefinitionKind): FormPlan {
  return { service: 'batch', operation: 'RegisterJobDefinition', steps: steps[kind] };
}

/** What the form of each begins with. */
export const newDefinitions: Readonly<Record<DefinitionKind, Input>> = {
  ec2: { type: 'container', platformCapabilities: ['EC2'] },
  fargate: { type: 'container', platformCapabilities: ['FARGATE'] },
  eks: { type: 'container' },
  nodes: {
    type: 'multinode',
    platformCapabilities: ['EC2'],
    nodeProperties: { numNodes: 2, mainNode: 0, nodeRangeProperties: [{ targetNodes: '0:' }] },
  },
  other: { type: 'container' },
};

/** Which wizard a definition belongs into. */
export function kindOfDefinition(input: Input): DefinitionKind {
  const capabilities = input.platformCapabilities;
  if (input.ecsProperties !== undefined) return 'other';
  if (input.nodeProperties !== undefined) return nodesAreContainers(input.nodeProperties) ? 'nodes' : 'other';
  if (input.eksProperties !== undefined) return isOnePod(input.eksProperties) ? 'eks' : 'other';
  return Array.isArray(capabilities) && capabilities.includes('FARGATE') ? 'fargate' : 'ec2';
}

function nodesAreContainers(nodes: unknown): boolean {
  const given = (nodes as { readonly nodeRangeProperties?: readonly Input[] }).nodeRangeProperties ?? [];
  return given.every(({ container }) => container !== undefined);
}

function isOnePod(pod: unknown): boolean {
  const { podProperties } = pod as { readonly podProperties?: { readonly containers?: readonly unknown[] } };
  return (podProperties?.containers ?? []).length <= 1;
}

/** What tells of a revision and is no part of what was registered. */
const told = ['jobDefinitionArn', 'revision', 'status', 'containerOrchestrationType'];

/** What registers `definition` anew, as it was described. */
export function registeredAgain(definition: Input): Input {
  return Object.fromEntries(Object.entries(definition).filter(([member]) => !told.includes(member)));
}
