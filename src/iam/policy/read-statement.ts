import { readOperator } from './condition-operators.ts';
import type { JsonNode } from './json-tree.ts';
import { Malformed, missingField, prohibitedField, syntaxError } from './malformed.ts';
import type { Condition, Patterns, PolicyKind, Statement, StatementPlace } from './policy.ts';
import { readPrincipals } from './read-principals.ts';
import { checkResource } from './resource-rules.ts';
import { textsIn } from './texts-in.ts';

type Members = Readonly<Record<string, JsonNode | undefined>>;

const elements: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** Reads one statement. Throws `Malformed`. */
export function readStatement(node: JsonNode, place: StatementPlace, kind: PolicyKind): Statement {
  if (node.kind !== 'object') throw syntaxError();
  const members: Record<string, JsonNode> = Object.create(null);
  for (const { name, value } of node.members) {
    if (!elements.has(name)) throw syntaxError();
    members[name] = value;
  }
  const sid = readSid(members.Sid, kind);
  const effect = readEffect(members.Effect);
  const principals = readPrincipals(members.Principal, members.NotPrincipal, { kind, effect });
  const resources = readResources(members, kind);
  return {
    ...(sid === undefined ? {} : { sid }),
    effect,
    ...(principals && { principals }),
    actions: readActions(members, kind),
    ...(resources && { resources }),
    conditions: readConditions(members.Condition),
    place,
  };
}

function readSid(node: JsonNode | undefined, kind: PolicyKind): string | undefined {
  if (node === undefined) return undefined;
  if (node.kind !== 'text') throw syntaxError();
  // Policies of things may have blanks and more in theirs: each service says which.
  if (kind === 'resource' || /^[0-9A-Za-z]*$/.test(node.value)) return node.value;
  throw new Malformed(
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
  );
}

function readEffect(node: JsonNode | undefined): Statement['effect'] {
  if (node?.kind === 'text' && (node.value === 'Allow' || node.value === 'Deny')) return node.value;
  throw syntaxError();
}

function patternsOf(positive: JsonNode | undefined, negative: JsonNode | undefined): Patterns | undefined {
  if (positive && negative) throw syntaxError();
  const node = positive ?? negative;
  return node && { isNot: negative !== undefined, patterns: textsIn(node) };
}

function readActions({ Action, NotAction }: Members, kind: PolicyKind): Patterns {
  const actions = patternsOf(Action, NotAction);
  if (!actions || actions.patterns.length === 0) throw new Malformed('Policy statement must contain actions.');
  for (const pattern of actions.patterns) checkAction(pattern);
  const assumes = !actions.isNot && actions.patterns.every((pattern) => assuming.has(pattern.toLowerCase()));
  if (kind === 'trust' && !assumes) {
    throw new Malformed('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  return actions;
}

const assuming: ReadonlySet<string> = new Set([
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:setcontext',
  'sts:setsourceidentity',
  'sts:tagsession',
]);

function checkAction(pattern: string): void {
  if (pattern === '*') return;
  const [vendor = '', name, ...more] = pattern.split(':');
  if (name === undefined) throw noVendor();
  if (more.length > 0) throw new Malformed('Actions/Condition can contain only one colon.');
  if (!/^[A-Za-z0-9-]+$/.test(vendor)) throw new Malformed(`Vendor ${vendor} is not valid`);
  if (!/^[\w*?-]+$/.test(name)) throw syntaxError();
}

function noVendor(): Malformed {
  return new Malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
}

function readResources({ Resource, NotResource }: Members, kind: PolicyKind): Patterns | undefined {
  const resources = patternsOf(Resource, NotResource);
  if (kind === 'trust') {
    if (resources) throw prohibitedField(resources.isNot ? 'NotResource' : 'Resource');
    return undefined;
  }
  if (!resources || resources.patterns.length === 0) {
    throw kind === 'resource' ? missingField('Resource') : new Malformed('Policy statement must contain resources.');
  }
  for (const pattern of resources.patterns) checkResource(pattern);
  return resources;
}

function readConditions(node: JsonNode | undefined): readonly Condition[] {
  if (node === undefined) return [];
  if (node.kind !== 'object') throw syntaxError();
  return node.members.flatMap(({ name, value }) => {
    const operator = readOperator(name);
    if (!operator || value.kind !== 'object') throw syntaxError();
    return value.members.map((member) => {
      if (!/^[^:]+:./.test(member.name)) throw noVendor();
      return { operator, key: member.name, values: valuesOf(member.value) };
    });
  });
}

function valuesOf(node: JsonNode): readonly string[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.map((item) => {
    if (item.kind === 'text' || item.kind === 'number' || item.kind === 'boolean') return item.value;
    throw syntaxError();
  });
}
