import type { Evaluator } from '../evaluate/evaluation.ts';
import { isObject, type Json, type JsonObject, nestsDeeper } from '../json/json.ts';
import { bounds } from '../limits.ts';
import type { State } from './machine.ts';
import { inTurns, reading, settle } from './parse.ts';
import { type Diagnostic, faultOf, Problems } from './problems.ts';
import type { DefinitionOptions, InSteps } from './reading.ts';
import { readState } from './states.ts';

/** What AWS calls a state that is tested, also one that has a name in its state machine (recorded). */
const testedName = 'StateName';

/** A state to be tested, unless something is an error. */
export interface ParsedState {
  readonly state?: State;
  readonly diagnostics: readonly Diagnostic[];
  /** What is wrong with what a Task calls. Of other Task states in the definition nothing is asked. */
  readonly checkTask: (check: NonNullable<DefinitionOptions['checkTask']>) => Promise<readonly Diagnostic[]>;
}

/**
 * Parses the definition that TestState is given: one state alone, or a whole state machine with the name of a state of it.
 * Where a lone state leads is not checked. Without a name the first state of a state machine is meant.
 */
export async function parseState(
  text: string,
  name: string | undefined,
  evaluator: Evaluator,
  nextTurn?: DefinitionOptions['nextTurn'],
): Promise<ParsedState> {
  const lone = name === undefined ? readLone(text) : undefined;
  const { state, problems } = await inTurns(lone ?? readNamed(text, name), nextTurn);
  const diagnostics = await settle(problems, {}, evaluator);
  const failed = diagnostics.some(({ severity }) => severity === 'ERROR');
  const tested = state && !failed ? { state: { ...state, name: testedName } } : {};
  return {
    ...tested,
    diagnostics,
    checkTask: async (check) => {
      const found = problems.tasks.find(({ task }) => state?.type === 'Task' && task.resource === state.resource);
      if (!found) return [];
      return (await check(found.task)).map((fault) => faultOf(fault, found.location));
    },
  };
}

interface ReadState {
  readonly state?: State | undefined;
  readonly problems: Problems;
}

function readLone(text: string): InSteps<ReadState> | undefined {
  const value = readObject(text);
  return isObject(value) && !isObject(value.States) ? readAlone(value) : undefined;
}

function* readAlone(value: JsonObject): InSteps<ReadState> {
  const problems = new Problems();
  if (nestsDeeper(value, bounds.jsonDepth)) {
    problems.error('INVALID_JSON_DESCRIPTION', 'The definition nests too deeply');
    return { problems };
  }
  const around = {
    problems,
    options: { objectStore: true },
    queryLanguage: 'JSONPath',
    states: new Map<string, State>(),
    places: new Map<string, string>(),
    readState,
  } as const;
  return { state: yield* readState(testedName, value, `/States/${testedName}`, around), problems };
}

function* readNamed(text: string, name: string | undefined): InSteps<ReadState> {
  const { machine, problems } = yield* reading(text, { objectStore: true });
  return { state: machine?.states.get(name ?? machine.startAt), problems };
}

function readObject(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
