import type { OptionKind } from './option-kinds.ts';
import { type OptionName, optionDefinition, optionNames, type optionTable } from './options-table.ts';

type Table = typeof optionTable;
type Written<Name extends OptionName> = Table[Name]['kind'] extends OptionKind<infer Form, infer _> ? Form : never;
type NameWithDefault = { [Name in OptionName]: Table[Name] extends { default: unknown } ? Name : never }[OptionName];

/** What a user may write: everything optional, as in `{ port: 0, 'host.vcpus': 64, 'retention.finishedJobs': '14d' }`. */
export type Options = { readonly [Name in OptionName]?: Written<Name> };

/** The same with the defaults of the table filled in. `compileOptions` makes the third form of it. */
export type OptionsWithDefaults = Options & { readonly [Name in NameWithDefault]: Written<Name> };

/** What `kind.compile` makes of an option; undefined for one without default that was not given. */
export type Compiled<Name extends OptionName> =
  | (Table[Name]['kind'] extends OptionKind<infer _, infer Value> ? Value : never)
  | (Name extends NameWithDefault ? never : undefined);

/** Options that cannot be: unknown, impossible or contradictory. The message tells a user what to change; exit code 2. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/** Options from one place. `origin` names it in messages; relative paths start at `directory`. */
export interface OptionSource {
  readonly options: Options;
  /** Such as `flag --port`, for the message about a bad value. */
  readonly origin: (name: OptionName) => string;
  readonly directory: string;
}

/** Several sources merged, each option with the source that it came from; options left at their default have none. */
export interface MergedOptions {
  readonly options: OptionsWithDefaults;
  readonly sources: ReadonlyMap<OptionName, OptionSource>;
  /** All of them: what a better one overrides must be right too. */
  readonly given: readonly OptionSource[];
}

/** Merges sources, least important first, over the defaults. */
export function mergeOptions(sources: readonly OptionSource[]): MergedOptions {
  const chosen = new Map<OptionName, OptionSource>();
  for (const source of sources) {
    for (const name of optionNames) if (source.options[name] !== undefined) chosen.set(name, source);
  }
  const values = optionNames.map((name) => [name, chosen.get(name)?.options[name] ?? optionDefinition(name).default]);
  return { options: Object.fromEntries(values) as OptionsWithDefaults, sources: chosen, given: sources };
}
