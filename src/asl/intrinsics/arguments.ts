import { isArray, isObject, type Json, type JsonObject, typeName } from '../json/json.ts';

/** An intrinsic function was given what it cannot take. The state fails with `States.IntrinsicFailure`. */
export class IntrinsicFault extends Error {
  override readonly name = 'IntrinsicFault';
}

/** The arguments of one call, read by position with the type that the function wants. */
export class Arguments {
  readonly #values: readonly Json[];

  constructor(values: readonly Json[]) {
    this.#values = values;
  }

  get count(): number {
    return this.#values.length;
  }

  any(index: number): Json {
    return this.#values[index] ?? null;
  }

  string(index: number): string {
    const value = this.any(index);
    if (typeof value !== 'string') throw mismatch(index, 'a string', value);
    return value;
  }

  array(index: number): readonly Json[] {
    const value = this.any(index);
    if (!isArray(value)) throw mismatch(index, 'an array', value);
    return value;
  }

  object(index: number): JsonObject {
    const value = this.any(index);
    if (!isObject(value)) throw mismatch(index, 'an object', value);
    return value;
  }

  /** A number, rounded to the nearest integer as the developer guide says of all integer arguments. */
  integer(index: number): number {
    const value = this.any(index);
    if (typeof value !== 'number') throw mismatch(index, 'a number', value);
    return Math.round(value);
  }
}

function mismatch(index: number, wanted: string, value: Json): IntrinsicFault {
  return new IntrinsicFault(`argument ${index + 1} must be ${wanted}, but was ${typeName(value)}`);
}
