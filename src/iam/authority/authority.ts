import type { AccessRequest, AccessRequests, RefusedEntries } from '../../core/operation.ts';
import type { Borrower, Principal } from '../../core/principal.ts';
import { deliveringServices, usersOfRoles } from '../allow-lists.ts';
import {
  type AppliedPolicies,
  type Cap,
  type CompiledPolicy,
  evaluatePolicies,
  type Requester,
  RequestKeys,
  TooCostly,
} from '../policy/index.ts';
import { roleParts, servicePrincipal } from '../principals.ts';
import { type CallFacts, globalKey, type PrincipalFacts } from './call-keys.ts';
import { describeDenial, type Why } from './denial.ts';
import { NamedResources } from './named-resources.ts';
import type { PolicyReads } from './policy-reads.ts';
import { PolicyTexts } from './policy-texts.ts';
import { isSameRole, roleNameOf, type Standing, Standings, type UnstoredRoles } from './standing.ts';

/** May the principal? A denial names the question that failed, says so in AWS's words, and both say why. */
export type AccessDecision =
  /** But not touch these entries, of an operation over many. */
  | { readonly kind: 'allow'; readonly refused: RefusedEntries }
  | { readonly kind: 'deny'; readonly request: AccessRequest; readonly message: string; readonly why: Why };

/** One question answered. */
export interface Answer {
  readonly allowed: boolean;
  readonly why: Why;
}

export interface AuthorityOptions {
  /** @default nobody is stored */
  readonly reads?: PolicyReads;
  /** @default their purpose */
  readonly unstoredRoles?: UnstoredRoles;
  /** @default unless denied */
  readonly deliveries?: Deliveries;
}

/** When a service may deliver to a queue, topic or log group in its own name: unless its policy denies it, or if it allows it, as on AWS. */
export type Deliveries = 'unless-denied' | 'if-allowed';

/** Whether whoever calls may use a role, as `Authority.mayUse` says. */
export type MayUseRole = (call: CallFacts, roleArn: string) => boolean;

const allow: AccessDecision = { kind: 'allow', refused: new Map() };

/** The one place that allows or denies. By default nobody may do anything that needs a permission. */
export class Authority {
  readonly reads: PolicyReads;
  readonly unstoredRoles: UnstoredRoles;
  readonly deliveries: Deliveries;
  readonly #standings: Standings;
  readonly #named = new NamedResources();
  readonly #texts = new PolicyTexts();

  constructor(options: AuthorityOptions = {}) {
    const { reads = nobodyStored, unstoredRoles = 'their-purpose', deliveries = 'unless-denied' } = options;
    this.reads = reads;
    this.unstoredRoles = unstoredRoles;
    this.deliveries = deliveries;
    this.#standings = new Standings(reads, unstoredRoles);
  }

  /** Whether there is nothing to ask: questions that no answer hangs on need not be made. */
  mayDoEverything(principal: Principal): boolean {
    return principal.kind === 'root';
  }

  /** Whether the caller may do all that `requests` say. */
  decide(call: CallFacts, requests: AccessRequests): AccessDecision {
    if (this.mayDoEverything(call.principal)) return allow;
    const standing = this.#standings.of(call.principal);
    let refused: Map<string, string> | undefined;
    for (const request of requests) {
      const { allowed, why } = this.#answer(call, standing, request);
      if (allowed || (request.onlyDenied && !isExplicit(why))) continue;
      const message = describeDenial(call.principal, request, why);
      if (request.entry === undefined) return { kind: 'deny', request, message, why };
      refused ??= new Map();
      if (!refused.has(request.entry)) refused.set(request.entry, message);
    }
    return refused ? { kind: 'allow', refused } : allow;
  }

  /** Whether whom temporary credentials are of is still there: users and roles are deleted, and made anew as others. */
  isThere(principal: Principal): boolean {
    return principal.kind === 'service' || this.#standings.of(principal).kind !== 'nobody';
  }

  /** One question, whoever asks: of root too, whom only a role's trust policy refuses. */
  answer(call: CallFacts, request: AccessRequest): Answer {
    return this.#answer(call, this.#standings.of(call.principal), request);
  }

  /**
   * Whether whoever calls, a service or a session of a role, may use a role: of a stored one its trust policy says so, of others
   * `unstoredRoles`.
   */
  mayUse(call: CallFacts, roleArn: string): Answer {
    const { account, principal } = call;
    const untrusted = this.#untrusted(call);
    if (untrusted) return { allowed: false, why: untrusted };
    // No service is handed a role beyond its account, and no name of one stands for a role here.
    if (!isOfAccount(roleArn, account)) return { allowed: false, why: { kind: 'nobody' } };
    const request = { action: 'sts:AssumeRole', resource: roleArn, trustOf: roleNameOf(roleArn) };
    if (this.reads.role(account, request.trustOf))
      return this.#answerTrust(call, this.#standings.of(principal), request);
    return { allowed: this.unstoredRoles === 'their-purpose', why: { kind: 'list' } };
  }

