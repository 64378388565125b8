import type { Evaluator } from '../evaluate/evaluation.ts';
import { isObject, type Json, type JsonObject, nestsDeeper } from '../json/json.ts';
import { JsonFault, parseJson } from '../json/json-fault.ts';
import { bounds, limits } from '../limits.ts';
import { Fields } from './fields.ts';
import { readFlow } from './flow.ts';
import type { Machine, State } from './machine.ts';
import { type Diagnostic, Problems } from './problems.ts';
import type { DefinitionOptions, InSteps } from './reading.ts';
import { readState } from './states.ts';
import { syntaxFaults } from './syntax.ts';
import type { TaskDefinition, TaskFault } from './task-definition.ts';
import { checkVariableScopes } from './variables.ts';

/** The result of reading a definition: a machine unless something is an error; warnings never prevent one. */
export interface ParsedDefinition {
  readonly machine?: Machine;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses, validates and compiles the text of a definition. Finds all that is wrong, as ValidateStateMachineDefinition
 * reports it. Never throws on bad input. What takes no more than the length of the text is done here, in turns, the check of
 * the JSONata expressions by `evaluator`.
 */
export async function validateDefinition(
  text: string,
  options: DefinitionOptions,
  evaluator: Evaluator,
): Promise<ParsedDefinition> {
  const { machine, problems } = await inTurns(reading(text, options), options.nextTurn);
  return withDiagnostics(machine, await settle(problems, options, evaluator));
}

/** All diagnostics, those of the expressions and of what tasks call included. */
export async function settle(
  problems: Problems,
  { checkTask }: DefinitionOptions,
  evaluator: Evaluator,
): Promise<readonly Diagnostic[]> {
  const expressionFaults = await syntaxFaults(problems.expressions, evaluator);
  return problems.settled(expressionFaults, await faultsOfTasks(problems, checkTask));
}

/** Tasks that call the same are asked about together: the host may have to look each service up. */
async function faultsOfTasks(problems: Problems, checkTask: DefinitionOptions['checkTask']) {
  const faults = new Map<TaskDefinition, readonly TaskFault[]>();
  if (!checkTask) return faults;
  const tasks = problems.tasks.map(({ task }) => task);
  const byResource = Map.groupBy(tasks, ({ resource }) => (resource.kind === 'service' ? resource.service : ''));
  for (const task of [...byResource.values()].flat()) faults.set(task, await checkTask(task));
  return faults;
}

function withDiagnostics(machine: Machine | undefined, diagnostics: readonly Diagnostic[]): ParsedDefinition {
  const failed = diagnostics.some(({ severity }) => severity === 'ERROR');
  return machine && !failed ? { machine, diagnostics } : { diagnostics };
}

/** A definition that has been validated before: its JSONata expressions are not looked at again. */
export function parseDefinition(text: string, options: DefinitionOptions = {}): ParsedDefinition {
  const { machine, problems } = readDefinition(text, options);
  return withDiagnostics(machine, problems.list);
}

/** What a definition says, and what is wrong with it as far as it is known at once. */
export interface ReadDefinition {
  readonly machine?: Machine;
  readonly problems: Problems;
}

/** Reads a definition in one go. */
function readDefinition(text: string, options: DefinitionOptions): ReadDefinition {
  const steps = reading(text, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Reads a definition state by state. */
export function* reading(text: string, options: DefinitionOptions): InSteps<ReadDefinition> {
  const problems = new Problems();
  const definition = readJson(text, problems);
  return definition ? { machine: yield* readMachine(definition, options, problems), problems } : { problems };
}

/** Takes all steps, and lets others have their turn in between. */
export async function inTurns<Result>(
  steps: InSteps<Result>,
  nextTurn: DefinitionOptions['nextTurn'],
): Promise<Result> {
  for (let taken = 1; ; taken += 1) {
    const { done, value } = steps.next();
    if (done) return value;
    if (taken % bounds.statesInTurn === 0) await nextTurn?.();
  }
}

/** How CreateStateMachine words a refusal: `Invalid State Machine Definition: 'CODE: message at /place, ...'`. */
export function refusalOf(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ code, message, location }) => `${code}: ${message} at ${location ?? 'null'}`);
  return `Invalid State Machine Definition: '${errors.join(', ')}'`;
}

function readJson(text: string, problems: Problems): JsonObject | undefined {
  if (Buffer.byteLength(text) > limits.definitionBytes) {
    problems.error('INVALID_JSON_DESCRIPTION', `The definition is larger than ${limits.definitionBytes} bytes`);
    return undefined;
  }
  const value = text.trim() === '' ? null : readText(text, problems);
  if (value === undefined) return undefined;
  if (isObject(value) && !nestsDeeper(value, bounds.jsonDepth)) return value;
  if (isObject(value)) problems.error('INVALID_JSON_DESCRIPTION', 'The definition nests too deeply');
  else problems.schema('Definition must be a valid JSON object', '');
  return undefined;
}

function readText(text: string, problems: Problems): Json | undefined {
  try {
    return parseJson(text);
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    problems.error('INVALID_JSON_DESCRIPTION', fault.message, fault.location);
    return undefined;
  }
}

function* readMachine(definition: JsonObject, options: DefinitionOptions, problems: Problems): InSteps<Machine> {
  const fields = new Fields(definition, '', problems);
  const comment = fields.string('Comment');
  const version = fields.string('Version');
  if (version !== undefined && version !== '1.0') fields.fault('Version', "Value must be '1.0'");
  const queryLanguage = fields.oneOf('QueryLanguage', ['JSONPath', 'JSONata']) ?? 'JSONPath';
  const timeoutSeconds = fields.integer('TimeoutSeconds', 1, limits.longestSeconds);
  const states = new Map<string, State>();
  const reading = { problems, options, queryLanguage, states, places: new Map<string, string>(), readState };
  const startAt = (yield* readFlow(fields, reading)) ?? '';
  fields.finish();
  yield* checkVariableScopes(definition, problems);
  return { startAt, queryLanguage, timeoutSeconds, comment, states };
}
