import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import {
  type Json,
  JsonFault,
  type JsonObject,
  parseJson,
  parseState,
  refusalOf,
  type State,
} from '../../../../asl/index.ts';
import { taskFaults } from '../../apis/index.ts';
import { invalidDefinition, invalidExecutionInput, validationError } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { requestEvaluator } from '../definition.ts';
import type { MachineRuntime } from '../runtime.ts';

const payload = z.string().max(262_144);

export const testStateSchema = z.object({
  definition: shapes.definition,
  roleArn: shapes.arn.optional(),
  input: payload.optional(),
  inspectionLevel: z.enum(['INFO', 'DEBUG', 'TRACE']).optional(),
  revealSecrets: z.boolean().optional(),
  variables: payload.optional(),
  stateName: shapes.name.optional(),
  mock: z
    .object({
      result: payload.optional(),
      errorOutput: z
        .object({ error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() })
        .optional(),
      fieldValidationMode: z.enum(['STRICT', 'PRESENT', 'NONE']).optional(),
    })
    .optional(),
  context: payload.optional(),
  stateConfiguration: z
    .object({
      retrierRetryCount: z.int().min(0).optional(),
      errorCausedByState: shapes.name.optional(),
      mapIterationFailureCount: z.int().min(0).optional(),
      mapItemReaderData: payload.optional(),
    })
    .optional(),
});

export type TestStateRequest = z.infer<typeof testStateSchema>;

/** The state under test, and what refuses its definition for what it calls: AWS says first what the request lacks. */
export interface TestedState {
  readonly state: State;
  /** Throws `InvalidDefinition` unless what a Task calls is there, and takes what it is given. */
  readonly checkTask: () => Promise<void>;
}

/** Throws `InvalidDefinition`, and `ValidationException` for a name that no state has (its words are recorded). */
export async function readTestedState(runtime: MachineRuntime, request: TestStateRequest): Promise<TestedState> {
  const { definition, stateName } = request;
  const { state, diagnostics, checkTask } = await parseState(
    definition,
    stateName,
    requestEvaluator(runtime),
    nextTurn,
  );
  if (diagnostics.some(({ severity }) => severity === 'ERROR')) return invalidDefinition(refusalOf(diagnostics));
  if (!state) return validationError('State not found in definition');
  return {
    state,
    checkTask: async () => {
      const faults = await checkTask(taskFaults);
      if (faults.length > 0) invalidDefinition(refusalOf(faults));
    },
  };
}

export function readInput(text: string | undefined): Json {
  try {
    return text === undefined ? {} : parseJson(text);
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    return invalidExecutionInput(fault.javaText);
  }
}

/** The JSON object in a member, which the refusals call `name`. */
export function readObject(name: string, text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const value = readJson(name, text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  return validationError(`${name} must be a JSON object.`);
}

/** The words are those that AWS has for mocked results (recorded). */
export function readJson(name: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return validationError(`${name} must be valid JSON`);
  }
}
