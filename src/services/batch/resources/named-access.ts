import type { Scope } from '../../../core/arn.ts';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import type { Ledger, Tags } from '../../../store/index.ts';
import { nameIn } from '../names.ts';
import { resourceTagConditions } from '../tags.ts';

type Find = (ledger: Ledger, scope: Scope, reference: string) => { readonly tags: Tags } | undefined;

type NamedAccess = (action: string, reference: unknown, context: RequestContext, ledger: Ledger) => AccessRequest[];

/** Access to one resource that a request names, with the tags that it has. `arnOf` its name; absent where requests give its ARN alone. */
export function namedAccess(find: Find, arnOf?: (scope: Scope, name: string) => string): NamedAccess {
  return (action, reference, context, ledger) => {
    const named = textOf(reference) ?? '*';
    const conditions = resourceTagConditions(find(ledger, context, named)?.tags);
    return [{ action: `batch:${action}`, resource: arnOf?.(context, nameIn(named)) ?? named, conditions }];
  };
}
