import { resolve } from 'node:path';
import { InvalidValue, namedValues, type OptionKind } from './option-kinds.ts';

/** What is said of one registry of images. */
export interface RegistryOptions {
  /** Absolute path of certificates (PEM) that are trusted for it beside the system's. */
  readonly caFile?: string;
  /** Its certificate is not looked at, and plain HTTP will do. */
  readonly insecure?: boolean;
  /** Absolute path of a file whose one line is `user:password`, for images whose definition brings no login. */
  readonly loginFile?: string;
}

export interface WrittenRegistry {
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly login?: string;
}

/** Registries by name: a JSON object of objects, or `NAME=insecure`, `NAME=ca:FILE`, `NAME=login:FILE`, any of them several times. */
export function registryMap(): OptionKind<
  Readonly<Record<string, WrittenRegistry>> | readonly string[],
  ReadonlyMap<string, RegistryOptions>
> {
  return {
    placeholder: '<registry>=<insecure|ca:file|login:file>...',
    repeatable: true,
    compile(value, directory) {
      const registries = new Map<string, RegistryOptions>();
      for (const [name, said] of namedValues(value)) {
        const more = typeof said === 'string' ? readWord(name, said, directory) : readObject(name, said, directory);
        registries.set(name, { ...registries.get(name), ...more });
      }
      return registries;
    },
  };
}

function readWord(name: string, word: string, directory: string): RegistryOptions {
  if (word === 'insecure') return { insecure: true };
  const [, what, file] = /^(ca|login):(.+)$/s.exec(word) ?? [];
  if (file === undefined) throw new InvalidValue(`must say insecure, ca:FILE or login:FILE of ${name}, not ${word}`);
  return what === 'ca' ? { caFile: resolve(directory, file) } : { loginFile: resolve(directory, file) };
}

const members: ReadonlySet<string> = new Set(['ca', 'insecure', 'login'] satisfies (keyof WrittenRegistry)[]);

function readObject(name: string, said: unknown, directory: string): RegistryOptions {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) throw unfit(name);
  const unknown = Object.keys(said).find((key) => !members.has(key));
  if (unknown !== undefined) throw new InvalidValue(`says ${unknown} of ${name}: known are ${[...members].join(', ')}`);
  const { ca, insecure, login } = said as Record<string, unknown>;
  if (insecure !== undefined && typeof insecure !== 'boolean') throw unfit(name);
  for (const file of [ca, login])
    if (file !== undefined && (typeof file !== 'string' || file === '')) throw unfit(name);
  return {
    ...(typeof ca === 'string' && { caFile: resolve(directory, ca) }),
    ...(insecure !== undefined && { insecure }),
    ...(typeof login === 'string' && { loginFile: resolve(directory, login) }),
  };
}

function unfit(name: string): InvalidValue {
  return new InvalidValue(`must give ${name} an object of ca (a file), insecure (true or false) and login (a file)`);
}
