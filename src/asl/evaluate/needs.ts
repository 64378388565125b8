import type { ChoiceRule } from '../definition/choice-rule.ts';
import type { Template } from '../definition/machine.ts';
import type { IntrinsicNode } from '../intrinsics/parse.ts';
import type { Json } from '../json/json.ts';
import type { Path } from '../path/path.ts';
import type { Condition, PlainScope } from './evaluation.ts';
import type { StateScope } from './scope.ts';

/** What of its scope an evaluation looks at. */
export interface Needs {
  /** Whether JSONata is needed: expressions that are more than a way down some members. */
  readonly jsonata: boolean;
  /** `$` of JSONPath. */
  readonly data: boolean;
  readonly variables: readonly string[];
  /** Members of `$states`, the context among them; absent when an expression may look at any. */
  readonly states?: readonly string[];
}

interface Found {
  jsonata: boolean;
  data: boolean;
  readonly variables: Set<string>;
  readonly states: Set<string>;
  anyState: boolean;
}

export function needsOf(parts: readonly (Template | Condition)[]): Needs {
  const found: Found = { jsonata: false, data: false, variables: new Set(), states: new Set(), anyState: false };
  for (const part of parts) note(part, found);
  const { jsonata, data, variables, states, anyState } = found;
  return { jsonata, data, variables: [...variables], ...(anyState ? {} : { states: [...states] }) };
}

function note(part: Template | Condition, found: Found): void {
  switch (part.kind) {
    case 'constant':
      return;
    case 'selected':
    case 'path':
      notePath(part.path, found);
      return;
    case 'intrinsic':
      noteIntrinsic(part.node, found);
      return;
    case 'jsonata':
      if (!part.expression.simple) found.jsonata = true;
      noteExpression(part.expression.text, found);
      return;
    case 'array':
      for (const item of part.items) note(item, found);
      return;
    case 'object':
      for (const [, inner] of part.members) note(inner, found);
      return;
    default:
      noteRule(part, found);
  }
}

function noteRule(rule: ChoiceRule, found: Found): void {
  switch (rule.kind) {
    case 'and':
    case 'or':
      for (const inner of rule.rules) noteRule(inner, found);
      return;
    case 'not':
      noteRule(rule.rule, found);
      return;
    case 'compare':
      if ('path' in rule.with) notePath(rule.with.path, found);
      notePath(rule.variable, found);
      return;
    default:
      notePath(rule.variable, found);
  }
}

function notePath({ root }: Path, found: Found): void {
  if (root.kind === 'context') found.states.add('context');
  // What a path does not find is reported with the input, a variable's too.
  else found.data = true;
  if (root.kind === 'variable') found.variables.add(root.name);
}

function noteIntrinsic(node: IntrinsicNode, found: Found): void {
  if (node.kind === 'path') notePath(node.path, found);
  else if (node.kind === 'call') for (const argument of node.arguments) noteIntrinsic(argument, found);
}

/** A variable is written with its name behind a `$`, whatever stands around it. */
const variable = /\$([\p{ID_Start}_][\p{ID_Continue}]*)(?:\s*\.\s*(input|result|errorOutput|context)\b)?/gu;

function noteExpression(text: string, found: Found): void {
  // The parent operator leads from what is named to what is not.
  if (text.includes('%')) found.anyState = true;
  for (const [, name = '', member] of text.matchAll(variable)) {
    if (name !== 'states') found.variables.add(name);
    else if (member === undefined) found.anyState = true;
    else found.states.add(member);
  }
}

/** What an evaluation needs of a scope, as plain data. */
export function plainScope(needs: Needs, scope: StateScope): PlainScope {
  const wants = (name: string) => needs.states?.includes(name) ?? true;
  const { input, result, errorOutput } = scope.states;
  return {
    data: needs.data ? scope.data : null,
    states: {
      ...(wants('input') ? { input } : {}),
      ...(wants('result') && result !== undefined ? { result } : {}),
      ...(wants('errorOutput') && errorOutput !== undefined ? { errorOutput } : {}),
    },
    ...(wants('context') ? { context: scope.context() } : {}),
    variables: present(needs.variables, scope),
    seed: scope.random.seed,
    drawn: scope.random.drawn,
    now: scope.now,
  };
}

/** Bound by a prototype-less list of entries: `__proto__` is a name like any other. */
function present(names: readonly string[], { variables }: StateScope): Record<string, Json> {
  const found = names.flatMap((name) => {
    const value = variables.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}
