import type { Scope } from '../../../core/arn.ts';
import type { CompiledDefinition } from '../definition/compile.ts';
import { checkDefinition } from '../definition/definition.ts';
import type { Container } from '../definition/schema.ts';
import { jobDefinitionArn } from '../names.ts';
import type { BatchRuntime } from '../runtime.ts';

/** What every submission would take from a definition of one container that is registered nowhere. Refuses as its registration would. */
export function unregisteredDefinition(
  { definitions, quotas, clock }: BatchRuntime,
  scope: Scope,
  name: string,
  containerProperties: Container,
): CompiledDefinition {
  const request = { type: 'container', containerProperties } as const;
  checkDefinition({ jobDefinitionName: name, ...request }, quotas);
  const { account, region } = scope;
  const arn = jobDefinitionArn(scope, name, 1);
  const createdAt = clock.now();
  return definitions.compile({
    account,
    region,
    name,
    revision: 1,
    arn,
    status: 'ACTIVE',
    request,
    tags: {},
    createdAt,
  });
}
