import type { Json, JsonObject } from '../../../asl/index.ts';
import type { ApiShape, Structure } from './api.ts';
import type { Integration } from './integration.ts';

/** Tells what of a value in a definition is known only when the state runs. */
export interface Unknowns {
  /** The member that a key stands for, and whether its value comes at run time. */
  readonly member: (key: string) => { readonly name: string; readonly isUnknown: boolean };
  readonly isUnknown: (value: Json) => boolean;
}

const known: Unknowns = { member: (key) => ({ name: key, isUnknown: false }), isUnknown: () => false };

/**
 * What is wrong with the parameters of an integration, a sentence for each thing: fields that it has not, wrong types, missing
 * fields. A field that is null is absent. What `unknowns` says is unknown may be anything.
 *
 * Words: "The field "X" is not supported by Step Functions" and "The value for the field 'X' must be a STRING" are users'
 * reports of AWS's answers, the other types by analogy (they are those of AWS's JSON parser); "The field 'X' is required but
 * was missing" is what ValidateStateMachineDefinition answered in public measurements.
 */
export function inputProblems(
  { input, anyJson, isSdk }: Pick<Integration, 'input' | 'anyJson' | 'isSdk'>,
  parameters: JsonObject,
  unknowns: Unknowns = known,
): readonly string[] {
  const check = new InputCheck(anyJson, isSdk, unknowns);
  check.structure(input, parameters, '');
  return [...new Set(check.problems)];
}

class InputCheck {
  readonly problems: string[] = [];
  readonly #anyJson: ReadonlySet<string>;
  readonly #isSdk: boolean;
  readonly #unknowns: Unknowns;

  constructor(anyJson: ReadonlySet<string>, isSdk: boolean, unknowns: Unknowns) {
    this.#anyJson = anyJson;
    this.#isSdk = isSdk;
    this.#unknowns = unknowns;
  }

  structure({ members }: Structure, value: JsonObject, path: string): void {
    const given = new Set<string>();
    for (const [key, inner] of Object.entries(value)) {
      const { name, isUnknown } = this.#unknowns.member(key);
      if (inner !== null) given.add(name);
      const member = members.get(name);
      if (isUnknown) continue;
      if (!member) this.problems.push(`The field "${name}" is not supported by Step Functions`);
      else if (inner !== null) this.#value(member.shape, inner, name, path === '' ? name : `${path}.${name}`);
    }
    for (const [name, { required }] of members) {
      if (required && !given.has(name)) this.problems.push(`The field '${name}' is required but was missing`);
    }
  }

  #value(shape: ApiShape, value: Json, field: string, path: string): void {
    if (shape.kind === 'document' || this.#anyJson.has(path) || this.#unknowns.isUnknown(value)) return;
    switch (shape.kind) {
      case 'structure':
        if (isObject(value)) this.structure(shape, value, path);
        else this.#mustBe(field, 'an OBJECT');
        return;
      case 'map':
        if (isObject(value)) this.#map(shape.value, value, field, path);
        else this.#mustBe(field, 'an OBJECT');
        return;
      case 'list':
        if (Array.isArray(value)) for (const item of value) this.#item(shape.element, item, field, path);
        else this.#mustBe(field, 'an ARRAY');
        return;
      default:
        this.#plain(shape.kind, value, field);
    }
  }

  #map(shape: ApiShape, value: JsonObject, field: string, path: string): void {
    for (const [key, inner] of Object.entries(value)) {
      if (!this.#unknowns.member(key).isUnknown) this.#item(shape, inner, field, path);
    }
  }

  #item(shape: ApiShape, item: Json, field: string, path: string): void {
    if (item !== null) this.#value(shape, item, field, path);
  }

  #plain(kind: PlainKind, value: Json, field: string): void {
    const type = typeof value;
    switch (kind) {
      case 'string':
      case 'blob':
        // An SDK integration writes objects as text (recorded of sfn:startExecution's Input).
        if (type !== 'string' && !(this.#isSdk && type === 'object')) this.#mustBe(field, 'a STRING');
        return;
      case 'integer':
      case 'float':
        if (type !== 'number') this.#mustBe(field, 'a NUMBER');
        return;
      case 'boolean':
        if (type !== 'boolean') this.#mustBe(field, 'a BOOLEAN');
        return;
      case 'timestamp':
        if (type !== 'string' && type !== 'number') this.#mustBe(field, 'a STRING');
    }
  }

  #mustBe(field: string, type: string): void {
    this.problems.push(`The value for the field '${field}' must be ${type}`);
  }
}

type PlainKind = Exclude<ApiShape['kind'], 'structure' | 'list' | 'map' | 'document'>;

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
