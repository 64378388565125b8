import { parseArn } from '../../core/arn.ts';
import {
  type AppliedPolicies,
  type Cap,
  type CompiledPolicy,
  evaluatePolicies,
  findAction,
  type PolicyDecision,
  type PolicyOutcome,
  type RequestKeys,
  type Steps,
} from '../../iam/index.ts';
import type { Caller } from './caller.ts';
import { invalidInput } from './refusals.ts';

/** What is tried: every action on every resource. */
export interface Simulation {
  readonly actions: readonly string[];
  /** `*` alone where a request names none. */
  readonly resources: readonly string[];
  readonly policies: AppliedPolicies & { readonly caps: readonly Cap[]; readonly resource?: CompiledPolicy };
  readonly caller: Caller;
  /** Whose the resources are whose ARNs do not say. */
  readonly owner: string;
  readonly keys: RequestKeys;
  /** Keys that policies ask for and that nothing gives. */
  readonly missing: readonly string[];
}

/** One action on one resource. */
export interface Trial {
  readonly resource: string;
  readonly decision: PolicyDecision;
  readonly missing: readonly string[];
  readonly isAcross: boolean;
}

/** Whatever is told of fills the answer: so little fits into a page that it stays small. */
const stepsPerStatement = 1_000;
const stepsPerResult = 200;
const stepsPerMissingKey = 40;

/** Tries an action on all resources. Throws `TooCostly`, and `InvalidInput` where the policy of the resources names one of them nowhere. */
export function tryAction(simulation: Simulation, action: string, steps: Steps): readonly Trial[] {
  const { caller, policies, owner, keys, missing } = simulation;
  const lookup = findAction(action);
  const ofMissing = missing.reduce((sum, key) => sum + key.length + stepsPerMissingKey, 0);
  const isPlain = lookup?.kind === 'known' && lookup.facts.arns.length === 0;
  return simulation.resources.map((resource) => {
    if (policies.resource) checkNamed(policies.resource, resource, keys, steps);
    const resourceAccount = parseArn(resource)?.account || owner;
    // What has no resource-level permissions is asked on `*`, whatever is named.
    const asked = { requester: caller.requester, action, resource: isPlain ? '*' : resource, resourceAccount, keys };
    const isAcross = resourceAccount !== caller.account;
    const decision = evaluatePolicies(asked, policies, steps);
    steps.spend(decision.statements.length * stepsPerStatement + stepsPerResult + resource.length + ofMissing);
    return { resource, decision, missing, isAcross };
  });
}

/** Keys that policies ask for and that nothing gives, as they are first written. */
export function missingKeys(
  { identity, caps, resource }: Simulation['policies'],
  keys: RequestKeys,
): readonly string[] {
  const policies: readonly CompiledPolicy[] = [
    ...identity,
    ...caps.flatMap((cap) => cap.policies),
    ...(resource ? [resource] : []),
  ];
  const asked = new Map<string, string>();
  for (const key of policies.flatMap((policy) => policy.keys)) {
    const lowered = key.toLowerCase();
    if (keys.get(lowered) === undefined && !asked.has(lowered)) asked.set(lowered, key);
  }
  return [...asked.values()];
}

function checkNamed(policy: CompiledPolicy, resource: string, keys: RequestKeys, steps: Steps): void {
  if (policy.statements.some((statement) => statement.names(resource, keys, steps))) return;
  throw invalidInput(`ResourcePolicy does not apply to ${resource}`);
}

const restrictiveness: readonly PolicyOutcome[] = ['allowed', 'implicitDeny', 'explicitDeny'];

/** The most restrictive of several. */
export function mostRestrictive(outcomes: readonly PolicyOutcome[]): PolicyOutcome {
  return restrictiveness[Math.max(0, ...outcomes.map((each) => restrictiveness.indexOf(each)))] ?? 'implicitDeny';
}
