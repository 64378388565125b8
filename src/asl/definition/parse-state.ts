import { isObject, type Json } from '../json/json.ts';
import type { State } from './machine.ts';
import { parseDefinition } from './parse.ts';
import { type Diagnostic, Problems } from './problems.ts';
import type { DefinitionOptions } from './reading.ts';
import { readState } from './states.ts';

/**
 * Parses the definition that TestState is given: one state alone, or a whole state machine with the name of a state of it.
 * Where a lone state leads is not checked.
 */
export function parseState(
  text: string,
  name: string | undefined,
  options: DefinitionOptions = {},
): { readonly state?: State; readonly diagnostics: readonly Diagnostic[] } {
  const value = readObject(text);
  if (!isObject(value) || isObject(value.States)) return stateOf(text, name, options);
  const problems = new Problems();
  const reading = {
    problems,
    options,
    queryLanguage: 'JSONPath',
    states: new Map<string, State>(),
    places: new Map<string, string>(),
    readState,
  } as const;
  const state = readState(name ?? 'State', value, '', reading);
  const diagnostics = problems.list;
  return state && !problems.failed ? { state, diagnostics } : { diagnostics };
}

function readObject(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function stateOf(text: string, name: string | undefined, options: DefinitionOptions) {
  const { machine, diagnostics } = parseDefinition(text, options);
  const state = machine?.states.get(name ?? machine.startAt);
  return state ? { state, diagnostics } : { diagnostics };
}
