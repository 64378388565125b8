import { type Field, type FormPlan, namePattern, type RowsField, type Step } from './field.ts';
import { type Input, valueAt } from './path.ts';
import { tagsField } from './tags.ts';

/** The wizards of environments (spec 04 §15.1). */
export const environmentKinds = ['ec2', 'fargate', 'eks', 'unmanaged'] as const;
export type EnvironmentKind = (typeof environmentKinds)[number];

const at = 'computeResources.';

const nameField: Field = {
  ...{ kind: 'text', path: 'computeEnvironmentName', label: 'field.name', help: 'field.name.help' },
  ...{ pattern: namePattern, newIn: 'environments', required: true, named: /environment ?name|object already exists/i },
};
const stateField: Field = { kind: 'choice', path: 'state', label: 'field.state', options: ['ENABLED', 'DISABLED'] };
const serviceRoleField: Field = {
  ...{ kind: 'text', path: 'serviceRole', label: 'field.service-role', help: 'field.service-role.help' },
  named: /service ?role/i,
};

function typeField(options: readonly string[]): Field {
  const help = options.includes('FARGATE') ? 'field.fargate-type.help' : 'field.compute-type.help';
  return { kind: 'choice', path: `${at}type`, label: 'field.compute-type', help, options, required: true };
}

function vcpus(member: string, label: string, help: string, required = false): Field {
  return { kind: 'number', path: at + member, label, help, min: 0, required };
}

const minField = vcpus('minvCpus', 'field.min-vcpus', 'field.min-vcpus.help');
const desiredField = vcpus('desiredvCpus', 'field.desired-vcpus', 'field.desired-vcpus.help');
const maxField = vcpus('maxvCpus', 'field.max-vcpus', 'field.max-vcpus.help', true);

function isSpot(input: Input): boolean {
  return valueAt(input, `${at}type`) === 'SPOT';
}

function usesBestFit(input: Input): boolean {
  return (valueAt(input, `${at}allocationStrategy`) ?? 'BEST_FIT') === 'BEST_FIT';
}

const spotFields: readonly Field[] = [
  {
    ...{ kind: 'number', path: `${at}bidPercentage`, label: 'field.bid', help: 'field.bid.help' },
    ...{ min: 0, max: 100, when: isSpot, named: /bid percentage/i },
  },
  {
    ...{ kind: 'text', path: `${at}spotIamFleetRole`, label: 'field.spot-role' },
    ...{ when: isSpot, required: usesBestFit },
  },
];

const instanceRoleField: Field = {
  ...{ kind: 'text', path: `${at}instanceRole`, label: 'field.instance-role', help: 'field.instance-role.help' },
  ...{ required: true, named: /instance role/i },
};

const typesField: Field = {
  kind: 'list',
  path: `${at}instanceTypes`,
  label: 'field.instance-types',
  help: 'field.instance-types.help',
  suggest: 'instanceTypes',
  required: true,
  named: /instance ?types?/i,
};

const strategies = [
  'BEST_FIT_PROGRESSIVE',
  'BEST_FIT',
  'BEST_FIT_PROGRESSIVE_ORDERED',
  'SPOT_CAPACITY_OPTIMIZED',
  'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED',
  'SPOT_PRICE_CAPACITY_OPTIMIZED',
];

function strategyField(options: readonly string[]): Field {
  return {
    ...{ kind: 'choice', path: `${at}allocationStrategy`, label: 'field.allocation-strategy' },
    ...{ help: 'field.allocation-strategy.help', options, named: /allocation ?strategy/i },
  };
}

const images: RowsField = {
  kind: 'rows',
  path: `${at}ec2Configuration`,
  label: 'field.ec2-configuration',
  help: 'field.ec2-configuration.help',
  add: 'field.ec2-configuration.add',
  most: 2,
  fields: [
    { kind: 'text', path: 'imageType', label: 'field.image-type', required: true, longest: 256 },
    { kind: 'text', path: 'imageIdOverride', label: 'field.image-override' },
  ],
};
const podImages: RowsField = {
  ...images,
  fields: [...images.fields, { kind: 'text', path: 'imageKubernetesVersion', label: 'field.kubernetes-version' }],
};

const templateFields: readonly Field[] = [
  {
    ...{ kind: 'text', path: `${at}launchTemplate.launchTemplateName`, label: 'field.launch-template' },
    named: /launch ?template/i,
  },
  {
    ...{ kind: 'text', path: `${at}launchTemplate.version`, label: 'field.launch-template-version' },
    ...{ help: 'field.launch-template-version.help', pattern: /^(\$Latest|\$Default|\d+)$/ },
  },
];

const placementField: Field = { kind: 'text', path: `${at}placementGroup`, label: 'field.placement-group' };
const keyPairField: Field = { kind: 'text', path: `${at}ec2KeyPair`, label: 'field.key-pair' };
const ec2TagsField: Field = { kind: 'map', path: `${at}tags`, label: 'field.ec2-tags', help: 'field.ec2-tags.help' };
const delayField: Field = {
  ...{ kind: 'number', path: `${at}scalingPolicy.minScaleDownDelayMinutes`, label: 'field.scale-down-delay' },
  ...{ help: 'field.scale-down-delay.help', min: 20, max: 10_080 },
};

function networkStep(fargate = false): Step {
  const most = fargate ? { subnets: 16, groups: 5 } : undefined;
  return {
    title: 'step.network',
    fields: [
      {
        ...{ kind: 'list', path: `${at}subnets`, label: 'field.subnets', help: 'field.subnets.help' },
        ...(most && { most: most.subnets, required: true }),
      },
      {
        ...{ kind: 'list', path: `${at}securityGroupIds`, label: 'field.security-groups' },
        ...{ help: 'field.security-groups.help', named: /security ?groups?/i },
        ...(most && { most: most.groups, required: true }),
      },
    ],
  };
}

