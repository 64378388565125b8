import type { ContainerDetail, KeyValuePair } from '@aws-sdk/client-batch';
import type { ResourceRequest } from '../../../core/job.ts';
import type { CompiledDefinition } from '../definition/compile.ts';
import { checkEnvironment } from '../definition/environment.ts';
import { checkRequirements, type Requirement, type Requirements, resourcesOf } from '../definition/resources.ts';
import { demand, refuse } from '../refusals.ts';
import type { ContainerOverrides, SubmitJobInput } from '../schemas/job.ts';
import { substitute } from './parameters.ts';

/** The container of one job, and what it asks for. */
export interface JobContainer {
  readonly container: ContainerDetail;
  readonly resources: ResourceRequest;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The container after overrides and parameter substitution. Where nothing is overridden it is the definition's own
 * object, so that the common submission builds nothing.
 */
export function jobContainer(definition: CompiledDefinition, input: SubmitJobInput): JobContainer {
  const { containerOverrides: overrides, parameters: given } = input;
  const parameters = given ? { ...definition.parameters, ...given } : definition.parameters;
  if (!overrides) {
    const container = definition.hasReferences
      ? withParameters(definition.container, parameters)
      : definition.container;
    return { container, resources: definition.resources, parameters };
  }
  const requirements = overrideRequirements(definition, overrides);
  return {
    container: withParameters(overrideContainer(definition.container, overrides, requirements), parameters),
    resources: resourcesOf(requirements, definition.platform),
    parameters,
  };
}

function withParameters(container: ContainerDetail, parameters: Readonly<Record<string, string>>): ContainerDetail {
  return { ...container, command: substitute(container.command, parameters) };
}

function overrideContainer(
  container: ContainerDetail,
  overrides: ContainerOverrides,
  requirements: Requirements,
): ContainerDetail {
  const { vcpus: _vcpus, memory: _memory, ...rest } = container;
  const { vcpus, memory, resourceRequirements = [] } = requirements;
  checkEnvironment(overrides.environment);
  demand(!overrides.instanceType, 'instanceType is only applicable for multi-node parallel jobs.');
  return {
    ...rest,
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(memory === undefined ? {} : { memory }),
    ...(overrides.command ? { command: overrides.command } : {}),
    environment: mergeEnvironment(container.environment, overrides.environment),
    resourceRequirements,
  };
}

/**
 * The definition's requirements with the overrides laid over them, each in the form it was given (spec 08 §3.1). The
 * older integers cannot override what the definition says in the newer list.
 */
function overrideRequirements(definition: CompiledDefinition, overrides: ContainerOverrides): Requirements {
  checkRequirements(overrides, definition.platform);
  const own = definition.requirements;
  const ownList = own.resourceRequirements ?? [];
  const list = overrides.resourceRequirements ?? [];
  if (overrides.vcpus !== undefined) refuseDeprecatedKey(ownList, 'VCPU');
  if (overrides.memory !== undefined) refuseDeprecatedKey(ownList, 'MEMORY');
  return {
    vcpus: has(list, 'VCPU') ? undefined : (overrides.vcpus ?? own.vcpus),
    memory: has(list, 'MEMORY') ? undefined : (overrides.memory ?? own.memory),
    resourceRequirements: [...ownList.filter(({ type }) => !has(list, type)), ...list],
  };
}

function has(list: readonly Requirement[], type: Requirement['type']): boolean {
  return list.some((requirement) => requirement.type === type);
}

function refuseDeprecatedKey(definitions: readonly Requirement[], type: Requirement['type']): void {
  if (!has(definitions, type)) return;
  refuse(
    "This value was submitted in a deprecated key and may conflict with the value provided by the job definition's resource requirements.",
  );
}

/** Variables of the definition keep their place, whether overridden or not; new ones follow. */
function mergeEnvironment(own: readonly KeyValuePair[] = [], overrides: readonly KeyValuePair[] = []): KeyValuePair[] {
  if (overrides.length === 0) return [...own];
  const merged = new Map(own.map((pair) => [pair.name, pair]));
  for (const pair of overrides) merged.set(pair.name, pair);
  return [...merged.values()];
}
