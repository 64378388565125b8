import { ServiceError } from '../../../core/errors.ts';
import type { HttpParameters } from '../endpoints/index.ts';
import type { StoredTarget, StoredTransformer } from '../records.ts';
import { type Path, parsePath, valueAt } from './path.ts';
import { fill, namesIn, parseTemplate, type Template } from './template.ts';

/** An event on its way to targets: its text, and what that says. */
export interface InputEvent {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** What the variables that AWS defines stand for. */
export interface InputPlace {
  readonly ruleArn: string;
  readonly ruleName: string;
  /** As text of ISO 8601. */
  readonly ingestionTime: string;
}

const predefined = {
  'aws.events.rule-arn': (_event, place) => place.ruleArn,
  'aws.events.rule-name': (_event, place) => place.ruleName,
  'aws.events.event.ingestion-time': (_event, place) => place.ingestionTime,
  'aws.events.event': ({ members }) => {
    const { detail: _detail, ...rest } = members;
    return rest;
  },
  'aws.events.event.json': ({ members }) => members,
} as const satisfies Readonly<Record<string, (event: InputEvent, place: InputPlace) => unknown>>;

function isPredefined(name: string): name is keyof typeof predefined {
  return Object.hasOwn(predefined, name);
}

/** What a target is sent of an event; undefined if that is too long. Its settings were checked when they were given. */
export function inputOf(target: StoredTarget, event: InputEvent, place: InputPlace): string | undefined {
  const { input, inputPath, transformer } = target;
  if (input !== undefined) return input;
  if (transformer) return transformed(transformer, event, place);
  if (inputPath === undefined || inputPath === '$') return event.text;
  return JSON.stringify(valueAt(parsePath(inputPath) ?? [], event.members) ?? null);
}

interface Compiled {
  readonly template: Template;
  readonly paths: ReadonlyMap<string, Path>;
}

const compiled = new WeakMap<StoredTransformer, Compiled>();

function compile(transformer: StoredTransformer): Compiled {
  const known = compiled.get(transformer);
  if (known) return known;
  const paths = new Map(Object.entries(transformer.paths).map(([name, path]) => [name, parsePath(path) ?? []]));
  const made = { template: parseTemplate(transformer.template), paths };
  compiled.set(transformer, made);
  return made;
}

function transformed(transformer: StoredTransformer, event: InputEvent, place: InputPlace): string | undefined {
  const { template, paths } = compile(transformer);
  return fill(template, (name) => {
    if (isPredefined(name)) return predefined[name](event, place);
    const path = paths.get(name);
    return path && valueAt(path, event.members);
  });
}

/** The parameters of a request: what begins with `$.` is what that path finds in the event, else nothing. */
export function httpParametersOf({ path, headers, query }: HttpParameters, event: InputEvent): HttpParameters {
  const resolve = (value: string) => (value.startsWith('$.') ? textAt(value, event) : value);
  const each = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, resolve(value)]));
  return { path: path.map(resolve), headers: each(headers), query: each(query) };
}

function textAt(path: string, event: InputEvent): string {
  const value = valueAt(parsePath(path) ?? [], event.members);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Refuses a transformer that cannot be, in AWS's words. */
export function checkTransformer(targetId: string, { paths, template }: StoredTransformer): void {
  for (const [name, path] of Object.entries(paths)) {
    if (/^aws\./i.test(name)) refuse(`InputPathsMap key ${name} for target ${targetId} is reserved.`);
    if (!parsePath(path)) refuse(`InputPath for target ${targetId} is invalid.`);
  }
  const unknown = namesIn(parseTemplate(template)).find((name) => !isPredefined(name) && !Object.hasOwn(paths, name));
  if (unknown !== undefined) refuse(`InputTemplate for target ${targetId} contains invalid placeholder ${unknown}.`);
}

export function checkInputPath(targetId: string, path: string): void {
  if (!parsePath(path)) refuse(`InputPath for target ${targetId} is invalid.`);
}

function refuse(message: string): never {
  throw new ServiceError('ValidationException', message);
}
