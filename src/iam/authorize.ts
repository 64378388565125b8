import type { AccessRequest, Principal } from '../core/operation.ts';

/** May the principal? A denial names the question that failed, and says so in AWS's words. */
export type AccessDecision =
  | { readonly kind: 'allow' }
  | { readonly kind: 'deny'; readonly request: AccessRequest; readonly message: string };

const allow: AccessDecision = { kind: 'allow' };

/**
 * Answers whether `principal` may do all of `requests`. The root user and its sessions may do anything, everybody else
 * nothing that needs a permission: there are no policies yet. An operation that needs none asks nothing.
 */
export function authorize(principal: Principal, requests: readonly AccessRequest[]): AccessDecision {
  const request = requests[0];
  if (request === undefined || principal.kind === 'root') return allow;
  return { kind: 'deny', request, message: describeDenial(principal, request) };
}

/** Spec 05 §1.6. */
function describeDenial(principal: Principal, request: AccessRequest): string {
  return `User: ${principal.arn} is not authorized to perform: ${request.action} on resource: ${request.resource}`;
}
