import { resolve } from 'node:path';
import { InvalidValue, type OptionKind, pathMap } from './option-kinds.ts';

/** A directory that stands for an image. */
export interface RootOptions {
  /** Absolute. */
  readonly directory: string;
  /** For definitions that have none. */
  readonly command?: readonly string[];
  /** Below that of definitions. */
  readonly environment?: Readonly<Record<string, string>>;
}

type WrittenRoot = string | (Omit<RootOptions, 'directory'> & { readonly directory: string });

/**
 * Directories by image name: `NAME=DIRECTORY`, or a JSON object whose values are directories, or objects of `directory`,
 * `command` and `environment`.
 */
export function rootMap(): OptionKind<Readonly<Record<string, WrittenRoot>>, ReadonlyMap<string, RootOptions>> {
  const paths = pathMap('<image>=<directory>');
  return {
    ...{ placeholder: '<image>=<directory>...', repeatable: true },
    compile(value, directory) {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (isObject)
        return new Map(Object.entries(value).map(([image, said]) => [image, readRoot(image, said, directory)]));
      return new Map([...paths.compile(value, directory)].map(([image, path]) => [image, { directory: path }]));
    },
  };
}

const members: ReadonlySet<string> = new Set(['directory', 'command', 'environment'] satisfies (keyof RootOptions)[]);

function readRoot(image: string, said: unknown, from: string): RootOptions {
  if (typeof said === 'string' && said !== '') return { directory: resolve(from, said) };
  if (typeof said !== 'object' || said === null || Array.isArray(said)) throw unfit(image);
  const unknown = Object.keys(said).find((key) => !members.has(key));
  if (unknown !== undefined)
    throw new InvalidValue(`says ${unknown} of ${image}: known are ${[...members].join(', ')}`);
  const { directory, command, environment } = said as Record<string, unknown>;
  if (typeof directory !== 'string' || directory === '') throw unfit(image);
  if (command !== undefined && !(Array.isArray(command) && command.every(isText))) throw unfit(image);
  if (environment !== undefined && !isTexts(environment)) throw unfit(image);
  return {
    directory: resolve(from, directory),
    ...(command !== undefined && { command }),
    ...(environment !== undefined && { environment }),
  };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function unfit(image: string): InvalidValue {
  return new InvalidValue(
    `must give ${image} a directory, or an object of directory, command (a list of words) and environment (names with values)`,
  );
}
