import type { ResourceRequest } from '../../../core/job.ts';
import {
  type ContainerRecord,
  type ContainerResources,
  defaultContainer,
  type NodeSpecification,
} from '../../../core/job-specification.ts';
import type { PodSpecification } from '../../../core/pod-specification.ts';
import { present } from '../../../core/present.ts';
import { demand, refuse, refusedPlainly } from '../refusals.ts';
import type { CompiledDefinition } from './compile.ts';
import { environmentOf, requirementsOf, resourcesRecord } from './container-record.ts';
import { checkCommand, checkEnvironment } from './container-rules.ts';
import { mergedEnvironment } from './merged-environment.ts';
import { substitute } from './parameters.ts';
import { overriddenPod } from './pod-overrides.ts';
import { podWithParameters } from './pod-parameters.ts';
import { podResources } from './pod-resources.ts';
import type { EksPropertiesOverride } from './pod-schema.ts';
import { checkRequirements, type Platform, type Requirement, type Requirements, resourcesOf } from './resources.ts';
import type { ContainerOverrides, EcsPropertiesOverride } from './schema.ts';
import { checkSecretNames } from './secret-rules.ts';
import { taskResources } from './task-rules.ts';

type Parameters = Readonly<Record<string, string>>;

/** What a submission says otherwise than its definition. */
export interface Overrides {
  readonly containerOverrides?: ContainerOverrides | undefined;
  readonly ecsPropertiesOverride?: EcsPropertiesOverride | undefined;
  readonly eksPropertiesOverride?: EksPropertiesOverride | undefined;
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
  if (definition.node.pod) return submittedPod(definition.node, definition.node.pod, overrides, parameters);
  if (containerOverrides && !definition.node.isTask)
    return overriddenSingle(definition, containerOverrides, parameters);
  if (ecsPropertiesOverride) return overriddenTask(definition, ecsPropertiesOverride, parameters);
  const { node, resources } = definition;
  return { node: definition.hasReferences ? changed(node, withParameters(parameters)) : node, resources, parameters };
}

/** The words of a pod: nextflow-io/nextflow issue 5817; of the others none are reported. */
function refuseOtherForm({ node }: CompiledDefinition, overrides: Overrides): void {
  // What says nothing does no harm: some clients always send it.
  const container = saysSomething(overrides.containerOverrides);
  if (node.pod && container) refuse('Container overrides or node overrides should not be set for Batch on EKS jobs.');
  if (node.isTask && container) {
    refuse('containerOverrides is not applicable for a job definition with ecsProperties. Use ecsPropertiesOverride.');
  }
  if (overrides.ecsPropertiesOverride && !node.isTask) refuseOverride('ecsProperties', node);
  if (overrides.eksPropertiesOverride && !node.pod) refuseOverride('eksProperties', node);
}

function refuseOverride(form: 'ecsProperties' | 'eksProperties', { pod, isTask }: NodeSpecification): never {
  const own = pod ? 'eksPropertiesOverride' : isTask ? 'ecsPropertiesOverride' : 'containerOverrides';
  return refuse(`${form}Override is not applicable for a job definition without ${form}. Use ${own}.`);
}

function submittedPod(
  node: NodeSpecification,
  own: PodSpecification,
  { eksPropertiesOverride }: Overrides,
  parameters: Parameters,
): SubmittedNode {
  const changed = eksPropertiesOverride ? overriddenPod(own, eksPropertiesOverride) : own;
  const pod = podWithParameters(changed, parameters);
  return { node: pod === own ? node : { ...node, pod }, resources: podResources(pod), parameters };
}

/** Step Functions adds it to every job that it waits for, whatever that is (spec 07 §8). */
const managedVariable = 'MANAGED_BY_AWS';

/** What says nothing does no harm: some clients always send it, and Step Functions adds a variable of its own. */
export function saysSomething(overrides: ContainerOverrides | undefined): boolean {
  const { environment = [], ...rest } = overrides ?? {};
  return Object.keys(rest).length > 0 || environment.some(({ name }) => name !== managedVariable);
}

function overriddenSingle(
  definition: CompiledDefinition,
  overrides: ContainerOverrides,
  parameters: Parameters,
): SubmittedNode {
  demand(!overrides.instanceType, 'instanceType is only applicable for multi-node parallel jobs.');
  const node = changed(
    containerOverridden(definition.node, overrides, definition.platform),
    withParameters(parameters),
  );
  const [container] = node.containers;
  const resources = container
    ? refusedPlainly(() => resourcesOf(requirementsOf(container.resources), definition.platform))
    : definition.resources;
  return { node, resources, parameters };
}

/** A node of one container with what is said otherwise of that. */
export function containerOverridden(
  node: NodeSpecification,
  overrides: ContainerOverrides,
  platform: Platform,
): NodeSpecification {
  // Without AWS's usual frame (insitro/redun pull request 95, Netflix/metaflow issue 749).
  refusedPlainly(() => checkRequirements(overrides, platform));
  checkEnvironment(overrides.environment);
  return changed(node, (container) => overridden(container, overrides));
}

function overriddenTask(
  definition: CompiledDefinition,
  override: EcsPropertiesOverride,
  parameters: Parameters,
): SubmittedNode {
  const { platform } = definition;
  const node = changed(taskOverridden(definition.node, override, platform), withParameters(parameters));
  const asked = node.containers.map(({ resources }) => requirementsOf(resources));
  return { node, resources: taskResources(asked, platform), parameters };
}

/** A task with what is said otherwise of its containers. */
export function taskOverridden(
  node: NodeSpecification,
  { taskProperties = [] }: EcsPropertiesOverride,
  platform: Platform,
): NodeSpecification {
  demand(taskProperties.length <= 1, 'ecsPropertiesOverride can have at most 1 element in taskProperties.');
  const overrides = new Map<string, ContainerOverrides>();
  for (const { name = defaultContainer, ...one } of taskProperties[0]?.containers ?? []) {
    demand(!overrides.has(name), `ecsPropertiesOverride names container ${name} twice.`);
    overrides.set(name, one);
  }
  const names = new Set(node.containers.map(({ name }) => name ?? defaultContainer));
  for (const [name, { command, environment, ...rest }] of overrides) {
    demand(names.has(name), `ecsPropertiesOverride names container ${name}, which the job definition does not have.`);
    checkCommand(command);
    checkEnvironment(environment);
    checkRequirements(rest, platform);
  }
  return changed(node, (container) => {
    const own = overrides.get(container.name ?? defaultContainer);
    return own ? overridden(container, own) : container;
  });
}

type Change = (container: ContainerRecord) => ContainerRecord;

export function changed(node: NodeSpecification, change: Change): NodeSpecification {
  return { ...node, containers: node.containers.map(change) };
}

export function withParameters(parameters: Parameters): Change {
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
