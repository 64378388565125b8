import { defaultContainer, type NodeSpecification } from '../../../core/job-specification.ts';
import { present } from '../../../core/present.ts';
import type { CompiledDefinition } from './compile.ts';
import { isOverrideOf, type SubmittedNodes } from './node-overrides.ts';
import type { Overrides, SubmittedNode } from './overrides.ts';
import type { NodeOverrides } from './schema.ts';

/** Characters that ECS takes of a task's overrides, those of the JSON around them included (reference of RunTask). */
const mostCharacters = 8192;

/**
 * Why a job can never start because of what it says otherwise than its definition: a command, replaced parameters in one, or
 * variables. AWS takes such a job, and it ends FAILED with these words (Netflix/metaflow issue 977, ASFHyP3/hyp3 issue 3041, where
 * it was a parameter that was too long).
 */
export function overridesTooLong(
  definition: CompiledDefinition,
  given: Overrides & { readonly nodeOverrides?: NodeOverrides | undefined },
  submitted: SubmittedNode | SubmittedNodes,
): string | undefined {
  if (!('nodes' in submitted)) return tooLong(definition, given, submitted.node);
  const overrides = given.nodeOverrides?.nodePropertyOverrides ?? [];
  for (const node of submitted.nodes) {
    const own = overrides.filter((one) => isOverrideOf(one, node, submitted.size));
    const words = [{}, ...own].map((one) => tooLong(definition, one, node)).find((found) => found !== undefined);
    if (words !== undefined) return words;
  }
  return undefined;
}

function tooLong(
  { hasReferences }: CompiledDefinition,
  { containerOverrides, ecsPropertiesOverride }: Overrides,
  node: NodeSpecification,
): string | undefined {
  if (!containerOverrides && !ecsPropertiesOverride && !hasReferences) return undefined;
  const named = ecsPropertiesOverride?.taskProperties?.[0]?.containers ?? [];
  const overrides = node.containers.map(({ name = defaultContainer, command }) => {
    const given = node.isTask ? named.find((one) => (one.name ?? defaultContainer) === name) : containerOverrides;
    return present({
      name,
      command: given?.command || hasReferences ? command : undefined,
      environment: given?.environment,
    });
  });
  if (JSON.stringify({ containerOverrides: overrides }).length <= mostCharacters) return undefined;
  return `Container Overrides length must be at most ${mostCharacters}`;
}
