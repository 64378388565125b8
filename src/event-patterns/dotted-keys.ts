import { deepest } from './dialect.ts';
import { isObject, type Json } from './json.ts';
import { type Condition, isNode, type PatternKey, type PatternNode } from './pattern.ts';

// A point in a key of a pattern, or of what it looks at, is as good as an object in an object: AWS looks at flattened keys on
// both sides. The pattern `{"object.nested.test": ["x"]}` passes `{"object": {"nested": {"test": "x"}}}`,
// `{"object.nested.test": "x"}`, `{"object.nested": {"test": "x"}}` and `{"object": {"nested.test": "x"}}` (measured on AWS:
// localstack/localstack pull request 9319). Here both become nested, a body no further than a pattern looks.

/** A key of a pattern as nodes in nodes, one for each part between points; undefined if there are too many. */
export function nestedKey(key: string, wanted: readonly Condition[] | PatternNode): PatternKey | undefined {
  const [first = '', ...rest] = key.split('.');
  if (rest.length >= deepest) return undefined;
  const inner = rest.reduceRight<readonly Condition[] | PatternNode>(
    (within, part) => ({ keys: [[part, within]], either: [] }),
    wanted,
  );
  return [first, inner];
}

/** Keys with what is asked of one member's members in one node: of a list, one object must have them all. */
export function joinedKeys(keys: readonly PatternKey[]): readonly PatternKey[] {
  const joined: PatternKey[] = [];
  const nodes = new Map<string, PatternNode[]>();
  for (const [name, wanted] of keys) {
    if (!isNode(wanted)) joined.push([name, wanted]);
    else nodes.set(name, [...(nodes.get(name) ?? []), wanted]);
  }
  for (const [name, of] of nodes) joined.push([name, joinedNode(of)]);
  return joined;
}

function joinedNode(nodes: readonly PatternNode[]): PatternNode {
  return { keys: joinedKeys(nodes.flatMap(({ keys }) => keys)), either: nodes.flatMap(({ either }) => either) };
}

/** The same object with each key that has points under its first part; what is in it stays as it is. */
export function withoutPoints(subject: Json): Json {
  const keys = Object.keys(subject);
  if (!keys.some((key) => key.includes('.'))) return subject;
  return gathered(keys.map((key) => underFirstPart(key, subject[key])));
}

type Member = readonly [name: string, value: unknown];

function underFirstPart(key: string, value: unknown): Member {
  const point = key.indexOf('.');
  return point === -1 ? [key, value] : [key.slice(0, point), Object.fromEntries([[key.slice(point + 1), value]])];
}

/** An object of the members, whose names may come more than once: thousands may, so this is one pass over them. */
function gathered(members: readonly Member[], depth = 0): Json {
  const values = new Map<string, unknown[]>();
  for (const [name, value] of members) {
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, together(all, depth + 1)]));
}

/** Objects become one object; all else a list, of which one value has to match. */
function together(values: readonly unknown[], depth: number): unknown {
  if (values.length === 1 || depth > deepest) return values[0];
  const objects = values.filter(isObject);
  const others = values.filter((value) => !isObject(value)).flat();
  if (objects.length === 0) return others;
  const object = gathered(
    objects.flatMap((each) => Object.entries(each)),
    depth,
  );
  return others.length === 0 ? object : [...others, object];
}
