/** A node of JSONata's syntax tree, as far as it is looked at here. */
interface SyntaxNode {
  readonly type?: unknown;
  readonly value?: unknown;
  readonly steps?: readonly unknown[];
}

/** Parts of a node that are evaluated with an item of its value as context, whatever the node stands in. */
const withItems: ReadonlySet<string> = new Set([
  'stages',
  'predicate',
  'group',
  'terms',
  'pattern',
  'update',
  'delete',
]);

/**
 * What an expression refers to at its top level, where a state has no context: plain names, `$` and `$$`, each once. In
 * the further steps of a path, in filters, sorts, groups and transformations the context is an item, and they mean it.
 */
export function topLevelReferences(tree: unknown): readonly string[] {
  const found = new Set<string>();
  visit(tree, true, found);
  return [...found];
}

function visit(node: unknown, top: boolean, found: Set<string>): void {
  if (typeof node !== 'object' || node === null || node instanceof RegExp) return;
  if (Array.isArray(node)) {
    for (const each of node) visit(each, top, found);
    return;
  }
  if (top) note(node, found);
  for (const [part, inner] of Object.entries(node)) {
    if (part === 'steps' && Array.isArray(inner)) {
      for (const [i, step] of inner.entries()) visit(step, top && i === 0, found);
    } else if (part === 'arguments' && (node as SyntaxNode).type === 'lambda') {
    } else {
      visit(inner, top && !withItems.has(part), found);
    }
  }
}

function note({ type, value }: SyntaxNode, found: Set<string>): void {
  if (type === 'name') found.add(String(value));
  if (type === 'variable' && (value === '' || value === '$')) found.add(`$${value}`);
}

/**
 * `??` or `?:` where an expression has one: operators of JSONata 2.1, while AWS has 2.0.6. The tree shows them as
 * conditions that test what they answer.
 */
export function laterOperator(tree: unknown): '??' | '?:' | undefined {
  const search: OperatorSearch = {};
  start(tree, search);
  return search.found;
}

interface OperatorSearch {
  found?: '??' | '?:';
}

/** Where in the text the first thing of a part of the tree stands. */
function start(node: unknown, search: OperatorSearch): number {
  if (typeof node !== 'object' || node === null || node instanceof RegExp) return Number.POSITIVE_INFINITY;
  const starts = new Map(Object.entries(node).map(([part, inner]) => [part, start(inner, search)]));
  const { type, position, condition } = node as { type?: unknown; position?: unknown; condition?: object };
  if (type === 'condition' && starts.get('condition') === starts.get('then')) {
    search.found ??= isMadeUpCall(condition) ? '??' : '?:';
  }
  return Math.min(typeof position === 'number' ? position : Number.POSITIVE_INFINITY, ...starts.values());
}

/** The call of `$exists` that `??` stands for: it has no place in the text. */
function isMadeUpCall(node: object | undefined): boolean {
  const { procedure } = (node ?? {}) as { procedure?: { position?: unknown } };
  return procedure !== undefined && procedure.position === undefined;
}