  /** Asked at each call, so that a role's trust ends at once. Undefined where nothing is wrong. */
  #untrusted(call: CallFacts): Why | undefined {
    const { principal } = call;
    if (principal.kind !== 'role-session' || principal.use.kind === 'assumed') return undefined;
    const borrower: Borrower = principal.borrower ?? { kind: 'service', service: usersOfRoles[principal.use.kind] };
    const { account, roleArn } = principal;
    if (!isOfAccount(roleArn, account)) return { kind: 'untrusted', borrower: borrowerName(borrower), roleArn };
    if (borrower.kind === 'role' || !this.reads.role(account, roleNameOf(roleArn))) return undefined;
    const by = { ...call, principal: servicePrincipal(account, borrower.service), source: borrower };
    if (this.mayUse(by, roleArn).allowed) return undefined;
    return { kind: 'untrusted', borrower: borrower.service, roleArn };
  }

  #answer(call: CallFacts, standing: Standing, request: AccessRequest): Answer {
    const untrusted = this.#untrusted(call);
    if (untrusted) return { allowed: false, why: untrusted };
    if (isBarred(call.principal, request.action)) return { allowed: false, why: { kind: 'temporary' } };
    if (request.trustOf !== undefined) return this.#answerTrust(call, standing, request);
    switch (standing.kind) {
      case 'root':
        return { allowed: true, why: { kind: 'root' } };
      case 'list':
        return this.#answerByList(call, standing.actions, request);
      case 'nobody':
        return this.#answerByResource(call, request);
      case 'policies':
        return this.#answerByPolicies(call, standing, request);
    }
  }

  /** A list allows, and a statement of the resource may deny nevertheless. Of what is delivered one must allow it, where that is strict. */
  #answerByList(call: CallFacts, actions: ReadonlySet<string>, request: AccessRequest): Answer {
    if (actions.has(request.action) && this.#isStrictDelivery(call.principal))
      return this.#answerByResource(call, request);
    const listed = { allowed: actions.has(request.action), why: { kind: 'list' } } as const;
    if (request.resourcePolicy === undefined) return listed;
    const byResource = this.#answerByResource(call, request);
    return isExplicit(byResource.why) || byResource.allowed ? byResource : listed;
  }

  #isStrictDelivery(principal: Principal): boolean {
    return (
      this.deliveries === 'if-allowed' && principal.kind === 'service' && deliveringServices.has(principal.service)
    );
  }

  #answerByResource(call: CallFacts, request: AccessRequest): Answer {
    const requester = requesterOf(call);
    if (request.resourcePolicy === undefined || !requester) return { allowed: false, why: { kind: 'nobody' } };
    const facts = { arn: call.principal.arn, tags: new Map<string, string>() };
    const policies = { identity: [], resourceRule: 'must-allow' } as const;
    return this.#evaluate(call, { request, requester, facts, policies });
  }

  #answerByPolicies(call: CallFacts, standing: Stored, request: AccessRequest): Answer {
    const { action } = request;
    if (standing.purpose && !standing.purpose.has(action)) return { allowed: false, why: { kind: 'other-purpose' } };
    const { requester, policies: identity } = standing;
    return this.#evaluate(call, {
      ...{ request, requester, facts: standing },
      policies: { identity, caps: this.#capsOf(call.principal, standing.boundary) },
    });
  }

  /** Trust policies must allow, within an account too; who is root needs nothing beside them. */
  #answerTrust(call: CallFacts, standing: Standing, request: AccessRequest): Answer {
    const role = this.reads.role(call.account, request.trustOf ?? '');
    const requester = standing.kind === 'policies' ? standing.requester : requesterOf(call);
    if (!role || !isSameRole(role.arn, request.resource) || !requester)
      return { allowed: false, why: { kind: 'nobody' } };
    const facts = standing.kind === 'policies' ? standing : { arn: call.principal.arn, tags: new Map() };
    const policies = {
      identity: standing.kind === 'policies' ? standing.policies : [],
      caps: standing.kind === 'policies' ? this.#capsOf(call.principal, standing.boundary) : [],
      resource: role.trust,
      resourceRule: 'must-allow',
    } as const;
    return this.#evaluate(call, { request, requester, facts, policies });
  }

  #capsOf(principal: Principal, boundary: CompiledPolicy | undefined): readonly Cap[] {
    const session = this.#sessionPolicies(principal);
    return [
      ...(boundary ? [{ kind: 'boundary', policies: [boundary] } as const] : []),
      ...(session ? [{ kind: 'session', policies: session } as const] : []),
    ];
  }

  /** Undefined where the session has no limits of its own. One that cannot be found any more lets nothing through. */
  #sessionPolicies(principal: Principal): readonly CompiledPolicy[] | undefined {
    const { policy, policyArns = [] } = principal.session ?? {};
    const isLimited = policy !== undefined || policyArns.length > 0 || principal.kind === 'federated-user';
    if (!isLimited) return undefined;
    const inline = policy === undefined ? undefined : this.#texts.compiled(policy, 'session', 'session policy');
    const managed = policyArns.flatMap((arn) => this.reads.managedPolicy(principal.account, arn) ?? []);
    return inline ? [inline, ...managed] : managed;
  }

  /** What ARNs name is found whatever their partition is: a denial that names it as usual holds under any other name too. */
  #evaluate(call: CallFacts, question: Question): Answer {
    const answer = this.#evaluateOne(call, question);
    const { request } = question;
    const { usual: resource } = this.#named.of(request.resource);
    if (resource === request.resource) return answer;
    const asUsual = this.#evaluateOne(call, { ...question, request: { ...request, resource } });
    return isExplicit(asUsual.why) || asUsual.why.kind === 'too-costly' ? asUsual : answer;
  }

  #evaluateOne(call: CallFacts, { request, requester, facts, policies }: Question): Answer {
    const { action, resource, conditions = {}, resourcePolicy } = request;
    const keys = new RequestKeys(conditions, (key) => globalKey(key, call, facts));
    const own = this.#ofResource(resourcePolicy, resource);
    const resourceAccount = this.#named.of(resource).account || call.account;
    try {
      const decision = evaluatePolicies(
        { requester, action, resource, resourceAccount, keys },
        own.length > 0 ? { ...policies, resource: own } : policies,
      );
      return { allowed: decision.verdict === 'allowed', why: { kind: 'policies', decision } };
    } catch (error) {
      if (error instanceof TooCostly) return { allowed: false, why: { kind: 'too-costly' } };
      throw error;
    }
  }

  #ofResource(texts: AccessRequest['resourcePolicy'], resource: string): readonly CompiledPolicy[] {
    if (texts === undefined) return [];
    return [texts].flat().flatMap((text) => this.#texts.compiled(text, 'resource', resource) ?? []);
  }
}

