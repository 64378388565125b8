import { type DefinitionOptions, parseDefinition, parseResource, refusalOf } from '../../../asl/index.ts';
import type { Integrations } from '../contract.ts';
import { invalidDefinition } from '../refusals.ts';

/** How definitions are read here: with what this installation can call. */
export function definitionOptions(
  integrations: Pick<Integrations, 'refuse'>,
  type: 'STANDARD' | 'EXPRESS',
): DefinitionOptions {
  return {
    type,
    refuseResource: (arn) => {
      const resource = parseResource(arn);
      return resource && integrations.refuse(resource, type);
    },
  };
}

/** Throws `InvalidDefinition` unless a state machine could be made of `definition`. */
export function checkDefinition(
  integrations: Pick<Integrations, 'refuse'>,
  definition: string,
  type: 'STANDARD' | 'EXPRESS',
): void {
  const { machine, diagnostics } = parseDefinition(definition, definitionOptions(integrations, type));
  if (!machine) invalidDefinition(refusalOf(diagnostics));
}
