import type { Scope } from '../evaluate/scope.ts';
import { base64Fault } from '../intrinsics/base64.ts';
import { hash, parseJson, partition, range } from '../intrinsics/functions.ts';
import { JavaRandom } from '../json/java-random.ts';
import { isArray, isObject, type Json, setMember } from '../json/json.ts';
import type { Budget } from './budget.ts';
import { plainJson } from './result.ts';

/** What JSONata functions are called with as `this`. */
interface Focus {
  readonly environment: { lookup(name: string): unknown };
}

type NativeFunction = (this: Focus, ...args: never[]) => unknown;

/** JSONata's own error for an argument of a wrong type: it words it by the code, from these members. */
function typeFault(index: number, name: string): Error {
  return Object.assign(new Error(`argument ${index} of $${name}`), { code: 'T0410', index, token: name });
}

/** An integer, cut off towards zero as AWS does; undefined stays so. */
function integerArgument(value: unknown, index: number, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw typeFault(index, name);
  return Math.trunc(value);
}

/** A list as JSONata's own functions give it: with one item it is that item, with none nothing. */
function sequence(items: unknown[]): unknown[] {
  return Object.defineProperty(items, 'sequence', { value: true });
}

/** The functions that Step Functions adds to JSONata (developer guide, "JSONata functions provided by Step Functions"). */
function addedFunctions(scope: Scope, budget: Budget): Record<string, NativeFunction> {
  return {
    partition: (array: unknown, size: unknown) => {
      if (array === undefined) return undefined;
      const items = isArray(array) ? array : [array as Json];
      return partition(items, integerArgument(size, 2, 'partition') ?? Math.max(1, items.length));
    },
    range: (...bounds: readonly unknown[]) => {
      const [first, last, step] = [0, 1, 2].map((at) => integerArgument(bounds[at], at + 1, 'range'));
      if (first === undefined || last === undefined || step === undefined) return undefined;
      return sequence(range(first, last, step, (count) => budget.range(count)));
    },
    hash: (value: unknown, algorithm: unknown) => {
      if (value === undefined || algorithm === undefined) return undefined;
      if (typeof algorithm !== 'string') throw typeFault(2, 'hash');
      return hash(plainJson(value) ?? null, algorithm);
    },
    random: (seed: unknown) => {
      if (seed === undefined) return scope.random.fraction();
      if (typeof seed !== 'number') throw typeFault(1, 'random');
      return new JavaRandom(seed).nextDouble();
    },
    uuid: () => scope.random.uuid(),
    parse: (text: unknown) => {
      if (text === undefined) return undefined;
      if (typeof text !== 'string') throw typeFault(1, 'parse');
      return parseJson(text);
    },
  };
}

/** AWS broke off within a function, and says no more than an id. */
export class InternalFault extends Error {
  override readonly name = 'InternalFault';
}

/** JSONata's own functions that are stricter in Java. */
function strictFunctions(scope: Scope): Record<string, NativeFunction> {
  return {
    base64decode: (text: unknown) => {
      if (text === undefined) return undefined;
      if (typeof text !== 'string') throw typeFault(1, 'base64decode');
      if (base64Fault(text) !== undefined) throw new InternalFault(scope.random.uuid());
      return Buffer.from(text, 'base64').toString('latin1');
    },
  };
}

/** Calls the function of that name that JSONata brings. */
function original(focus: Focus, name: string, args: readonly unknown[]): unknown {
  const found = focus.environment.lookup(name) as { implementation: (...args: unknown[]) => unknown };
  return found.implementation.apply(focus, [...args]);
}

/** JSONata's own functions that read the clock or draw at random, on the time and the seed of the event. */
function deterministicFunctions(scope: Scope): Record<string, NativeFunction> {
  return {
    now(picture: unknown, timezone: unknown) {
      return original(this, 'fromMillis', [scope.now, picture, timezone]);
    },
    millis: () => scope.now,
    shuffle: (array: unknown) => {
      if (array === undefined) return undefined;
      const items = isArray(array) ? [...array] : [array as Json];
      for (let i = items.length - 1; i > 0; i -= 1) {
        const j = Math.floor(scope.random.fraction() * (i + 1));
        [items[i], items[j]] = [items[j] ?? null, items[i] ?? null];
      }
      return items;
    },
  };
}

/** JSONata's own functions that could make much out of little, or take time that grows with the square. */
function boundedFunctions(budget: Budget): Record<string, NativeFunction> {
  return {
    pad(text: unknown, width: unknown, character: unknown) {
      if (text === undefined) return undefined;
      if (typeof text !== 'string') throw typeFault(1, 'pad');
      if (typeof width !== 'number') throw typeFault(2, 'pad');
      budget.string(Math.abs(width));
      const missing = Math.max(0, Math.abs(width) - [...text].length);
      const filler = typeof character === 'string' && character !== '' ? character : ' ';
      const symbols = [...filler];
      const padding = Array.from({ length: missing }, (_, i) => symbols[i % symbols.length] ?? ' ').join('');
      return width < 0 ? padding + text : text + padding;
    },
    join(parts: unknown, separator: unknown) {
      if (parts === undefined) return undefined;
      const items = isArray(parts) ? parts : [parts as Json];
      if (!items.every((item) => typeof item === 'string')) throw typeFault(1, 'join');
      if (separator !== undefined && typeof separator !== 'string') throw typeFault(2, 'join');
      const between = separator ?? '';
      budget.string(items.reduce((sum, item) => sum + item.length + between.length, 0));
      return items.join(between);
    },
    distinct(array: unknown) {
      if (!isArray(array)) return array;
      const seen = new Set<string>();
      return array.filter((item) => {
        const key = JSON.stringify(sorted(item));
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
      });
    },
  };
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) setMember(copy, key, sorted(value[key] ?? null));
  return copy;
}

/** What is bound by name beside the variables. `$eval` is not there: code never comes from data. */
export function functionBindings(scope: Scope, budget: Budget): Record<string, unknown> {
  const bindings: Record<string, unknown> = { eval: undefined };
  const functions = {
    ...addedFunctions(scope, budget),
    ...deterministicFunctions(scope),
    ...strictFunctions(scope),
    ...boundedFunctions(budget),
  };
  // JSONata hands its environment, as `this`, only to functions in its own form.
  for (const [name, implementation] of Object.entries(functions)) {
    bindings[name] = { _jsonata_function: true, implementation };
  }
  return bindings;
}