function isExplicit(why: Why): boolean {
  return why.kind === 'policies' && why.decision.verdict === 'explicitDeny';
}

type Stored = Extract<Standing, { kind: 'policies' }>;

interface Question {
  readonly request: AccessRequest;
  readonly requester: Requester;
  readonly facts: PrincipalFacts;
  readonly policies: AppliedPolicies;
}

/** How policies of things name somebody of whom nothing is stored. */
function requesterOf({ principal, region }: CallFacts): Requester | undefined {
  const { account, arn } = principal;
  switch (principal.kind) {
    case 'root':
    case 'account':
      return { kind: 'root', account };
    case 'user':
      return { kind: 'user', account, arn };
    case 'federated-user':
      return { kind: 'federated-user', account, arn };
    case 'role-session':
      return { kind: 'role-session', account, arn, roleArn: principal.roleArn };
    case 'service':
      return { kind: 'service', service: principal.service, regional: regionalName(principal.service, region) };
    case 'web-identity':
      return { kind: 'federated', provider: principal.provider };
    case 'anonymous':
      return { kind: 'anonymous' };
  }
}

function isOfAccount(roleArn: string, account: string): boolean {
  return roleParts(roleArn)?.account === account;
}

function borrowerName(borrower: Borrower): string {
  return borrower.kind === 'service' ? borrower.service : 'another role';
}

/** `states.us-east-1.amazonaws.com`: policies may name a service of one region. */
function regionalName(service: string, region: string): string {
  return service.replace(/\.amazonaws\.com$/, `.${region}.amazonaws.com`);
}

/**
 * Temporary credentials of a user (`GetSessionToken`, without MFA) and of a federated one call nothing of IAM, and of STS only what
 * AWS's guide names (STS API, GetSessionToken and GetFederationToken).
 */
function isBarred(principal: Principal, action: string): boolean {
  const isOfUser =
    principal.kind === 'federated-user' ||
    (principal.kind === 'user' && principal.session !== undefined && !principal.session.console);
  if (!isOfUser) return false;
  const [service, name] = action.split(':', 2);
  if (service === 'iam') return name !== 'PassRole';
  return service === 'sts' && (principal.kind === 'federated-user' || !isOfAssuming(name));
}

function isOfAssuming(name: string | undefined): boolean {
  return name === 'AssumeRole' || name === 'TagSession' || name === 'SetSourceIdentity';
}

/** Without anybody stored. */
const nobodyStored: PolicyReads = {
  generation: () => 0,
  user: () => undefined,
  role: () => undefined,
  managedPolicy: () => undefined,
};
