import { jsonOf } from '../../core/json-of.ts';
import { failed, type Unresolved } from './failures.ts';

export type ResolvedSecret = { readonly kind: 'value'; readonly value: string } | Unresolved;

/** What an image is fetched with from a private registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

export type ResolvedLogin = { readonly kind: 'value'; readonly value: RegistryLogin } | Unresolved;

/** What stands under a key of a secret's JSON: a text as it is, anything else as its JSON. */
export function memberOf(text: string, key: string): ResolvedSecret {
  const json = objectOf(text);
  if (!json) return failed('secret', `the secret is not a JSON object, so it has no key ${key}`);
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  if (value === undefined) {
    return failed('secret', `retrieved secret from Secrets Manager did not contain json key ${key}`);
  }
  return { kind: 'value', value: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** The login that a secret's JSON says (spec 03 §6). */
export function loginOf(secretId: string, text: string): ResolvedLogin {
  const { username, password } = objectOf(text) ?? {};
  if (typeof username === 'string' && typeof password === 'string')
    return { kind: 'value', value: { username, password } };
  const form = '{"username": "...", "password": "..."}';
  return failed('login', `secret ${secretId} does not have the form ${form}`);
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const json = jsonOf(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return json as Readonly<Record<string, unknown>>;
}
