import { isObject, type Json, type JsonObject } from '../json/json.ts';
import type { Problems } from './problems.ts';
import type { InSteps } from './reading.ts';

/**
 * Checks that no branch or iteration assigns a variable of a flow around it: an inner flow may read outer variables, and
 * cannot change them (developer guide, "Variable scope"). A distributed Map starts a scope of its own.
 */
export function* checkVariableScopes(definition: JsonObject, problems: Problems): InSteps<void> {
  yield* checkFlow(definition, new Map(), '', problems);
}

/** How many of the flows around assign each variable. One map for all: a copy for each flow could grow with the square. */
type Outer = Map<string, number>;

function* checkFlow(flow: Json | undefined, outer: Outer, at: string, problems: Problems): InSteps<void> {
  const states = isObject(flow) && isObject(flow.States) ? flow.States : {};
  const own = new Set<string>();
  for (const [name, state] of Object.entries(states)) {
    yield;
    for (const { variable, at: place } of assigned(state, `${at}/States/${name}`)) {
      own.add(variable);
      if (outer.get(variable)) problems.schema(`The variable '${variable}' is already in use in an outer scope`, place);
    }
  }
  for (const variable of own) outer.set(variable, (outer.get(variable) ?? 0) + 1);
  for (const [name, state] of Object.entries(states)) {
    yield;
    if (isObject(state)) yield* checkInner(state, outer, `${at}/States/${name}`, problems);
  }
  for (const variable of own) outer.set(variable, (outer.get(variable) ?? 0) - 1);
}

function* checkInner(state: JsonObject, visible: Outer, at: string, problems: Problems): InSteps<void> {
  if (Array.isArray(state.Branches)) {
    for (const [i, branch] of state.Branches.entries())
      yield* checkFlow(branch, visible, `${at}/Branches[${i}]`, problems);
  }
  yield* checkFlow(state.Iterator, visible, `${at}/Iterator`, problems);
  const processor = state.ItemProcessor;
  yield* checkFlow(processor, isDistributed(processor) ? new Map() : visible, `${at}/ItemProcessor`, problems);
}

function isDistributed(processor: Json | undefined): boolean {
  return isObject(processor) && isObject(processor.ProcessorConfig) && processor.ProcessorConfig.Mode === 'DISTRIBUTED';
}

function* assigned(state: Json, at: string): Generator<{ variable: string; at: string }> {
  if (!isObject(state)) return;
  yield* names(state.Assign, `${at}/Assign`);
  for (const list of ['Choices', 'Catch'] as const) {
    const elements = state[list];
    if (!Array.isArray(elements)) continue;
    for (const [i, element] of elements.entries()) {
      if (isObject(element)) yield* names(element.Assign, `${at}/${list}[${i}]/Assign`);
    }
  }
}

function* names(assign: Json | undefined, at: string): Generator<{ variable: string; at: string }> {
  if (!isObject(assign)) return;
  for (const key of Object.keys(assign)) yield { variable: key.endsWith('.$') ? key.slice(0, -2) : key, at };
}