const ec2More = [placementField, keyPairField, images, ...templateFields, delayField, ec2TagsField];
const ec2Instances: readonly Field[] = [typeField(['EC2', 'SPOT']), ...spotFields, minField, desiredField, maxField];
const podInstances: readonly Field[] = [typeField(['EC2', 'SPOT']), ...spotFields, minField, maxField];
const podStrategies = strategies.filter((strategy) => strategy !== 'BEST_FIT');
const podMore = [placementField, podImages, ...templateFields, ec2TagsField];

const fargateInstances: Step = {
  title: 'step.instances',
  fields: [typeField(['FARGATE', 'FARGATE_SPOT']), maxField],
};

const clusterFields: readonly Field[] = [
  {
    ...{ kind: 'text', path: 'eksConfiguration.eksClusterArn', label: 'field.eks-cluster', required: true },
    named: /eks ?cluster/i,
  },
  {
    ...{ kind: 'text', path: 'eksConfiguration.kubernetesNamespace', label: 'field.namespace', required: true },
    named: /namespace/i,
  },
];

/** The service-linked role is for managed ones. */
const ownRoleField: Field = { ...serviceRoleField, required: true, help: 'field.own-service-role.help' };

const unmanagedField: Field = {
  ...{ kind: 'number', path: 'unmanagedvCpus', label: 'field.unmanaged-vcpus', help: 'field.unmanaged-vcpus.help' },
  min: 0,
};

const steps: Readonly<Record<EnvironmentKind, readonly Step[]>> = {
  ec2: [
    {
      title: 'step.configuration',
      fields: [nameField, instanceRoleField],
      more: [serviceRoleField, tagsField],
    },
    {
      title: 'step.instances',
      fields: [...ec2Instances, typesField, strategyField(strategies)],
      more: ec2More,
    },
    networkStep(),
  ],
  fargate: [
    { title: 'step.configuration', fields: [nameField], more: [serviceRoleField, tagsField] },
    fargateInstances,
    networkStep(true),
  ],
  eks: [
    {
      title: 'step.configuration',
      fields: [nameField, ...clusterFields, instanceRoleField],
      more: [tagsField],
    },
    {
      title: 'step.instances',
      fields: [...podInstances, typesField, strategyField(podStrategies)],
      more: podMore,
    },
    networkStep(),
  ],
  unmanaged: [
    {
      title: 'step.configuration',
      fields: [nameField, ownRoleField, unmanagedField],
      more: [tagsField],
    },
  ],
};

export function createEnvironmentPlan(kind: EnvironmentKind): FormPlan {
  return { service: 'batch', operation: 'CreateComputeEnvironment', steps: steps[kind] };
}

/** What the form of each begins with. */
export const newEnvironments: Readonly<Record<EnvironmentKind, Input>> = {
  ec2: {
    type: 'MANAGED',
    computeResources: {
      type: 'EC2',
      allocationStrategy: 'BEST_FIT_PROGRESSIVE',
      minvCpus: 0,
      maxvCpus: 256,
      instanceTypes: ['optimal'],
      instanceRole: 'ecsInstanceRole',
    },
  },
  fargate: { type: 'MANAGED', computeResources: { type: 'FARGATE', maxvCpus: 256 } },
  eks: {
    type: 'MANAGED',
    computeResources: {
      type: 'EC2',
      allocationStrategy: 'BEST_FIT_PROGRESSIVE',
      minvCpus: 0,
      maxvCpus: 256,
      instanceTypes: ['optimal'],
    },
  },
  unmanaged: { type: 'UNMANAGED' },
};

/** Which wizard an environment belongs into. */
export function kindOfEnvironment(environment: Input): EnvironmentKind {
  if (environment.type === 'UNMANAGED') return 'unmanaged';
  if (environment.eksConfiguration !== undefined) return 'eks';
  return String(valueAt(environment, `${at}type`)).startsWith('FARGATE') ? 'fargate' : 'ec2';
}

/** What no update changes: it is no field of the form for one. */
const fixed = ['computeEnvironmentName', 'tags', `${at}spotIamFleetRole`];
const policyFields: readonly Field[] = [
  { kind: 'toggle', path: `${at}updateToLatestImageVersion`, label: 'field.latest-image' },
  {
    ...{ kind: 'toggle', path: 'updatePolicy.terminateJobsOnUpdate', label: 'field.terminate-on-update' },
    help: 'field.terminate-on-update.help',
  },
  {
    ...{ kind: 'number', path: 'updatePolicy.jobExecutionTimeoutMinutes', label: 'field.update-timeout' },
    ...{ help: 'field.update-timeout.help', min: 1, max: 7200, named: /job ?execution ?timeout/i },
  },
];

function changeable(list: readonly Field[]): readonly Field[] {
  return list.filter(({ path }) => !fixed.includes(path) && !path.startsWith('eksConfiguration.'));
}

/** The same pages for what there is, less what cannot be changed. It is made enabled; the state is what one may change. */
export function updateEnvironmentPlan(kind: EnvironmentKind): FormPlan {
  const pages = steps[kind].map(({ title, fields, more = [] }, index): Step => {
    const own = index === 0 ? [stateField] : [];
    return { title, fields: [...own, ...changeable(fields)], more: changeable(more) };
  });
  const updating: Step = { title: 'step.update', fields: policyFields };
  const launches = kind === 'ec2' || kind === 'eks';
  return {
    service: 'batch',
    operation: 'UpdateComputeEnvironment',
    steps: launches ? [...pages, updating] : pages,
  };
}
