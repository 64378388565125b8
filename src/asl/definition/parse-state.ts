import type { Evaluator } from '../evaluate/evaluation.ts';
import { isObject, type Json, nestsDeeper } from '../json/json.ts';
import { bounds } from '../limits.ts';
import type { State } from './machine.ts';
import { settle, validateDefinition } from './parse.ts';
import { type Diagnostic, Problems } from './problems.ts';
import type { DefinitionOptions } from './reading.ts';
import { readState } from './states.ts';

/**
 * Parses the definition that TestState is given: one state alone, or a whole state machine with the name of a state of it.
 * Where a lone state leads is not checked.
 */
export async function parseState(
  text: string,
  name: string | undefined,
  options: DefinitionOptions,
  evaluator: Evaluator,
): Promise<{ readonly state?: State; readonly diagnostics: readonly Diagnostic[] }> {
  const value = readObject(text);
  if (!isObject(value) || isObject(value.States)) return stateOf(text, name, options, evaluator);
  const problems = new Problems();
  const reading = {
    problems,
    options,
    queryLanguage: 'JSONPath',
    states: new Map<string, State>(),
    places: new Map<string, string>(),
    readState,
  } as const;
  const isDeep = nestsDeeper(value, bounds.jsonDepth);
  if (isDeep) problems.error('INVALID_JSON_DESCRIPTION', 'The definition nests too deeply');
  const state = isDeep ? undefined : readState(name ?? 'State', value, '', reading);
  const diagnostics = await settle(problems, evaluator);
  const failed = diagnostics.some(({ severity }) => severity === 'ERROR');
  return state && !failed ? { state, diagnostics } : { diagnostics };
}

function readObject(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

async function stateOf(text: string, name: string | undefined, options: DefinitionOptions, evaluator: Evaluator) {
  const { machine, diagnostics } = await validateDefinition(text, options, evaluator);
  const state = machine?.states.get(name ?? machine.startAt);
  return state ? { state, diagnostics } : { diagnostics };
}
