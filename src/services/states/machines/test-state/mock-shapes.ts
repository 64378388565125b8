import type { Json, Resource } from '../../../../asl/index.ts';
import { validationError } from '../../refusals.ts';

type Shape = 'string' | 'number' | 'boolean' | 'object' | 'array';

interface ResultShape {
  readonly members: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
}

const describedJob: ResultShape = {
  members: {
    JobName: 'string',
    JobId: 'string',
    JobArn: 'string',
    JobQueue: 'string',
    JobDefinition: 'string',
    Status: 'string',
    StatusReason: 'string',
    CreatedAt: 'number',
    StartedAt: 'number',
    StoppedAt: 'number',
    Attempts: 'array',
    DependsOn: 'array',
    Parameters: 'object',
    Container: 'object',
    NodeProperties: 'object',
    ArrayProperties: 'object',
    Timeout: 'object',
    Tags: 'object',
  },
  required: ['JobName', 'JobId', 'JobQueue', 'JobDefinition', 'Status', 'StartedAt'],
};

const endedExecution: ResultShape = {
  members: {
    ExecutionArn: 'string',
    StateMachineArn: 'string',
    Name: 'string',
    Status: 'string',
    StartDate: 'number',
    StopDate: 'number',
  },
  required: ['ExecutionArn', 'StateMachineArn', 'Status', 'StartDate'],
};

/**
 * What the APIs of the integrations that are served here answer: members with their types, and those that are always there.
 * Mocks of other resources are not checked.
 */
const resultShapes: Readonly<Record<string, ResultShape>> = {
  'batch:submitJob': {
    members: { JobArn: 'string', JobId: 'string', JobName: 'string' },
    required: ['JobId', 'JobName'],
  },
  'batch:submitJob.sync': describedJob,
  'sns:publish': { members: { MessageId: 'string', SequenceNumber: 'string' }, required: [] },
  'states:startExecution': {
    members: { ExecutionArn: 'string', StartDate: 'number' },
    required: ['ExecutionArn', 'StartDate'],
  },
  'states:startExecution.sync': endedExecution,
  'states:startExecution.sync:2': endedExecution,
};

/** Checks a mocked result against the model of the API that it stands for. Throws `ValidationException`. */
export function checkMockedResult(resource: Resource, result: Json, mode: 'STRICT' | 'PRESENT' | 'NONE'): void {
  if (mode === 'NONE' || resource.kind !== 'service') return;
  const key = `${resource.service}:${resource.name}`;
  const shape = Object.hasOwn(resultShapes, key) ? resultShapes[key] : undefined;
  if (!shape) return;
  if (typeOf(result) !== 'object') refuse('Result must be an object');
  const members = result as Readonly<Record<string, Json>>;
  if (mode === 'STRICT') {
    for (const name of shape.required) {
      if (!Object.hasOwn(members, name)) refuse(`Required field '${name}' is missing`);
    }
  }
  for (const [name, value] of Object.entries(members)) {
    const expected = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    if (expected && typeOf(value) !== expected) refuse(`Field '${name}' must be of type ${expected}`);
  }
}

function refuse(problem: string): never {
  return validationError(`Mock result schema validation error: ${problem}`);
}

function typeOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}
