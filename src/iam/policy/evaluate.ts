import type { CompiledPolicy, CompiledStatement, Question } from './compiled-policy.ts';
import type { RequestKeys } from './context.ts';
import type { Naming } from './principal-test.ts';
import { accountOf, type Requester } from './requester.ts';
import { Steps } from './steps.ts';

/** May the requester do this? */
export interface PolicyRequest {
  readonly requester: Requester;
  /** `batch:SubmitJob`. */
  readonly action: string;
  /** An ARN, or `*` for actions without resource-level permissions. */
  readonly resource: string;
  /** Whose the resource is. @default the requester's account */
  readonly resourceAccount?: string;
  readonly keys: RequestKeys;
}

/** The policies that a request is put to. */
export interface AppliedPolicies {
  /** Of the requester, all together. */
  readonly identity: readonly CompiledPolicy[];
  /** Each must let the request through beside them, and grants nothing itself. */
  readonly caps?: readonly Cap[];
  /** Of the resource; of log groups there are several. */
  readonly resource?: CompiledPolicy | readonly CompiledPolicy[];
  /** Policies of trust and of keys must allow, also within an account. @default may-grant */
  readonly resourceRule?: 'may-grant' | 'must-allow';
}

export interface Cap {
  readonly kind: 'organization' | 'boundary' | 'session';
  /** All together; none let nothing through. */
  readonly policies: readonly CompiledPolicy[];
}

/** A statement that decided. */
export interface Decisive {
  readonly policy: CompiledPolicy;
  readonly statement: CompiledStatement;
}

export type PolicySource = 'identity' | 'resource' | Cap['kind'];

/** What one kind of policy says for itself. */
export type PolicyOutcome = 'allowed' | 'explicitDeny' | 'implicitDeny';

/** The answer, and why. */
export type PolicyDecision = { readonly outcomes: Outcomes } & (
  | {
      readonly verdict: 'allowed';
      /** What allowed it. Who is root needs nothing in the own account. */
      readonly by: 'identity' | 'resource' | 'both' | 'root';
      readonly statements: readonly Decisive[];
    }
  /** All statements that deny it. */
  | { readonly verdict: 'explicitDeny'; readonly statements: readonly Decisive[] }
  /** Nothing denies it, and this kind of policy does not allow it. */
  | { readonly verdict: 'implicitDeny'; readonly lacks: PolicySource; readonly statements: readonly [] }
);

/** What there is of each kind, and what it says. */
export type Outcomes = { readonly [Source in PolicySource]?: PolicyOutcome };

/** Steps that one decision may take: far more than policies of the sizes that can be saved need. */
const usualSteps = 50_000_000;

/**
 * Decides a request as AWS does: whatever denies it, denies it; else who asks needs what allows it, of each kind of policy that
 * applies. Throws `TooCostly`.
 */
export function evaluatePolicies(
  request: PolicyRequest,
  policies: AppliedPolicies,
  steps: Steps = new Steps(usualSteps),
): PolicyDecision {
  const caps = policies.caps ?? [];
  const question: Question = {
    requester: request.requester,
    resource: request.resource,
    keys: request.keys,
    hasBoundary: caps.some(({ kind }) => kind === 'boundary'),
  };
  const action = request.action.toLowerCase();
  const findingsOf = (some: readonly CompiledPolicy[]) => findingsIn(some, action, question, steps);
  const identity = findingsOf(policies.identity);
  const resource = policies.resource && findingsOf([policies.resource].flat());
  const capped = caps.map(({ kind, policies: each }) => ({ kind, ...findingsOf(each) }));
  const found: Found = { request, rule: policies.resourceRule ?? 'may-grant', identity, resource, caps: capped };
  return { outcomes: outcomesOf(found), ...conclude(found) };
}

/** The statements that apply. */
interface Findings {
  readonly allows: readonly Decisive[];
  readonly denies: readonly Decisive[];
  /** The most that an Allow names the requester by. */
  readonly naming: Naming | undefined;
}

interface Found {
  readonly request: PolicyRequest;
  readonly rule: 'may-grant' | 'must-allow';
  readonly identity: Findings;
  readonly resource: Findings | undefined;
  readonly caps: readonly (Findings & Pick<Cap, 'kind'>)[];
}

const namings: readonly Naming[] = ['account', 'role', 'everybody', 'requester'];

