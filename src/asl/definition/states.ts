import { parseTimestamp } from '../choice/timestamp.ts';
import { isObject, type Json, type JsonObject } from '../json/json.ts';
import { limits } from '../limits.ts';
import { readChoices } from './choices.ts';
import { readDataFlow, readJsonata, readPathField, readPayload } from './data-flow.ts';
import { readCatch, readRetry } from './error-handling.ts';
import { Fields } from './fields.ts';
import { readFlow } from './flow.ts';
import { foreignField } from './language-fields.ts';
import type { QueryLanguage, State, StateType, Template, WaitState } from './machine.ts';
import { readMap } from './map-state.ts';
import { readNext } from './next-field.ts';
import { readNumber } from './number-field.ts';
import { readJsonataPayload, readPathOrIntrinsic } from './payload.ts';
import type { InSteps, Reading, StateReading } from './reading.ts';
import { parseResource, type Resource } from './resource.ts';

type StateReader = (state: StateReading) => State | undefined;

/** Of those that hold flows of their own. */
const flowReaders = { Parallel: readParallel, Map: readMap } as const;

const readers: Readonly<Record<Exclude<StateType, keyof typeof flowReaders>, StateReader>> = {
  Pass: readPass,
  Task: readTask,
  Choice: readChoice,
  Wait: readWait,
  Succeed: readSucceed,
  Fail: readFail,
};

/** In the order in which AWS names them. */
const stateTypes: readonly StateType[] = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'];

/** Reads one state; undefined when its type is unknown or it lacks what nothing can be made without. */
export function* readState(name: string, object: JsonObject, at: string, reading: Reading): InSteps<State | undefined> {
  const fields = new Fields(object, at, reading.problems);
  fields.take('Comment');
  const queryLanguage = readQueryLanguage(fields, reading);
  const words = "The field 'Type' should have one of these values:";
  const type = fields.oneOf('Type', stateTypes, { required: true, words });
  if (!type) {
    if (!fields.has('Type')) reading.problems.schema('These fields are required: [Type]', at);
    return undefined;
  }
  const given = { name, fields, queryLanguage, reading };
  const state = type === 'Parallel' || type === 'Map' ? yield* flowReaders[type](given) : readers[type](given);
  fields.finish((field) => foreignField(type, queryLanguage, field));
  return state;
}

function readQueryLanguage(fields: Fields, reading: Reading): QueryLanguage {
  const language = fields.oneOf('QueryLanguage', ['JSONPath', 'JSONata']) ?? reading.queryLanguage;
  if (language === 'JSONPath' && reading.queryLanguage === 'JSONata') {
    const message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
    fields.problems.schema(message, fields.at);
  }
  return language;
}

function readPass({ name, fields, queryLanguage }: StateReading): State {
  const paths = queryLanguage === 'JSONPath';
  const result = paths ? fields.take('Result') : undefined;
  if (result !== undefined) warnOfStaticResult(result, fields);
  const flow = readDataFlow(fields, queryLanguage, { parameters: true, resultPath: true, assign: true });
  return { name, type: 'Pass', queryLanguage, next: readNext(fields), ...flow, result };
}

function warnOfStaticResult(result: Json, fields: Fields): void {
  if (isObject(result) && Object.keys(result).some((key) => key.endsWith('.$'))) {
    const message = 'The Result of a Pass state is static: use Parameters for values from the input';
    fields.problems.warning('PASS_RESULT_IS_STATIC', message, fields.locate('Result'));
  }
}

function readTask(state: StateReading): State | undefined {
  const { name, fields, queryLanguage } = state;
  const resource = readResource(state);
  if (resource) {
    const given = fields.take(queryLanguage === 'JSONata' ? 'Arguments' : 'Parameters');
    fields.problems.task({ resource, queryLanguage, given }, fields.at);
  }
  const seconds = { least: 1, most: limits.longestSeconds };
  const timeoutSeconds = readNumber(fields, queryLanguage, 'TimeoutSeconds', seconds);
  const heartbeatSeconds = readNumber(fields, queryLanguage, 'HeartbeatSeconds', seconds);
  if (timeoutSeconds?.kind === 'constant' && heartbeatSeconds?.kind === 'constant') {
    if (Number(heartbeatSeconds.value) >= Number(timeoutSeconds.value)) {
      fields.fault('HeartbeatSeconds', 'Value must be smaller than TimeoutSeconds');
    }
  }
  const credentials = readCredentials(state, resource);
  const has = { parameters: true, arguments: true, resultSelector: true, resultPath: true, assign: true, result: true };
  const flow = readDataFlow(fields, queryLanguage, has);
  const next = readNext(fields);
  const recovery = { retry: readRetry(fields), catch: readCatch(fields, queryLanguage) };
  if (!resource) return undefined;
  const timing = { timeoutSeconds, heartbeatSeconds, credentials };
  return { name, type: 'Task', queryLanguage, next, ...flow, ...recovery, ...timing, resource };
}

/** The sentences are AWS's, as ValidateStateMachineDefinition answered in public measurements. */
function readCredentials(
  { fields, queryLanguage }: StateReading,
  resource: Resource | undefined,
): Template | undefined {
  const given = fields.take('Credentials');
  if (given === undefined) return undefined;
  if (resource?.kind === 'activity') {
    fields.fault('Credentials', "The field 'Credentials' is not supported for activities");
  } else if (isObject(given) && !Object.hasOwn(given, 'RoleArn') && !Object.hasOwn(given, 'RoleArn.$')) {
    fields.fault('Credentials', "The field 'RoleArn' is required but was missing");
  }
  return queryLanguage === 'JSONata' ? readJsonata(fields, 'Credentials', {}) : readPayload(fields, 'Credentials');
}

