import { dirname, resolve } from 'node:path';
import { readTextUpTo } from '../core/read-text.ts';
import { closest } from './closest.ts';
import { type OptionSource, type Options, OptionsError } from './options.ts';
import { environmentName, flagName, lastingOptionNames, type OptionName, optionNames } from './options-table.ts';

/** The file that is read when `--config` names none, if it exists. */
export const defaultOptionsFile = 'batchyard.json';

/** Environment variables beside the options' own that begin with `BATCHYARD_` and are no mistake. */
const otherVariables: ReadonlySet<string> = new Set([
  'BATCHYARD_CONFIG',
  'BATCHYARD_ENDPOINT',
  'BATCHYARD_REQUIRE_ALL',
]);

/** Options from the environment. Throws `OptionsError` for a `BATCHYARD_` variable that means nothing: a typing error. */
export function environmentSource(environment: NodeJS.ProcessEnv, directory: string): OptionSource {
  const byVariable = new Map(lastingOptionNames.map((name) => [environmentName(name), name]));
  const options: Partial<Record<OptionName, unknown>> = {};
  for (const [variable, value] of Object.entries(environment)) {
    const name = byVariable.get(variable);
    if (name) options[name] = value;
    else if (variable.startsWith('BATCHYARD_') && !otherVariables.has(variable)) {
      throw new OptionsError(unknownMessage('environment variable', variable, [...byVariable.keys()]));
    }
  }
  return { options: options as Options, origin: (name) => `environment variable ${environmentName(name)}`, directory };
}

/** Options from parsed flags, by option name. */
export function flagSource(options: Readonly<Partial<Record<OptionName, unknown>>>, directory: string): OptionSource {
  return { options: options as Options, origin: (name) => `flag ${flagName(name)}`, directory };
}

/**
 * Options from a JSON file. Relative paths in it start where the file is. Without `file`, `batchyard.json` in
 * `directory` is read if it is there. Throws `OptionsError`: not readable, not JSON, an unknown option.
 */
export function fileSource(file: string | undefined, directory: string): OptionSource | undefined {
  const path = resolve(directory, file ?? defaultOptionsFile);
  const content = readIfThere(path, file !== undefined);
  if (content === undefined) return undefined;
  return { options: flatten(parseJson(content, path), path), origin: () => `file ${path}`, directory: dirname(path) };
}

/** Far more than all options take, in bytes. */
const longestFile = 1024 * 1024;

function readIfThere(path: string, required: boolean): string | undefined {
  try {
    const content = readTextUpTo(path, longestFile);
    if (content !== undefined) return content;
    throw new Error(`it is longer than ${longestFile} bytes`);
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new OptionsError(`cannot read the options file ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function parseJson(content: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content);
    if (isObject(value)) return value;
  } catch (error) {
    throw new OptionsError(`the options file ${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  throw new OptionsError(`the options file ${path} must hold one JSON object`);
}

/** `{"host": {"vcpus": 4}}` is `{'host.vcpus': 4}`; `$schema` is for editors. */
function flatten(object: Readonly<Record<string, unknown>>, path: string): Options {
  const options: Partial<Record<OptionName, unknown>> = {};
  const visit = (value: unknown, name: string): void => {
    if (isOptionName(name) && !lastingOptionNames.includes(name)) {
      throw new OptionsError(
        `${name} is only a flag, since it confirms what happened once: ${flagName(name)} (in file ${path})`,
      );
    }
    if (isOptionName(name)) options[name] = value;
    else if (isObject(value) && optionNames.some((each) => each.startsWith(`${name}.`))) {
      for (const [key, inner] of Object.entries(value)) visit(inner, `${name}.${key}`);
    } else throw new OptionsError(`${unknownMessage('option', name, optionNames)} (in file ${path})`);
  };
  for (const [key, value] of Object.entries(object)) if (key !== '$schema') visit(value, key);
  return options as Options;
}

function isOptionName(name: string): name is OptionName {
  return (optionNames as readonly string[]).includes(name);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownMessage(what: string, name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return `unknown ${what} ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
