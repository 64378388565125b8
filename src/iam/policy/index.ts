export { type CompiledPolicy, compilePolicy } from './compiled-policy.ts';
export { type ContextValue, RequestKeys } from './context.ts';
export {
  type AppliedPolicies,
  type Cap,
  type Decisive,
  evaluatePolicies,
  type PolicyDecision,
  type PolicyOutcome,
  type PolicyRequest,
} from './evaluate.ts';
export type { Position } from './json-tree.ts';
export type { PolicyDocument, PolicyKind } from './policy.ts';
export { type PolicyReading, readPolicy } from './read-policy.ts';
export type { Requester } from './requester.ts';
export { Steps, TooCostly } from './steps.ts';
