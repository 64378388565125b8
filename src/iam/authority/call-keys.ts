import type { RequestContext } from '../../core/operation.ts';
import type { CallSource, Principal } from '../../core/principal.ts';
import { secondsText } from '../../core/seconds-text.ts';
import type { ContextValue } from '../policy/index.ts';

/** Who calls, from where and when: what the global condition keys are made of. */
export type CallFacts = Pick<RequestContext, 'account' | 'region' | 'principal' | 'source' | 'now'>;

/** What is known of the principal beside that. */
export interface PrincipalFacts {
  /** `aws:PrincipalArn`: of a session its role's. */
  readonly arn: string;
  /** Of the user or role. */
  readonly tags: ReadonlyMap<string, string>;
}

type MakeKey = (call: CallFacts, principal: PrincipalFacts) => ContextValue | undefined;

/**
 * The global keys by their names in small letters (IAM user guide, reference_policies_condition-keys). Made when a policy asks.
 * `aws:MultiFactorAuthPresent` is `false` with temporary credentials and absent otherwise: there are no devices.
 */
const globalKeys: Readonly<Record<string, MakeKey>> = {
  'aws:calledvia': ({ source, principal }) => forwarderOf(source, principal),
  'aws:calledviafirst': ({ source, principal }) => forwarderOf(source, principal),
  'aws:calledvialast': ({ source, principal }) => forwarderOf(source, principal),
  'aws:currenttime': ({ now }) => secondsText(now),
  'aws:epochtime': ({ now }) => String(Math.floor(now / 1000)),
  'aws:federatedprovider': ({ principal }) =>
    principal.kind === 'web-identity' ? principal.provider : principal.session?.federatedProvider,
  'aws:multifactorauthpresent': ({ principal }) => (principal.session ? 'false' : undefined),
  'aws:principalaccount': ({ principal }) => (hasNoArn(principal) ? undefined : principal.account),
  'aws:principalarn': ({ principal }, { arn }) => (hasNoArn(principal) ? undefined : arn),
  'aws:principalisawsservice': ({ principal }) => String(principal.kind === 'service'),
  'aws:principalservicename': ({ principal }) => (principal.kind === 'service' ? principal.service : undefined),
  'aws:principaltype': ({ principal }) => principalTypes[principal.kind],
  'aws:requestedregion': ({ region }) => region,
  'aws:securetransport': ({ source }) => String(source.kind === 'service' || source.secure === true),
  'aws:sourceaccount': ({ account, principal }) => (principal.kind === 'service' ? account : undefined),
  'aws:sourcearn': ({ source, principal }) =>
    principal.kind === 'service' && source.kind === 'service' ? source.arn : undefined,
  'aws:sourceidentity': ({ principal }) => principal.session?.sourceIdentity,
  'aws:sourceip': ({ source }) => (source.kind === 'network' ? plainAddress(source.address) : undefined),
  // Deprecated by AWS, and in the policy that SNS gives each topic.
  'aws:sourceowner': ({ account, principal }) => (principal.kind === 'service' ? account : undefined),
  'aws:tokenissuetime': ({ principal }) => dateOf(principal.session?.issuedAt),
  'aws:useragent': ({ source }) => (source.kind === 'network' ? source.userAgent : undefined),
  'aws:userid': ({ principal }) => (hasNoArn(principal) ? undefined : principal.userId),
  'aws:username': ({ principal }) => (principal.kind === 'user' ? principal.userName : undefined),
  'aws:viaawsservice': ({ source, principal }) => String(forwarderOf(source, principal) !== undefined),
};

/** Services, and whom a token names, are nobody of an account. */
function hasNoArn({ kind }: Principal): boolean {
  return kind === 'service' || kind === 'web-identity';
}

const principalTypes: Readonly<Record<Principal['kind'], string | undefined>> = {
  root: 'Account',
  account: 'Account',
  user: 'User',
  'federated-user': 'FederatedUser',
  'role-session': 'AssumedRole',
  service: undefined,
  anonymous: 'Anonymous',
  'web-identity': undefined,
};

const principalTag = 'aws:principaltag/';

/** The value of a global key, by its name in small letters; undefined for what is none, or is absent from this call. */
export function globalKey(key: string, call: CallFacts, principal: PrincipalFacts): ContextValue | undefined {
  if (key.startsWith(principalTag)) return tagOf(key.slice(principalTag.length), call.principal, principal.tags);
  return Object.hasOwn(globalKeys, key) ? globalKeys[key]?.(call, principal) : undefined;
}

/** A session's own tags go before those of its role. Keys are the same whatever their case. */
function tagOf(key: string, { session }: Principal, stored: ReadonlyMap<string, string>): string | undefined {
  const own = Object.entries(session?.tags ?? {}).find(([name]) => name.toLowerCase() === key);
  if (own) return own[1];
  const whole = stored.get(key);
  if (whole !== undefined) return whole;
  for (const [name, value] of stored) if (name.toLowerCase() === key) return value;
  return undefined;
}

/** The service that hands on somebody's call. As a role that it was given it calls itself, and hands nothing on. */
function forwarderOf(source: CallSource, principal: Principal): string | undefined {
  if (source.kind !== 'service' || principal.kind === 'service') return undefined;
  return principal.kind === 'role-session' && principal.use.kind !== 'assumed' ? undefined : source.service;
}

/** An IPv4 address as such, where the system writes it as one of IPv6. */
function plainAddress(address: string): string | undefined {
  if (address === '') return undefined;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '');
}

function dateOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : secondsText(time);
}
