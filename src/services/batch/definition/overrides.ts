import type { ResourceRequest } from '../../../core/job.ts';
import {
  type ContainerRecord,
  type ContainerResources,
  defaultContainer,
  type NodeSpecification,
  type VariableRecord,
} from '../../../core/job-specification.ts';
import { present } from '../../../core/present.ts';
import { demand, refuse, refusedPlainly } from '../refusals.ts';
import type { CompiledDefinition } from './compile.ts';
import { environmentOf, requirementsOf, resourcesRecord } from './container-record.ts';
import { checkCommand, checkEnvironment } from './container-rules.ts';
import { substitute } from './parameters.ts';
import { checkRequirements, type Requirement, type Requirements, resourcesOf } from './resources.ts';
import type { ContainerOverrides, EcsPropertiesOverride } from './schema.ts';
import { checkSecretNames } from './secret-rules.ts';
import { taskResources } from './task-rules.ts';

type Parameters = Readonly<Record<string, string>>;

/** What a submission says otherwise than its definition. */
export interface Overrides {
  readonly containerOverrides?: ContainerOverrides | undefined;
  readonly ecsPropertiesOverride?: EcsPropertiesOverride | undefined;
  readonly parameters?: Parameters | undefined;
}

/** What one job runs, and what it asks for. */
export interface SubmittedNode {
  readonly node: NodeSpecification;
  readonly resources: ResourceRequest;
  readonly parameters: Parameters;
}

/**
 * The definition's node after overrides and parameter substitution. Where nothing is overridden it is the definition's own
 * object, so that the common submission builds nothing.
 */
export function submittedNode(definition: CompiledDefinition, overrides: Overrides): SubmittedNode {
  const { containerOverrides, ecsPropertiesOverride, parameters: given } = overrides;
  const parameters = given ? { ...definition.parameters, ...given } : definition.parameters;
  refuseOtherForm(definition, overrides);
  if (containerOverrides && !definition.node.isTask)
    return overriddenSingle(definition, containerOverrides, parameters);
  if (ecsPropertiesOverride) return overriddenTask(definition, ecsPropertiesOverride, parameters);
  const { node, resources, hasReferences } = definition;
  return { node: hasReferences ? changed(node, withParameters(parameters)) : node, resources, parameters };
}

/** No words are reported of AWS. */
function refuseOtherForm({ node }: CompiledDefinition, { containerOverrides, ecsPropertiesOverride }: Overrides): void {
  const isTask = node.isTask === true;
  // What says nothing does no harm: some clients always send it.
  if (isTask && Object.keys(containerOverrides ?? {}).length > 0) {
    refuse('containerOverrides is not applicable for a job definition with ecsProperties. Use ecsPropertiesOverride.');
  }
  if (ecsPropertiesOverride && !isTask) {
    refuse(
      'ecsPropertiesOverride is not applicable for a job definition without ecsProperties. Use containerOverrides.',
    );
  }
}

function overriddenSingle(
  definition: CompiledDefinition,
  overrides: ContainerOverrides,
  parameters: Parameters,
): SubmittedNode {
  // Without AWS's usual frame (insitro/redun pull request 95, Netflix/metaflow issue 749).
  refusedPlainly(() => checkRequirements(overrides, definition.platform));
  checkEnvironment(overrides.environment);
  demand(!overrides.instanceType, 'instanceType is only applicable for multi-node parallel jobs.');
  const node = changed(definition.node, (container) => withParameters(parameters)(overridden(container, overrides)));
  const [container] = node.containers;
  const resources = container
    ? refusedPlainly(() => resourcesOf(requirementsOf(container.resources), definition.platform))
    : definition.resources;
  return { node, resources, parameters };
}

function overriddenTask(
  definition: CompiledDefinition,
  { taskProperties = [] }: EcsPropertiesOverride,
  parameters: Parameters,
): SubmittedNode {
  const { platform } = definition;
  demand(taskProperties.length <= 1, 'ecsPropertiesOverride can have at most 1 element in taskProperties.');
  const overrides = new Map((taskProperties[0]?.containers ?? []).map((one) => [one.name ?? defaultContainer, one]));
  const names = new Set(definition.node.containers.map(({ name }) => name ?? defaultContainer));
  for (const [name, { command, environment, ...rest }] of overrides) {
    demand(names.has(name), `ecsPropertiesOverride names container ${name}, which the job definition does not have.`);
    checkCommand(command);
    checkEnvironment(environment);
    checkRequirements(rest, platform);
  }
  const node = changed(definition.node, (container) => {
    const own = overrides.get(container.name ?? defaultContainer);
    return withParameters(parameters)(own ? overridden(container, own) : container);
  });
  const asked = node.containers.map(({ resources }) => requirementsOf(resources));
  return { node, resources: taskResources(asked, platform), parameters };
}

type Change = (container: ContainerRecord) => ContainerRecord;

function changed(node: NodeSpecification, change: Change): NodeSpecification {
  return { ...node, containers: node.containers.map(change) };
}

function withParameters(parameters: Parameters): Change {
  return (container) =>
    container.command ? { ...container, command: substitute(container.command, parameters) } : container;
}

function overridden(container: ContainerRecord, overrides: ContainerOverrides): ContainerRecord {
  const { environment: _own, ...rest } = container;
  const environment = mergedEnvironment(container.environment, environmentOf(overrides.environment));
  // On AWS such a job fails at its start, in these words.
  refusedPlainly(() => checkSecretNames(container.secrets, environment));
  return {
    ...rest,
    ...present({ command: overrides.command ?? container.command, environment }),
    resources: overriddenResources(container.resources, overrides),
  };
}

/**
 * The definition's resources with the overrides laid over them, each in the form it was given (spec 08 §3.1). The older
 * integers do not override what the definition says in the newer list: they are without effect, and `explain` says so
 * (`deprecated-overrides.ts`).
 */
function overriddenResources(
  { list: own = [], ...numbers }: ContainerResources,
  given: Requirements,
): ContainerResources {
  const list = given.resourceRequirements ?? [];
  const merged = [...own.filter(({ type }) => !has(list, type)), ...list];
  return resourcesRecord({
    vcpus: has(merged, 'VCPU') ? undefined : (given.vcpus ?? numbers.vcpus),
    memory: has(merged, 'MEMORY') ? undefined : (given.memory ?? numbers.memoryMiB),
    resourceRequirements: merged,
  });
}

function has(list: readonly Requirement[], type: Requirement['type']): boolean {
  return list.some((requirement) => requirement.type === type);
}

/** Variables of the definition keep their place, whether overridden or not; new ones follow. */
function mergedEnvironment(
  own: readonly VariableRecord[] | undefined,
  overrides: readonly VariableRecord[] | undefined,
): readonly VariableRecord[] | undefined {
  if (!own || !overrides) return own ?? overrides;
  const merged = new Map(own.map((variable) => [variable.name, variable]));
  for (const variable of overrides) merged.set(variable.name, variable);
  return [...merged.values()];
}
