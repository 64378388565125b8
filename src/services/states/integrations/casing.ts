import type { Json, JsonObject } from '../../../asl/index.ts';
import type { Shape } from './shape.ts';

/** `jobName` is `JobName` in a definition; what begins with a capital stays. */
export function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function camelCase(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** What became of a task's parameters: the service's input, or what is wrong, a sentence for each problem. */
export interface MappedInput {
  readonly input: Json;
  readonly problems: readonly string[];
}

/**
 * Gives parameters, whose names are in PascalCase at every depth, the names of the service's members (spec 07 §4). Keys
 * of the user's maps are left alone. A name that the service has not is a problem, in AWS's words. Null is absent.
 */
export function toServiceInput(shape: Shape, parameters: Json): MappedInput {
  const problems: string[] = [];
  return { input: toService(shape, parameters, problems), problems };
}

function toService(shape: Shape, value: Json, problems: string[]): Json {
  if (Array.isArray(value)) {
    if (shape.kind !== 'list' && shape.kind !== 'opaque') return value;
    const element = shape.kind === 'list' ? shape.element : shape;
    return value.map((item) => toService(element, item, problems));
  }
  if (!isObject(value)) return value;
  switch (shape.kind) {
    case 'structure':
      return toStructure(shape.members, value, problems);
    case 'map':
      return mapObject(value, (key, item) => [key, toService(shape.value, item, problems)]);
    case 'opaque':
      return mapObject(value, (key, item) => [camelCase(key), toService(shape, item, problems)]);
    case 'list':
    case 'plain':
      return value;
  }
}

function toStructure(
  members: (Shape & { readonly kind: 'structure' })['members'],
  value: JsonObject,
  problems: string[],
): Json {
  const renamed = new Map([...members.keys()].map((name) => [pascalCase(name), name]));
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const name = renamed.get(key);
    const member = name === undefined ? undefined : members.get(name);
    if (name === undefined || !member) problems.push(`The field '${key}' is not supported by Step Functions`);
    else if (item !== null) entries.push([name, toService(member.shape, item, problems)]);
  }
  return Object.fromEntries(entries);
}

/** How an output shows times: the optimised integrations as milliseconds, those of the SDK as ISO 8601. */
export type TimeForm = 'milliseconds' | 'iso';

/**
 * A service's output as a task's result: names in PascalCase at every depth, save for the keys of objects under
 * `userMaps`. Absent members stay absent.
 */
export function toTaskOutput(output: unknown, userMaps: ReadonlySet<string>, times: TimeForm): Json {
  const show = (value: unknown, isMap: boolean): Json => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    if (value instanceof Date) return times === 'milliseconds' ? value.getTime() : isoTime(value);
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    if (Array.isArray(value)) return value.map((item) => show(item, false));
    const members = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(
      members.map(([key, item]) => [isMap ? key : pascalCase(key), show(item, !isMap && userMaps.has(key))]),
    );
  };
  return show(output, false);
}

/** As the AWS SDK for Java writes an Instant: no fraction when there is none. */
function isoTime(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z');
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Object.fromEntries` makes own members even of `__proto__`, which user maps may hold. Null is absent. */
function mapObject(value: JsonObject, change: (key: string, item: Json) => [string, Json]): Json {
  const present = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(present.map(([key, item]) => change(key, item)));
}
