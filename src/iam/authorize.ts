import type { AccessRequest, AccessRequests, RefusedEntries } from '../core/operation.ts';
import type { Principal } from '../core/principal.ts';
import { allowedActions } from './allow-lists.ts';

/** May the principal? A denial names the question that failed, and says so in AWS's words. */
export type AccessDecision =
  /** But not touch these entries, of an operation over many. */
  | { readonly kind: 'allow'; readonly refused: RefusedEntries }
  | { readonly kind: 'deny'; readonly request: AccessRequest; readonly message: string };

const allow: AccessDecision = { kind: 'allow', refused: new Map() };

/** Whether there is nothing to ask: questions that no answer hangs on need not be made. */
export function mayDoEverything(principal: Principal): boolean {
  return principal.kind === 'root';
}

/** Answers whether `principal` may do what `requests` say; by default nobody may do anything that needs a permission. */
export function authorize(principal: Principal, requests: AccessRequests): AccessDecision {
  const allowed = allowedActions(principal);
  if (allowed === 'everything') return allow;
  let refused: Map<string, string> | undefined;
  for (const request of requests) {
    if (allowed.includes(request.action)) continue;
    const message = describeDenial(principal, request);
    if (request.entry === undefined) return { kind: 'deny', request, message };
    refused ??= new Map();
    if (!refused.has(request.entry)) refused.set(request.entry, message);
  }
  return refused ? { kind: 'allow', refused } : allow;
}

/** What kind of policy would have had to allow it. */
const missingPolicy: Readonly<Record<Principal['kind'], string>> = {
  root: 'identity-based',
  user: 'identity-based',
  'role-session': 'identity-based',
  service: 'resource-based',
  account: 'resource-based',
  anonymous: 'resource-based',
};

/** Spec 05 §1.6. */
function describeDenial(principal: Principal, { action, resource, shownAs = resource }: AccessRequest): string {
  const policy = missingPolicy[principal.kind];
  return (
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${shownAs} ` +
    `because no ${policy} policy allows the ${action} action`
  );
}
