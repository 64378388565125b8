import { isArray, isObject, type Json, type JsonObject, member } from '../json/json.ts';
import type { Problems } from './problems.ts';

/**
 * Reads the fields of one object of a definition. Each field is taken by name; what nobody took by `finish` is not
 * supported there, and required fields that were missing are reported together, as AWS does.
 */
export class Fields {
  readonly at: string;
  readonly problems: Problems;
  readonly #object: JsonObject;
  readonly #taken = new Set<string>();
  readonly #missing: string[] = [];

  constructor(object: JsonObject, at: string, problems: Problems) {
    this.#object = object;
    this.at = at;
    this.problems = problems;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  locate(name: string): string {
    return `${this.at}/${name}`;
  }

  fault(name: string, message: string): void {
    this.problems.schema(message, this.locate(name));
  }

  take(name: string): Json | undefined {
    this.#taken.add(name);
    return member(this.#object, name);
  }

  required(name: string): Json | undefined {
    const value = this.take(name);
    if (value === undefined) this.#missing.push(name);
    return value;
  }

  missing(name: string): void {
    this.#missing.push(name);
  }

  string(name: string, required = false): string | undefined {
    const value = required ? this.required(name) : this.take(name);
    if (value === undefined || typeof value === 'string') return value;
    this.fault(name, 'Expected value of type String');
    return undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.take(name);
    if (value === undefined || typeof value === 'boolean') return value;
    this.fault(name, 'Expected value of type Boolean');
    return undefined;
  }

  object(name: string, required = false): JsonObject | undefined {
    const value = required ? this.required(name) : this.take(name);
    if (value === undefined || isObject(value)) return value;
    this.fault(name, 'Expected value of type Object');
    return undefined;
  }

  /** An array of at least one element. */
  list(name: string, required = false): readonly Json[] | undefined {
    const value = required ? this.required(name) : this.take(name);
    if (value === undefined) return undefined;
    if (isArray(value) && value.length > 0) return value;
    this.fault(name, isArray(value) ? 'Value cannot be empty' : 'Expected value of type Array');
    return undefined;
  }

  oneOf<T extends string>(
    name: string,
    values: readonly T[],
    { required = false, words = 'Value must be one of the following:' } = {},
  ): T | undefined {
    const value = this.string(name, required);
    if (value === undefined) return undefined;
    const found = values.find((each) => each === value);
    if (found === undefined) this.fault(name, `${words} [${values.join(', ')}]`);
    return found;
  }

  integer(name: string, least: number, most: number): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    return this.checkInteger(name, value, least, most);
  }

  checkInteger(name: string, value: Json, least: number, most: number): number | undefined {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    if (typeof value !== 'number' || !Number.isInteger(value)) this.fault(name, 'Expected value of type Integer');
    else this.fault(name, value < least ? `Minimum value is ${least}` : `Maximum value is ${most}`);
    return undefined;
  }

  /** Reports when more than one of the fields is there. */
  atMostOneOf(names: readonly string[]): void {
    const present = names.filter((name) => this.has(name));
    if (present.length > 1)
      this.problems.schema(`There should only be one of the following fields: [${names.join(', ')}]`, this.at);
  }

  /** Reads the elements of an array of objects; others are reported. */
  objects(name: string, required = false): { readonly object: JsonObject; readonly at: string }[] {
    const found: { object: JsonObject; at: string }[] = [];
    for (const [i, object] of (this.list(name, required) ?? []).entries()) {
      const at = `${this.locate(name)}[${i}]`;
      if (isObject(object)) found.push({ object, at });
      else this.problems.schema('Expected value of type Object', at);
    }
    return found;
  }

  /** Reports what was missing, and what nobody took; `foreign` may have better words for that. */
  finish(foreign: (name: string) => string | undefined = () => undefined): void {
    if (this.#missing.length > 0) {
      this.problems.schema(`These fields are required: [${this.#missing.join(', ')}]`, this.at);
    }
    for (const name of Object.keys(this.#object)) {
      if (this.#taken.has(name)) continue;
      this.problems.schema(foreign(name) ?? `Field '${name}' is not supported`, this.at);
    }
  }
}
