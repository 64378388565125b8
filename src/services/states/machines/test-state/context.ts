import type { Json, JsonObject } from '../../../../asl/index.ts';
import { validationError } from '../../refusals.ts';
import { readObject, type TestStateRequest } from './request.ts';

type Kind = 'string' | 'number' | 'any';
type Fields = Readonly<Record<string, Kind | Readonly<Record<string, Kind>>>>;

/** The fields of the context object that may be given (developer guide, "Accessing the Context object"). */
const allowed: Fields = {
  Execution: {
    Id: 'string',
    Input: 'any',
    Name: 'string',
    RoleArn: 'string',
    StartTime: 'string',
    RedriveCount: 'number',
    RedriveTime: 'string',
  },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'number' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};

/**
 * The context object that a mocked test is given. Throws `ValidationException` for fields that it has not, in words that are
 * recorded of `Execution.Id`, of a field that AWS does not know and of `Map`.
 */
export function readContext({ context }: TestStateRequest): JsonObject | undefined {
  const given = readObject('Context', context);
  if (given && Object.hasOwn(given, 'Map')) refuse("'Map' field is not supported when mocking a Context object");
  if (given) checkFields(allowed, given, '');
  return given;
}

function checkFields(fields: Fields, given: JsonObject, above: string): void {
  for (const [name, value] of Object.entries(given)) {
    const path = `${above}${name}`;
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (kind === undefined) refuse(`Field '${path}' is not allowed`);
    if (typeof kind === 'string') checkKind(kind, value, path);
    else if (isObject(value)) checkFields(kind, value, `${path}.`);
    else refuse(`${path} must be an object`);
  }
}

function checkKind(kind: Kind, value: Json, path: string): void {
  if (kind !== 'any' && typeof value !== kind) refuse(`${path} must be a ${kind}`);
}

function refuse(problem: string): never {
  return validationError(`Invalid Context object provided: ${problem}`);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
