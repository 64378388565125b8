import type { Json } from '../../../asl/index.ts';

type States = Readonly<Record<string, Json>>;

/** `$name`, in a path, an intrinsic function or a JSONata expression. */
const reference = /\$([A-Za-z_]\w*)/g;

/**
 * Which variables each state of a definition refers to: names that some state assigns and that stand behind a `$` in a path
 * or expression of the state. States without any are left out.
 */
export function variableReferences(definition: string): Record<string, string[]> {
  // Most definitions have none, and the largest take tens of milliseconds to read.
  if (!definition.includes('"Assign"')) return {};
  const states = new Map<string, ReadonlySet<string>>();
  const assigned = new Set<string>();
  walkStates(readStored(definition), states, assigned);
  const found = [...states].map(
    ([name, names]) => [name, [...names].filter((each) => assigned.has(each)).sort()] as const,
  );
  return Object.fromEntries(found.filter(([, names]) => names.length > 0));
}

/** Damaged in the store it refers to nothing: the definition itself shows what is wrong. */
function readStored(definition: string): Json {
  try {
    return JSON.parse(definition) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function walkStates(flow: Json | undefined, states: Map<string, ReadonlySet<string>>, assigned: Set<string>): void {
  if (!isObject(flow) || !isObject(flow.States)) return;
  for (const [name, state] of Object.entries(flow.States)) {
    const names = new Set<string>();
    collect(state, '', names, assigned);
    states.set(name, names);
    for (const inner of innerFlows(state)) walkStates(inner, states, assigned);
  }
}

function innerFlows(state: Json): readonly (Json | undefined)[] {
  if (!isObject(state)) return [];
  return [...(Array.isArray(state.Branches) ? state.Branches : []), state.Iterator, state.ItemProcessor];
}

/** Fields of a state that hold states of their own, or text that is never evaluated. */
const opaque: ReadonlySet<string> = new Set(['Branches', 'Iterator', 'ItemProcessor', 'Comment', 'Result']);

function collect(value: Json, key: string, names: Set<string>, assigned: Set<string>): void {
  if (typeof value === 'string') {
    if (isEvaluated(key, value)) for (const [, name = ''] of value.matchAll(reference)) names.add(name);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (key === 'Assign') for (const name of Object.keys(value)) assigned.add(name.replace(/\.\$$/, ''));
  for (const [member, inner] of Object.entries(value)) {
    if (!opaque.has(member)) collect(inner, Array.isArray(value) ? key : member, names, assigned);
  }
}

/** Paths stand in fields of their own, payload templates mark them in the key, expressions in the text. */
function isEvaluated(key: string, text: string): boolean {
  return key.endsWith('.$') || key.endsWith('Path') || key === 'Variable' || text.startsWith('{%');
}

function isObject(value: Json | undefined): value is States {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
