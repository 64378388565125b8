import { present } from '../../../core/present.ts';
import type { CompiledDefinition } from './compile.ts';
import type { SubmittedNode } from './overrides.ts';
import type { ContainerOverrides } from './schema.ts';

/** Characters that ECS takes of a task's overrides, those of the JSON around them included (reference of RunTask). */
const mostCharacters = 8192;

/**
 * Why a job can never start because of what it says otherwise than its definition: a command, replaced parameters in one, or
 * variables. AWS takes such a job, and it ends FAILED with these words (Netflix/metaflow issue 977, ASFHyP3/hyp3 issue 3041, where
 * it was a parameter that was too long).
 */
export function overridesTooLong(
  { hasReferences }: CompiledDefinition,
  given: ContainerOverrides | undefined,
  { node }: SubmittedNode,
): string | undefined {
  if (!given && !hasReferences) return undefined;
  const [container] = node.containers;
  const command = given?.command || hasReferences ? container?.command : undefined;
  const overrides = present({ name: container?.name ?? 'default', command, environment: given?.environment });
  if (JSON.stringify({ containerOverrides: [overrides] }).length <= mostCharacters) return undefined;
  return `Container Overrides length must be at most ${mostCharacters}`;
}
