import { z } from 'zod';
import { type Json, type JsonObject, parseState, refusalOf, type State } from '../../../../asl/index.ts';
import { invalidDefinition, invalidExecutionInput, validationError } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { definitionOptions, requestEvaluator } from '../definition.ts';
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

/** The state under test. What is mocked may name any resource; what is called must be callable. */
export async function readTestedState(runtime: MachineRuntime, request: TestStateRequest): Promise<State> {
  const { definition, stateName, mock } = request;
  const options = mock ? {} : definitionOptions(runtime.integrations, 'STANDARD');
  if (stateName !== undefined && !isMachine(definition)) {
    validationError('stateName can only be specified with the definition of a whole state machine');
  }
  const { state, diagnostics } = await parseState(definition, stateName, options, requestEvaluator(runtime));
  if (state) return state;
  if (diagnostics.some(({ severity }) => severity === 'ERROR')) return invalidDefinition(refusalOf(diagnostics));
  return validationError(`State '${stateName}' is not in the definition`);
}

function isMachine(definition: string): boolean {
  try {
    return typeof JSON.parse(definition)?.States === 'object';
  } catch {
    return false;
  }
}

export function readInput(text: string | undefined): Json {
  try {
    return text === undefined ? {} : (JSON.parse(text) as Json);
  } catch (fault) {
    return invalidExecutionInput(fault instanceof Error ? fault.message : 'not valid JSON');
  }
}

/** The JSON object in the member `name`. */
export function readObject(name: string, text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const value = readJson(name, text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  return validationError(`${name} must be a JSON object`);
}

export function readJson(name: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return validationError(`${name} is not valid JSON`);
  }
}
