import { resolve } from 'node:path';
import type { Milliseconds } from '../core/ids.ts';

/** A value that an option cannot take. The message completes a sentence that begins with the option's name. */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
}

/**
 * A kind of value: how it is written (in a file as JSON, in the environment or on the command line as text) and what
 * it compiles to.
 */
export interface OptionKind<Written, Compiled> {
  /** How `--help` shows the value; absent for a switch that takes none. */
  readonly placeholder?: string;
  /** The flag may be given several times. */
  readonly repeatable?: true;
  /** Validates and converts. Relative paths start at `directory`. Throws `InvalidValue`. */
  compile(value: unknown, directory: string): Compiled;
  /** Never set: carries the type of what the user writes. */
  readonly written?: Written;
}

/** A whole number. */
export function integer(bounds: { minimum: number; maximum?: number }): OptionKind<number, number> {
  const maximum = bounds.maximum ?? Number.MAX_SAFE_INTEGER;
  const range = bounds.maximum === undefined ? `of at least ${bounds.minimum}` : `from ${bounds.minimum} to ${maximum}`;
  return {
    placeholder: '<number>',
    compile(value) {
      const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
      if (typeof number === 'number' && Number.isInteger(number) && number >= bounds.minimum && number <= maximum) {
        return number;
      }
      throw new InvalidValue(`must be a whole number ${range}, not ${show(value)}`);
    },
  };
}

/** Text, checked by `pattern`; `expected` says in words what fits. */
export function text(
  placeholder: string,
  check: { pattern: RegExp; expected: string } = { pattern: /./, expected: 'some text' },
): OptionKind<string, string> {
  return {
    placeholder,
    compile(value) {
      const given = typeof value === 'number' ? String(value) : value;
      if (typeof given === 'string' && check.pattern.test(given)) return given;
      throw new InvalidValue(`must be ${check.expected}, not ${show(value)}`);
    },
  };
}

/** One of a few words. */
export function choice<const Choice extends string>(...choices: readonly Choice[]): OptionKind<Choice, Choice> {
  return {
    placeholder: `<${choices.join('|')}>`,
    compile(value) {
      const chosen = choices.find((each) => each === value);
      if (chosen !== undefined) return chosen;
      throw new InvalidValue(`must be one of ${choices.join(', ')}, not ${show(value)}`);
    },
  };
}

/** On or off. On the command line `--name` and `--no-name`. */
export function toggle(): OptionKind<boolean, boolean> {
  return {
    compile(value) {
      if (value === true || value === 'true' || value === '1') return true;
      if (value === false || value === 'false' || value === '0') return false;
      throw new InvalidValue(`must be true or false, not ${show(value)}`);
    },
  };
}

/** A file or directory; compiles to an absolute path. */
export function path(placeholder: string): OptionKind<string, string> {
  return {
    placeholder,
    compile(value, directory) {
      if (typeof value === 'string' && value !== '') return resolve(directory, value);
      throw new InvalidValue(`must be a path, not ${show(value)}`);
    },
  };
}

const durationUnits: Readonly<Record<string, Milliseconds>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A length of time with its unit, such as `90s` or `7d`; compiles to milliseconds. */
export function duration(minimum: string): OptionKind<string, Milliseconds> {
  const least = parseDuration(minimum) ?? 0;
  return {
    placeholder: '<duration>',
    compile(value) {
      const milliseconds = typeof value === 'string' ? parseDuration(value) : undefined;
      if (milliseconds !== undefined && milliseconds >= least) return milliseconds;
      throw new InvalidValue(
        `must be a number with a unit (ms, s, m, h, d), at least ${minimum}, such as 30s or 7d, not ${show(value)}`,
      );
    },
  };
}

function parseDuration(written: string): Milliseconds | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(written) ?? [];
  const milliseconds = durationUnits[unit];
  return milliseconds === undefined ? undefined : Number(count) * milliseconds;
}

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** A number of bytes, plain or as `8MiB`; compiles to bytes. */
export function size(minimum: string): OptionKind<string | number, number> {
  const least = parseSize(minimum) ?? 0;
  return {
    placeholder: '<size>',
    compile(value) {
      const bytes = typeof value === 'string' || typeof value === 'number' ? parseSize(String(value)) : undefined;
      if (bytes !== undefined && bytes >= least) return bytes;
      throw new InvalidValue(
        `must be a number of bytes or of KiB, MiB, GiB, TiB, at least ${minimum}, such as 8MiB, not ${show(value)}`,
      );
    },
  };
}

function parseSize(written: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|TiB)?$/.exec(written) ?? [];
  return count === undefined ? undefined : Math.round(Number(count) * (sizeUnits[unit] ?? 1));
}

/** Several of another kind: a JSON array, a comma-separated text, or a repeated flag. */
export function list<Written, Compiled>(
  each: OptionKind<Written, Compiled>,
): OptionKind<readonly Written[], readonly Compiled[]> {
  return {
    placeholder: `${each.placeholder}...`,
    repeatable: true,
    compile(value, directory) {
      return elements(value).map((element) => each.compile(element, directory));
    },
  };
}

/** Names with a path each: a JSON object, or `NAME=PATH` separated by commas or in repeated flags. */
export function pathMap(
  placeholder: string,
): OptionKind<Readonly<Record<string, string>>, ReadonlyMap<string, string>> {
  return {
    placeholder: `${placeholder}...`,
    repeatable: true,
    compile(value, directory) {
      return new Map(entries(value).map(([name, file]) => [name, resolve(directory, file)]));
    },
  };
}

/** Names with a text each: a JSON object, or `NAME=TEXT` separated by commas or in repeated flags. */
export function textMap(
  placeholder: string,
): OptionKind<Readonly<Record<string, string>>, ReadonlyMap<string, string>> {
  return {
    placeholder: `${placeholder}...`,
    repeatable: true,
    compile: (value) => new Map(entries(value)),
  };
}

function elements(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return splitCommas(value);
  if (Array.isArray(value)) return value.flatMap((each) => (typeof each === 'string' ? splitCommas(each) : [each]));
  throw new InvalidValue(`must be a list, not ${show(value)}`);
}

function entries(value: unknown): readonly (readonly [string, string])[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.entries(value).map(checkEntry) : elements(value).map(splitEntry);
}

function checkEntry([name, file]: [string, unknown]): readonly [string, string] {
  if (typeof file === 'string' && file !== '') return [name, file];
  throw new InvalidValue(`must give ${show(name)} a text, not ${show(file)}`);
}

function splitEntry(value: unknown): readonly [string, string] {
  const [, name, file] = typeof value === 'string' ? (/^([^=]+)=(.+)$/.exec(value) ?? []) : [];
  if (name !== undefined && file !== undefined) return [name, file];
  throw new InvalidValue(`must be of the form NAME=VALUE, not ${show(value)}`);
}

function splitCommas(written: string): readonly string[] {
  return written.split(',').flatMap((part) => part.trim() || []);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
