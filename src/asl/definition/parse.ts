import { isObject, type Json, type JsonObject, nestsDeeper } from '../json/json.ts';
import { bounds, limits } from '../limits.ts';
import { Fields } from './fields.ts';
import { readFlow } from './flow.ts';
import type { Machine, State } from './machine.ts';
import { type Diagnostic, Problems } from './problems.ts';
import type { DefinitionOptions } from './reading.ts';
import { readState } from './states.ts';
import { checkVariableScopes } from './variables.ts';

/** The result of reading a definition: a machine unless something is an error; warnings never prevent one. */
export interface ParsedDefinition {
  readonly machine?: Machine;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses, validates and compiles the text of a definition. Finds all that is wrong in one go, as
 * ValidateStateMachineDefinition reports it. Never throws on bad input.
 */
export function parseDefinition(text: string, options: DefinitionOptions = {}): ParsedDefinition {
  const problems = new Problems();
  const definition = readJson(text, problems);
  const machine = definition && readMachine(definition, options, problems);
  const diagnostics = problems.list;
  return machine && !problems.failed ? { machine, diagnostics } : { diagnostics };
}

/** How CreateStateMachine words a refusal: `Invalid State Machine Definition: 'CODE: message at /place, ...'`. */
export function refusalOf(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ code, message, location }) => `${code}: ${message}${location === undefined ? '' : ` at ${location}`}`);
  return `Invalid State Machine Definition: '${errors.join(', ')}'`;
}

function readJson(text: string, problems: Problems): JsonObject | undefined {
  if (text.trim() === '' || text.trim() === 'null') {
    problems.error('MISSING_DESCRIPTION', 'The definition is empty');
    return undefined;
  }
  if (Buffer.byteLength(text) > limits.definitionBytes) {
    problems.error('INVALID_JSON_DESCRIPTION', `The definition is larger than ${limits.definitionBytes} bytes`);
    return undefined;
  }
  const value = parseJson(text, problems);
  if (value === undefined) return undefined;
  if (isObject(value) && !nestsDeeper(value, bounds.jsonDepth)) return value;
  const message = isObject(value) ? 'The definition nests too deeply' : 'The definition is not a JSON object';
  problems.error('INVALID_JSON_DESCRIPTION', message);
  return undefined;
}

function parseJson(text: string, problems: Problems): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    problems.error('INVALID_JSON_DESCRIPTION', `The definition is not valid JSON: ${reason}`);
    return undefined;
  }
}

function readMachine(definition: JsonObject, options: DefinitionOptions, problems: Problems): Machine {
  const fields = new Fields(definition, '', problems);
  const comment = fields.string('Comment');
  const version = fields.string('Version');
  if (version !== undefined && version !== '1.0') fields.fault('Version', "Value must be '1.0'");
  const queryLanguage = fields.oneOf('QueryLanguage', ['JSONPath', 'JSONata']) ?? 'JSONPath';
  const timeoutSeconds = fields.integer('TimeoutSeconds', 1, limits.longestSeconds);
  const states = new Map<string, State>();
  const reading = { problems, options, queryLanguage, states, places: new Map<string, string>(), readState };
  const startAt = readFlow(fields, reading) ?? '';
  fields.finish();
  checkVariableScopes(definition, problems);
  return { startAt, queryLanguage, timeoutSeconds, comment, states };
}
