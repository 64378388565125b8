import type {
  Assignments,
  DataFlow,
  QueryLanguage,
  ResultPath,
  SelectingPath,
  Template,
} from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import { type StateScope, withData } from '../evaluate/scope.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import { isObject, type Json, member, nestsDeeper } from '../json/json.ts';
import { excessOf } from '../json/size.ts';
import { bounds, limits } from '../limits.ts';
import { assignAt, CannotAssign } from '../path/assign.ts';

/** The input after `InputPath`: what the rest of a JSONPath state calls `$`. */
export function selectInput(flow: DataFlow, scope: StateScope, inspect?: Inspection): Promise<Json> | Json {
  const selected = select(flow.inputPath, scope);
  return inspect ? noted(selected, inspect) : selected;
}

async function noted(selected: Promise<Json> | Json, inspect: Inspection): Promise<Json> {
  const afterInputPath = await selected;
  Object.assign(inspect, { afterInputPath });
  return afterInputPath;
}

function select(path: SelectingPath, scope: StateScope): Promise<Json> | Json {
  if (path === undefined) return scope.data;
  return path === null ? {} : evaluateTemplate(path, scope);
}

/** The steps of shaping a state's data, of which TestState shows those that AWS does for a state of its type. */
export interface Inspection {
  afterInputPath?: Json;
  afterParameters?: Json;
  afterArguments?: Json;
  result?: Json;
  afterResultSelector?: Json;
  afterResultPath?: Json;
  /** The items of a Map. */
  afterItemsPath?: Json;
  /** What `ItemSelector` makes of them. */
  afterItemSelector?: Json;
  /** The inputs of the child executions that `ItemBatcher` makes. */
  afterItemBatcher?: Json;
  /** The part of what `ItemReader` read that its `ItemsPointer` names. */
  afterItemsPointer?: Json;
  maxConcurrency?: number;
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
  /** Which catcher or retrier took a failure, and how long the retry would wait. */
  catchIndex?: number;
  retryIndex?: number;
  retryBackoffIntervalSeconds?: number;
  /** The flow's variables after the state's Assign. */
  variables?: Readonly<Record<string, Json>>;
  /** Where the state led, and with what. */
  output?: Json;
  next?: string;
}

/** A state's input as its work gets it: after `InputPath` and `Parameters`, or `Arguments`. */
export async function shapeInput(flow: DataFlow, scope: StateScope, inspect?: Inspection): Promise<Json> {
  const selected = await selectInput(flow, scope, inspect);
  const shaped = await shapeSelected(flow, withData(scope, selected));
  if (inspect) Object.assign(inspect, { afterParameters: shaped, afterArguments: shaped });
  return shaped;
}

async function shapeSelected(flow: DataFlow, scope: StateScope): Promise<Json> {
  const template = flow.parameters ?? flow.arguments;
  return template ? evaluateTemplate(template, scope) : scope.data;
}

/** A state's output: after `ResultSelector`, `ResultPath` and `OutputPath`, or `Output`. */
export async function shapeOutput(
  flow: DataFlow,
  language: QueryLanguage,
  scope: StateScope,
  result: Json,
  inspect?: Inspection,
): Promise<Json> {
  if (inspect) inspect.result = result;
  if (language === 'JSONata') return flow.output ? evaluateTemplate(flow.output, scope) : result;
  const selected = flow.resultSelector ? await evaluateTemplate(flow.resultSelector, withData(scope, result)) : result;
  const merged = applyResultPath(scope.states.input, flow.resultPath, selected);
  if (inspect) Object.assign(inspect, { afterResultSelector: selected, afterResultPath: merged });
  return select(flow.outputPath, withData(scope, merged));
}

/** Puts a result into the raw input. Throws `States.ResultPathMatchFailure`. */
export function applyResultPath(input: Json, path: ResultPath | undefined, result: Json): Json {
  if (path === undefined) return result;
  if (path === null) return input;
  try {
    return assignAt(input, path, result);
  } catch (fault) {
    if (!(fault instanceof CannotAssign)) throw fault;
    const text = `$${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`;
    const cause = `Unable to apply ReferencePath ${text} to input ${JSON.stringify(input)}: ${fault.message}`;
    throw new StateError(stateErrors.resultPathMatchFailure, cause);
  }
}

/** The new values of variables, each with its size in bytes. */
export async function evaluateAssign(
  assign: Assignments | undefined,
  scope: StateScope,
): Promise<ReadonlyMap<string, AssignedValue>> {
  const assigned = new Map<string, AssignedValue>();
  let total = 0;
  if (!assign || assign.length === 0) return assigned;
  const values = await evaluateTemplate(assignTemplate(assign), scope);
  for (const [name] of assign) {
    const value = (isObject(values) ? member(values, name) : undefined) ?? null;
    const excess = excessOf(value, limits.variableBytes, bounds.jsonDepth);
    if (excess === 'deep') throw nestsTooDeep();
    if (excess === 'long') throw variableTooLarge(name);
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    total += bytes;
    if (bytes > limits.variableBytes || total > limits.variableBytes) throw variableTooLarge(name);
    assigned.set(name, { value, text, bytes });
  }
  return assigned;
}

const assignTemplates = new WeakMap<Assignments, Template>();

/** All assignments as one template: they are evaluated together. */
function assignTemplate(members: Assignments): Template {
  const known = assignTemplates.get(members);
  if (known) return known;
  const template = { kind: 'object', members } as const;
  assignTemplates.set(members, template);
  return template;
}

export interface AssignedValue {
  readonly value: Json;
  readonly text: string;
  readonly bytes: number;
}

function variableTooLarge(name: string): StateError {
  const cause = `The variable '${name}' exceeds the maximum number of bytes service limit.`;
  return new StateError(stateErrors.dataLimitExceeded, cause);
}

/** The text of a payload; throws `States.DataLimitExceeded` above 256 KiB, in AWS's words. */
export function limitedText(value: Json, state: string): string {
  const excess = excessOf(value, limits.payloadBytes, bounds.jsonDepth);
  if (excess === 'deep') throw nestsTooDeep();
  if (excess === 'long') throw payloadTooLarge(state);
  const text = JSON.stringify(value);
  // A character takes at most three bytes of UTF-8 for each UTF-16 unit: most payloads need no count.
  if (text.length * 3 > limits.payloadBytes && Buffer.byteLength(text) > limits.payloadBytes) {
    throw payloadTooLarge(state);
  }
  return text;
}

function payloadTooLarge(state: string): StateError {
  return new StateError(
    stateErrors.dataLimitExceeded,
    `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

/** Everything that walks a value, JSON.stringify too, does so by recursion: what nests too deep is refused before. */
export function checkDepth(value: Json): void {
  if (nestsDeeper(value, bounds.jsonDepth)) throw nestsTooDeep();
}

function nestsTooDeep(): StateError {
  return new StateError(stateErrors.runtime, `The data nests deeper than ${bounds.jsonDepth} levels.`);
}

/** The text of an input for the history; none for one that nests too deep, which its state is about to fail for. */
export function historyText(value: Json): string {
  return nestsDeeper(value, bounds.jsonDepth) ? '' : JSON.stringify(value);
}
