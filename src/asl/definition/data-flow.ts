import { isObject, type Json } from '../json/json.ts';
import { limits } from '../limits.ts';
import { type Path, referenceSteps } from '../path/path.ts';
import type { Fields } from './fields.ts';
import type { Assignments, DataFlow, QueryLanguage, ResultPath, SelectingPath, Template } from './machine.ts';
import { readJsonataPayload, readPathPayload, readPathText } from './payload.ts';

/** The data flow fields that a state type has in each query language. */
export interface DataFlowFields {
  readonly parameters?: boolean;
  readonly arguments?: boolean;
  readonly resultSelector?: boolean;
  readonly resultPath?: boolean;
  readonly assign?: boolean;
  /** `$states.result` exists: the state has a result of its own. */
  readonly result?: boolean;
}

/** Reads `InputPath` ... `OutputPath` or `Arguments` and `Output`, and `Assign`. */
export function readDataFlow(fields: Fields, language: QueryLanguage, has: DataFlowFields): DataFlow {
  const result = has.result ?? false;
  if (language === 'JSONata') {
    return {
      arguments: has.arguments ? readJsonata(fields, 'Arguments', {}) : undefined,
      output: readJsonata(fields, 'Output', { result }),
      assign: has.assign ? readAssign(fields, language, { result }) : undefined,
    };
  }
  return {
    inputPath: readSelectingPath(fields, 'InputPath'),
    parameters: has.parameters ? readPayload(fields, 'Parameters') : undefined,
    resultSelector: has.resultSelector ? readPayload(fields, 'ResultSelector') : undefined,
    resultPath: has.resultPath ? readResultPath(fields) : undefined,
    outputPath: readSelectingPath(fields, 'OutputPath'),
    assign: has.assign ? readAssign(fields, language, {}) : undefined,
  };
}

/** A payload of the JSONPath language. AWS takes any JSON value there. */
export function readPayload(fields: Fields, name: string): Template | undefined {
  const value = fields.take(name);
  return value === undefined ? undefined : readPathPayload(value, fields.locate(name), fields.problems);
}

/** A payload of the JSONata language; `field` defaults to `name` and is how messages call it. */
export function readJsonata(
  fields: Fields,
  name: string,
  states: { result?: boolean; errorOutput?: boolean },
  field = name,
): Template | undefined {
  const value = fields.take(name);
  if (value === undefined) return undefined;
  return readJsonataPayload(value, { field, at: fields.locate(name), ...states }, fields.problems);
}

function readSelectingPath(fields: Fields, name: string): SelectingPath {
  const value = fields.take(name);
  if (value === undefined || value === null) return value;
  const path = readPathField(fields, name, value);
  return path && { kind: 'selected', path };
}

/** A path that a field must hold; undefined after a report. */
export function readPathField(fields: Fields, name: string, value: Json): Path | undefined {
  if (typeof value === 'string') return readPathText(value, fields.locate(name), fields.problems);
  fields.fault(name, 'Expected value of type String');
  return undefined;
}

/** `ResultPath`: a reference path into the input, or null. */
export function readResultPath(fields: Fields): ResultPath | undefined {
  const value = fields.take('ResultPath');
  if (value === undefined || value === null) return value;
  const path = readPathField(fields, 'ResultPath', value);
  if (!path) return undefined;
  const steps = path.root.kind === 'data' ? referenceSteps(path) : undefined;
  if (!steps) fields.fault('ResultPath', 'Value is not a Reference Path');
  return steps;
}

const variableName = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/** `Assign`: an object from variable names to payloads. */
export function readAssign(
  fields: Fields,
  language: QueryLanguage,
  states: { result?: boolean; errorOutput?: boolean },
  field = 'Assign',
): Assignments | undefined {
  const value = fields.take('Assign');
  if (value === undefined) return undefined;
  const at = fields.locate('Assign');
  if (!isObject(value)) {
    fields.fault('Assign', 'Expected value of type Object');
    return undefined;
  }
  const template =
    language === 'JSONata'
      ? readJsonataPayload(value, { field, at, ...states }, fields.problems)
      : readPathPayload(value, at, fields.problems);
  const members = membersOf(template);
  for (const [name] of members) checkVariableName(fields, name);
  return members;
}

function membersOf(template: Template): Assignments {
  if (template.kind === 'object') return template.members;
  const value = template.kind === 'constant' && isObject(template.value) ? template.value : {};
  return Object.entries(value).map(([name, constant]) => [name, { kind: 'constant', value: constant }]);
}

function checkVariableName(fields: Fields, name: string): void {
  if (!variableName.test(name) || name.length > limits.variableNameLength) {
    fields.fault('Assign', `'${name}' is not a valid variable name`);
  }
  if (name === 'states') fields.fault('Assign', "The variable name 'states' is reserved");
}