function findingsIn(policies: readonly CompiledPolicy[], action: string, question: Question, steps: Steps): Findings {
  const allows: Decisive[] = [];
  const denies: Decisive[] = [];
  let most = -1;
  for (const policy of policies) {
    steps.spend(policy.actionSteps);
    for (const statement of policy.about(action, question.resource, steps)) {
      const naming = statement.applies(question, steps);
      if (naming === undefined) continue;
      if (statement.statement.effect === 'Deny') denies.push({ policy, statement });
      else {
        allows.push({ policy, statement });
        most = Math.max(most, namings.indexOf(naming));
      }
    }
  }
  return { allows, denies, naming: namings[most] };
}

function outcomeOf({ allows, denies }: Findings): PolicyOutcome {
  if (denies.length > 0) return 'explicitDeny';
  return allows.length > 0 ? 'allowed' : 'implicitDeny';
}

const severity: readonly PolicyOutcome[] = ['allowed', 'implicitDeny', 'explicitDeny'];

/** Of several caps of a kind the most restrictive. */
function outcomesOf({ identity, resource, caps }: Found): Outcomes {
  const outcomes: { [Source in PolicySource]?: PolicyOutcome } = { identity: outcomeOf(identity) };
  if (resource) outcomes.resource = outcomeOf(resource);
  for (const cap of caps) {
    const known = severity.indexOf(outcomes[cap.kind] ?? 'allowed');
    outcomes[cap.kind] = severity[Math.max(known, severity.indexOf(outcomeOf(cap)))] ?? 'implicitDeny';
  }
  return outcomes;
}

type Conclusion = PolicyDecision extends infer Each
  ? Each extends PolicyDecision
    ? Omit<Each, 'outcomes'>
    : never
  : never;

function conclude(found: Found): Conclusion {
  const { identity, resource, caps, request } = found;
  const denies = [identity, ...(resource ? [resource] : []), ...caps].flatMap((each) => each.denies);
  if (denies.length > 0) return { verdict: 'explicitDeny', statements: denies };
  const account = accountOf(request.requester);
  if (account === undefined) return resource?.naming ? allowedBy('resource', found) : lacking('resource');
  if (isCapped(found, ['organization'])) return lacking('organization');
  const isOwn = request.resourceAccount === undefined || request.resourceAccount === account;
  return isOwn ? concludeWithin(found) : concludeAcross(found);
}

/** Within one account either the identity's policies grant it, or that of the resource does. */
function concludeWithin(found: Found): Conclusion {
  const naming = found.resource?.naming;
  if (naming === 'requester' || naming === 'everybody') return allowedBy('resource', found);
  if (naming === 'role') return lackingCap(found) ?? allowedBy('resource', found);
  if (found.rule === 'must-allow' && naming === undefined) return lacking('resource');
  return lackingOfIdentity(found) ?? allowedBy('identity', found);
}

/** Between accounts both sides must grant it. */
function concludeAcross(found: Found): Conclusion {
  const lack = lackingOfIdentity(found);
  if (lack) return lack;
  return found.resource?.naming ? allowedBy('both', found) : lacking('resource');
}

function lackingOfIdentity(found: Found): Conclusion | undefined {
  const grants = found.request.requester.kind === 'root' || found.identity.allows.length > 0;
  return grants ? lackingCap(found) : lacking('identity');
}

function lackingCap(found: Found): Conclusion | undefined {
  if (isCapped(found, ['boundary'])) return lacking('boundary');
  return isCapped(found, ['session']) ? lacking('session') : undefined;
}

function isCapped({ caps }: Found, kinds: readonly Cap['kind'][]): boolean {
  return caps.some(({ kind, allows }) => kinds.includes(kind) && allows.length === 0);
}

function lacking(lacks: PolicySource): Conclusion {
  return { verdict: 'implicitDeny', lacks, statements: [] };
}

function allowedBy(by: 'identity' | 'resource' | 'both', { identity, resource, request }: Found): Conclusion {
  const statements = [
    ...(by === 'resource' ? [] : identity.allows),
    ...(by === 'identity' ? [] : (resource?.allows ?? [])),
  ];
  if (by === 'identity' && request.requester.kind === 'root') return { verdict: 'allowed', by: 'root', statements };
  return { verdict: 'allowed', by, statements };
}
