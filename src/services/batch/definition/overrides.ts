import type { ResourceRequest } from '../../../core/job.ts';
import type {
  ContainerRecord,
  ContainerResources,
  NodeSpecification,
  VariableRecord,
} from '../../../core/job-specification.ts';
import { present } from '../../../core/present.ts';
import { demand, refusedPlainly } from '../refusals.ts';
import type { CompiledDefinition } from './compile.ts';
import { environmentOf, requirementsOf, resourcesRecord } from './container-record.ts';
import { checkEnvironment } from './container-rules.ts';
import { substitute } from './parameters.ts';
import { checkRequirements, type Requirement, type Requirements, resourcesOf } from './resources.ts';
import type { ContainerOverrides } from './schema.ts';

type Parameters = Readonly<Record<string, string>>;

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
export function submittedNode(
  definition: CompiledDefinition,
  overrides: ContainerOverrides | undefined,
  given: Parameters | undefined,
): SubmittedNode {
  const parameters = given ? { ...definition.parameters, ...given } : definition.parameters;
  if (!overrides) {
    const { node, resources, hasReferences } = definition;
    return { node: hasReferences ? changed(node, withParameters(parameters)) : node, resources, parameters };
  }
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
  return {
    ...rest,
    ...present({
      command: overrides.command ?? container.command,
      environment: mergedEnvironment(container.environment, environmentOf(overrides.environment)),
    }),
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
