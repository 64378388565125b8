import { JsonFault, type JsonMember, type JsonNode, type Position, positionsIn, readJsonTree } from './json-tree.ts';
import { Malformed, syntaxError } from './malformed.ts';
import type { PolicyDocument, PolicyKind } from './policy.ts';
import { readStatement } from './read-statement.ts';

/** A document, or why it is none; `at` where the text stops being JSON. */
export type PolicyReading =
  | { readonly kind: 'policy'; readonly document: PolicyDocument }
  | { readonly kind: 'malformed'; readonly message: string; readonly at?: Position };

/** Reads a policy of one kind, and checks it as AWS does when one is saved. Takes time linear in the text. */
export function readPolicy(text: string, kind: PolicyKind): PolicyReading {
  try {
    return { kind: 'policy', document: documentOf(text, readJsonTree(text), kind) };
  } catch (error) {
    if (error instanceof JsonFault)
      return { kind: 'malformed', message: noJson[kind], at: positionsIn(text)(error.at) };
    if (error instanceof Malformed) return { kind: 'malformed', message: error.message };
    throw error;
  }
}

/** STS and trust policies have words of their own for what is no JSON. */
const noJson: Readonly<Record<PolicyKind, string>> = {
  identity: 'Syntax errors in policy.',
  boundary: 'Syntax errors in policy.',
  organization: 'Syntax errors in policy.',
  resource: 'Syntax errors in policy.',
  session: 'This policy contains invalid Json',
  trust: 'This policy contains invalid Json',
};

const versions: readonly (string | undefined)[] = [undefined, '2008-10-17', '2012-10-17'];

function documentOf(text: string, root: JsonNode, kind: PolicyKind): PolicyDocument {
  if (root.kind !== 'object') throw syntaxError();
  const { Version, Id, Statement, ...others } = byName(root.members);
  if (Object.keys(others).length > 0) throw syntaxError();
  const version = optionalText(Version);
  if (!versions.includes(version)) throw new Malformed('Policy document must be version 2012-10-17 or greater.');
  const id = optionalText(Id);
  if (id !== undefined && kind !== 'resource' && kind !== 'trust') throw syntaxError();
  const hasVariables = version === '2012-10-17';
  const statements = placedStatements(text, Statement).map(({ node, place }) => readStatement(node, place, kind));
  refuseRepeatedSids(statements.flatMap(({ sid }) => (sid ? [sid] : [])));
  return { kind, hasVariables, statements };
}

/** No prototype: a member may be named `__proto__`. */
function byName(members: readonly JsonMember[]): Readonly<Record<string, JsonNode | undefined>> {
  const found: Record<string, JsonNode> = Object.create(null);
  for (const { name, value } of members) found[name] = value;
  return found;
}

function optionalText(node: JsonNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.kind !== 'text') throw syntaxError();
  return node.value;
}

/**
 * Statements with their places. AWS counts a statement from behind the bracket that opens it, or, in a list, from behind what is
 * before it: the bracket of the list, or the statement before.
 */
function placedStatements(text: string, node: JsonNode | undefined) {
  if (node?.kind !== 'list' && node?.kind !== 'object') throw syntaxError();
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length === 0) throw syntaxError();
  const positionOf = positionsIn(text);
  let from = node.start + 1;
  return items.map((item) => {
    const place = { opens: positionOf(item.start), start: positionOf(from), end: positionOf(item.end) };
    from = item.end;
    return { node: item, place };
  });
}

function refuseRepeatedSids(sids: readonly string[]): void {
  if (new Set(sids).size < sids.length) {
    throw new Malformed('Statement IDs (SID) in a single policy must be unique.');
  }
}
