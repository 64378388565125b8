import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { quotePosix } from '../core/quote-posix.ts';
import { compileOptions } from '../main/compile-options.ts';
import type { CompiledOptions } from '../main/compiled-options.ts';
import { helpText } from '../main/describe-options.ts';
import { containerSockets, type Machine, thisMachine } from '../main/machine.ts';
import { optionGroups } from '../main/option-definition.ts';
import { environmentSource, fileSource, flagSource } from '../main/option-sources.ts';
import { mergeOptions, type OptionSource } from '../main/options.ts';
import { flagName, type OptionName, optionDefinition } from '../main/options-table.ts';
import type { Invocation } from './invocation.ts';

/** Help of options where it is not that of the server's own. */
export type HelpTexts = Partial<Record<OptionName, string>>;

interface FlagStyle {
  /** Under the headings of the options' groups. */
  readonly grouped?: boolean;
  readonly help?: HelpTexts;
}

/** Gives `command` a flag for each of `names`, and `--config`. */
export function addOptionFlags(command: Command, names: readonly OptionName[], style: FlagStyle = {}): void {
  for (const name of names) {
    for (const option of flagsOf(name, style.help?.[name] ?? helpText(name))) {
      command.addOption(style.grouped ? option.helpGroup(heading(name)) : option);
    }
  }
  command.option('--config <file>', 'options file (default batchyard.json, if there is one)');
}

function heading(name: OptionName): string {
  return `${optionGroups[optionDefinition(name).group]}:`;
}

function flagsOf(name: OptionName, help: string): readonly Option[] {
  const { placeholder, repeatable } = optionDefinition(name).kind;
  if (placeholder === undefined) {
    return [new Option(flagName(name), help), new Option(flagName(name).replace('--', '--no-')).hideHelp()];
  }
  const words = repeatable ? `${help} Repeatable.` : help;
  const option = new Option(`${flagName(name)} ${placeholder.replace('...', '')}`, words);
  return [repeatable ? option.argParser(collect) : option];
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** The flags that were given, by option name. */
function givenFlags(flags: object, names: readonly OptionName[]) {
  const values = new Map(Object.entries(flags));
  const given: Partial<Record<OptionName, unknown>> = {};
  for (const name of names) {
    const value = values.get(new Option(flagName(name)).attributeName());
    if (value !== undefined) given[name] = value;
  }
  return given;
}

/**
 * The flags of `names` that were given, as one would type them again in any directory, each behind a space. `now` replaces
 * values, such as a port that was chosen meanwhile.
 */
export function spellFlags(
  flags: { readonly config?: string },
  names: readonly OptionName[],
  directory: string,
  now: Partial<Record<OptionName, string>> = {},
): string {
  const given = { ...givenFlags(flags, names), ...now };
  const words = names.flatMap((name) => spellFlag(name, given[name], directory));
  const config = flags.config === undefined ? [] : ['--config', resolve(directory, flags.config)];
  return [...words, ...config].map((word) => ` ${quotePosix(word)}`).join('');
}

function spellFlag(name: OptionName, value: unknown, directory: string): readonly string[] {
  const flag = flagName(name);
  if (value === undefined || optionDefinition(name).onlyFlag) return [];
  if (typeof value === 'boolean') return [value ? flag : flag.replace('--', '--no-')];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const { placeholder = '' } = optionDefinition(name).kind;
  const isPath = /^<(file|directory)>/.test(placeholder);
  return values.flatMap((each) => [flag, isPath ? resolve(directory, String(each)) : String(each)]);
}

/**
 * Options that a command has of its own: `usual` gives way to everything that the user says, `running` to flags only, `fixed`
 * to nothing.
 */
interface OwnOptions {
  readonly usual?: OptionSource;
  readonly running?: OptionSource;
  readonly fixed?: OptionSource;
}

/** The options of a server: defaults, file, environment, flags, amid those of the command. Throws `OptionsError`. */
export function resolveOptions(
  invocation: Invocation,
  flags: { readonly config?: string },
  names: readonly OptionName[],
  own?: OwnOptions,
): CompiledOptions {
  const { environment, directory } = invocation;
  const config = flags.config ?? environment.BATCHYARD_CONFIG;
  const sources = [
    own?.usual,
    fileSource(config, directory),
    environmentSource(environment, directory),
    own?.running,
    flagSource(givenFlags(flags, names), directory),
    own?.fixed,
  ];
  return compileOptions(mergeOptions(sources.filter((source) => source !== undefined)), machineOf(invocation));
}

function machineOf(invocation: Invocation): Machine {
  const { environment, directory, stderr } = invocation;
  return {
    ...thisMachine(),
    ...{ directory, terminal: stderr.isTTY === true },
    containerSockets: containerSockets(environment),
  };
}
