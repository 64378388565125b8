import type { Json, JsonObject } from '../../../asl/index.ts';
import { pascalCase, toServiceInput } from './casing.ts';
import type { Callable } from './directory.ts';
import type { TaskFailure } from './failure.ts';
import { type Shape, shapeOf } from './shape.ts';
import type { ServiceCall } from './task-run.ts';

/** What an optimised integration knows beyond the operation's schema. */
export interface ParameterRules {
  /** The parameters that it takes; all that the operation has when absent. */
  readonly supported?: readonly string[];
  /** Parameters that are JSON text for the service, and any JSON in a definition. */
  readonly texts?: readonly string[];
}

/** The members of the service's input, or the failure of the task. */
export type Prepared =
  | { readonly kind: 'input'; readonly input: JsonObject }
  | { readonly kind: 'failure'; readonly failure: Omit<TaskFailure, 'type'> };

/** Makes an operation's input of a task's parameters. `rules` is absent for `aws-sdk:*`, where the service itself checks. */
export function prepareInput(callable: Callable, call: ServiceCall, rules?: ParameterRules): Prepared {
  const parameters = call.arguments;
  if (!isObject(parameters)) return refused(call, ['The parameters must be a JSON object']);
  const shape = shapeOf(callable.operation.schema);
  const unsupported = Object.keys(parameters).filter((name) => rules?.supported?.includes(name) === false);
  const { input, problems } = toServiceInput(shape, written(parameters, rules?.texts ?? []));
  const all = [
    ...unsupported.map((name) => `The field '${name}' is not supported by Step Functions`),
    ...problems,
    ...(rules ? missing(shape, input) : []),
  ];
  if (all.length > 0 || !isObject(input)) return refused(call, [...new Set(all)]);
  return { kind: 'input', input };
}

/** Parameters that the service takes as text may be any JSON (`"Message": {...}`). */
function written(parameters: JsonObject, texts: readonly string[]): JsonObject {
  const entries = Object.entries(parameters).map(([name, value]): [string, Json] =>
    texts.includes(name) && typeof value !== 'string' ? [name, JSON.stringify(value)] : [name, value],
  );
  return Object.fromEntries(entries);
}

function missing(shape: Shape, input: Json): string[] {
  if (shape.kind !== 'structure' || !isObject(input)) return [];
  return [...shape.members]
    .filter(([name, { required }]) => required && !Object.hasOwn(input, name))
    .map(([name]) => `The field '${pascalCase(name)}' is required but was missing`);
}

function refused({ stateName, arguments: given }: ServiceCall, problems: readonly string[]): Prepared {
  const cause =
    `An error occurred while executing the state '${stateName}'. The Parameters '${JSON.stringify(given)}' ` +
    `could not be used to start the Task: [${problems.join(', ')}]`;
  return { kind: 'failure', failure: { error: 'States.Runtime', cause, stage: 'schedule' } };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
