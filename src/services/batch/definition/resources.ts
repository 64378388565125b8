import type { ResourceRequest } from '../../../core/job.ts';
import { demand, invalid } from '../refusals.ts';
import { checkFargateSize } from './fargate.ts';
import type { Container } from './schema.ts';

export type Platform = 'EC2' | 'FARGATE';

/** What a definition or an override says of resources: the older integers, or the newer list. */
export type Requirements = Pick<Container, 'vcpus' | 'memory' | 'resourceRequirements'>;
export type Requirement = NonNullable<Container['resourceRequirements']>[number];

const leastMemoryMiB = 4;
const decimal = /^\d+(\.\d+)?$/;
/** The older form of each type; `GPU` has none. */
const olderForm = { VCPU: 'vcpus', MEMORY: 'memory', GPU: undefined } as const;

/** Checks what is given, whether or not it is complete: forms, duplicates, least values. The words: cdk-preflight; of a GPU none are reported. */
export function checkRequirements(given: Requirements, platform: Platform): void {
  const list = given.resourceRequirements ?? [];
  demand(
    new Set(list.map(({ type }) => type)).size === list.length,
    'Cannot provide duplicates in resourceRequirements.',
  );
  for (const requirement of list) checkRequirement(requirement, platform);
  if (given.vcpus !== undefined) checkVcpus(given.vcpus);
  if (given.memory !== undefined) checkMemory(given.memory);
  const words = olderFormOnFargate(given, platform);
  if (words !== undefined) invalid(words);
}

/** Refuses a container that says one thing in both forms. The words: cdk-preflight. */
export function refuseBothForms(given: Requirements): void {
  for (const { type } of given.resourceRequirements ?? []) {
    const older = olderForm[type];
    if (older === undefined || given[older] === undefined) continue;
    invalid(`Cannot use both ECS containerProperties ${older} and resourceRequirement ${type}.`);
  }
}

/** Reads checked requirements, complete or not so; refuses what lacks vCPUs or memory, and what Fargate has no size for. */
export function resourcesOf(given: Requirements, platform: Platform): ResourceRequest {
  const amounts = { VCPU: given.vcpus, MEMORY: given.memory, GPU: 0 };
  const read: Record<Requirement['type'], number | undefined> = amounts;
  for (const { type, value } of given.resourceRequirements ?? []) read[type] = Number(value);
  // The second is reported in ASFHyP3/hyp3 pull request 586, the first in cdk-preflight; that of memory is worded after them.
  demand(read.VCPU !== undefined || given.resourceRequirements?.length, 'vCPU is required.');
  demand(read.VCPU !== undefined, 'vCPU is not provided.');
  demand(read.MEMORY !== undefined, 'Memory is not provided.');
  const resources = { vcpus: read.VCPU, memoryMiB: read.MEMORY, gpus: read.GPU ?? 0 };
  if (platform === 'FARGATE') checkFargateSize(resources);
  return resources;
}

function checkRequirement({ type, value }: Requirement, platform: Platform): void {
  if (platform === 'FARGATE' && type === 'GPU') invalid('GPU is not applicable for Fargate.');
  const form = platform === 'FARGATE' && type === 'VCPU' ? /^\d{1,9}(\.\d{1,9})?$/ : /^\d{1,9}$/;
  if (!form.test(value)) {
    // Both reported of AWS: the first of `1.0` (kestra-io/plugin-aws issue 504), the second of what is no number at all.
    const advice = decimal.test(value) ? 'Please provide a numeric value.' : 'Provide a valid number as input.';
    invalid(`Value ${value} for type ${type} in resourceRequirement is not valid. ${advice}`);
  }
  if (type === 'MEMORY') checkMemory(Number(value));
  else if (type === 'GPU') demand(Number(value) >= 1, `GPU must be at least 1, got ${value}.`);
  else if (platform === 'EC2') checkVcpus(Number(value));
}

function checkVcpus(vcpus: number): void {
  demand(vcpus >= 1, `vCPU must be at least 1, got ${vcpus}.`);
}

function checkMemory(mebibytes: number): void {
  demand(mebibytes >= leastMemoryMiB, `Memory must be at least ${leastMemoryMiB} Mib, got ${mebibytes} Mib.`);
}

/** What is to be said of the older forms, which Fargate has not: reported of AWS (insitro/redun pull request 95). */
function olderFormOnFargate(given: Requirements, platform: Platform): string | undefined {
  if (platform !== 'FARGATE') return undefined;
  const member = (['vcpus', 'memory'] as const).find((name) => given[name] !== undefined);
  return member && `${member} is not applicable for Fargate. Use resource requirements instead.`;
}
