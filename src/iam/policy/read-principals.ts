import type { JsonNode } from './json-tree.ts';
import { Malformed, missingField, prohibitedField, syntaxError } from './malformed.ts';
import type { Effect, PolicyKind, PrincipalPatterns, PrincipalType } from './policy.ts';
import { textsIn } from './texts-in.ts';

interface Of {
  readonly kind: PolicyKind;
  readonly effect: Effect;
}

/** Who a statement speaks of. Policies of identities must not say, those of things and of trust must. Throws `Malformed`. */
export function readPrincipals(
  principal: JsonNode | undefined,
  notPrincipal: JsonNode | undefined,
  { kind, effect }: Of,
): PrincipalPatterns | undefined {
  if (kind !== 'resource' && kind !== 'trust') {
    if (principal ?? notPrincipal) throw new Malformed('Policy document should not specify a principal.');
    return undefined;
  }
  if (principal && notPrincipal) throw syntaxError();
  if (notPrincipal && kind === 'trust') throw prohibitedField('NotPrincipal');
  if (notPrincipal && effect === 'Allow') throw syntaxError();
  const node = principal ?? notPrincipal;
  if (!node) throw missingField('Principal');
  return { isNot: notPrincipal !== undefined, entries: entriesOf(node) };
}

const types: readonly string[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'] satisfies readonly PrincipalType[];

function isType(name: string): name is PrincipalType {
  return types.includes(name);
}

function entriesOf(node: JsonNode): PrincipalPatterns['entries'] {
  if (node.kind === 'text' && node.value === '*') return [{ type: 'AWS', name: '*' }];
  if (node.kind !== 'object' || node.members.length === 0) throw syntaxError();
  return node.members.flatMap(({ name: type, value }) => {
    if (!isType(type)) throw syntaxError();
    return textsIn(value).map((name) => {
      if (!isSound[type](name)) throw new Malformed(`Invalid principal in policy: "${type}":"${name}"`);
      return { type, name };
    });
  });
}

/** Who may be named by an ARN: groups may not. */
const principalArn =
  /^arn:aws[a-z-]*:(?:iam::\d{12}:(?:root$|user\/|role\/)|sts::\d{12}:(?:assumed-role\/|federated-user\/))[^*?]*$/;

/** ARNs are named whole: a wildcard stands for everybody or for nothing. */
const isSound: Readonly<Record<PrincipalType, (name: string) => boolean>> = {
  AWS: (name) => name === '*' || /^\d{12}$/.test(name) || /^A[A-Z0-9]{15,}$/.test(name) || principalArn.test(name),
  Service: (name) => name === '*' || /^[a-z0-9.-]+\.[a-z]+$/.test(name),
  Federated: (name) => name !== '' && (name === '*' || !/[*?]/.test(name)),
  CanonicalUser: (name) => /^[0-9a-f]{64}$/.test(name),
};