function readResource({ fields, reading }: StateReading): Resource | undefined {
  const arn = fields.string('Resource', true);
  if (arn === undefined) return undefined;
  const resource = parseResource(arn);
  const refusal = resource ? refuse(resource, reading) : 'Value is not a valid resource ARN';
  if (refusal === undefined) return resource;
  fields.fault('Resource', refusal);
  return resource;
}

function refuse(resource: Resource, { options }: Reading): string | undefined {
  if (options.type === 'EXPRESS') {
    if (resource.kind === 'activity') return 'Express state machine does not support Activity ARN';
    if (resource.kind === 'service' && resource.pattern !== 'request') {
      const suffix = resource.name.slice(resource.action.length);
      return `Express state machine does not support '${suffix}' service integration`;
    }
  }
  return undefined;
}

function readChoice({ name, fields, queryLanguage }: StateReading): State {
  const flow = readDataFlow(fields, queryLanguage, { assign: true });
  const choices = readChoices(fields, queryLanguage);
  return { name, type: 'Choice', queryLanguage, ...flow, choices, default: fields.string('Default') };
}

function readWait({ name, fields, queryLanguage }: StateReading): State | undefined {
  const flow = readDataFlow(fields, queryLanguage, { assign: true });
  const next = readNext(fields);
  const forms = ['Seconds', 'Timestamp', ...(queryLanguage === 'JSONPath' ? ['SecondsPath', 'TimestampPath'] : [])];
  if (forms.filter((form) => fields.has(form)).length !== 1) {
    fields.problems.schema(`Exactly one of these fields is required: [${forms.join(', ')}]`, fields.at);
  }
  const until = readUntil(fields, queryLanguage);
  return until && { name, type: 'Wait', queryLanguage, next, ...flow, until };
}

function readUntil(fields: Fields, language: QueryLanguage): WaitState['until'] | undefined {
  const seconds = readNumber(fields, language, 'Seconds', { least: 0, most: limits.longestSeconds });
  const timestamp = readTimestamp(fields, language);
  if (seconds) return { kind: 'seconds', value: seconds };
  return timestamp && { kind: 'timestamp', value: timestamp };
}

function readTimestamp(fields: Fields, language: QueryLanguage): Template | undefined {
  const pathText = language === 'JSONPath' ? fields.take('TimestampPath') : undefined;
  const path = pathText === undefined ? undefined : readPathField(fields, 'TimestampPath', pathText);
  if (path) return { kind: 'path', path, field: 'TimestampPath' };
  const text = fields.string('Timestamp');
  if (text === undefined) return undefined;
  const place = { field: 'Timestamp', at: fields.locate('Timestamp') };
  const template: Template =
    language === 'JSONata' ? readJsonataPayload(text, place, fields.problems) : { kind: 'constant', value: text };
  if (template.kind === 'constant' && parseTimestamp(text) === undefined) {
    fields.fault('Timestamp', 'String does not match RFC3339 timestamp');
  }
  return template;
}

function readSucceed({ name, fields, queryLanguage }: StateReading): State {
  return { name, type: 'Succeed', queryLanguage, ...readDataFlow(fields, queryLanguage, {}) };
}

function readFail({ name, fields, queryLanguage }: StateReading): State {
  const error = readText(fields, queryLanguage, 'Error');
  const cause = readText(fields, queryLanguage, 'Cause');
  return { name, type: 'Fail', queryLanguage, error, cause };
}

function readText(fields: Fields, language: QueryLanguage, name: 'Error' | 'Cause'): Template | undefined {
  if (language === 'JSONata') {
    const text = fields.string(name);
    const place = { field: name, at: fields.locate(name) };
    return text === undefined ? undefined : readJsonataPayload(text, place, fields.problems);
  }
  const pathName = `${name}Path`;
  fields.atMostOneOf([name, pathName]);
  const text = fields.string(name);
  const path = fields.string(pathName);
  if (path !== undefined) return readPathOrIntrinsic(path, pathName, fields.locate(pathName), fields.problems);
  if (text === undefined) return undefined;
  if (text.startsWith('$.')) {
    const message = `The value of '${name}' looks like a path: use '${pathName}'`;
    fields.problems.warning('NO_PATH', message, fields.locate(name));
  }
  return { kind: 'constant', value: text };
}

function* readParallel({ name, fields, queryLanguage, reading }: StateReading): InSteps<State> {
  const has = { parameters: true, arguments: true, resultSelector: true, resultPath: true, assign: true, result: true };
  const flow = readDataFlow(fields, queryLanguage, has);
  const next = readNext(fields);
  const recovery = { retry: readRetry(fields), catch: readCatch(fields, queryLanguage) };
  const branches: string[] = [];
  for (const { object, at } of fields.objects('Branches', true)) {
    const branch = new Fields(object, at, reading.problems);
    branch.take('Comment');
    branches.push((yield* readFlow(branch, reading)) ?? '');
    branch.finish();
  }
  return { name, type: 'Parallel', queryLanguage, next, ...flow, ...recovery, branches };
}
