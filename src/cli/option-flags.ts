import { type Command, Option } from 'commander';
import { compileOptions } from '../main/compile-options.ts';
import type { CompiledOptions } from '../main/compiled-options.ts';
import { helpText } from '../main/describe-options.ts';
import { type Machine, thisMachine } from '../main/machine.ts';
import { environmentSource, fileSource, flagSource } from '../main/option-sources.ts';
import { mergeOptions, type OptionSource } from '../main/options.ts';
import { flagName, type OptionName, optionDefinition, optionGroups } from '../main/options-table.ts';
import type { Invocation } from './invocation.ts';

/** Gives `command` a flag for each of `names`, under its group's heading if `grouped`, and `--config`. */
export function addOptionFlags(command: Command, names: readonly OptionName[], grouped = false): void {
  for (const name of names) {
    for (const option of flagsOf(name)) command.addOption(grouped ? option.helpGroup(heading(name)) : option);
  }
  command.option('--config <file>', 'options file (default batchyard.json, if there is one)');
}

function heading(name: OptionName): string {
  return `${optionGroups[optionDefinition(name).group]}:`;
}

function flagsOf(name: OptionName): readonly Option[] {
  const { placeholder, repeatable } = optionDefinition(name).kind;
  if (placeholder === undefined) {
    return [new Option(flagName(name), helpText(name)), new Option(flagName(name).replace('--', '--no-')).hideHelp()];
  }
  const option = new Option(`${flagName(name)} ${placeholder.replace('...', '')}`, helpText(name));
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

/** Options that a command has of its own: `usual` gives way to everything that the user says, `fixed` to nothing. */
interface OwnOptions {
  readonly usual: OptionSource;
  readonly fixed: OptionSource;
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
    flagSource(givenFlags(flags, names), directory),
    own?.fixed,
  ];
  return compileOptions(mergeOptions(sources.filter((source) => source !== undefined)), machineOf(invocation));
}

function machineOf(invocation: Invocation): Machine {
  return { ...thisMachine(), directory: invocation.directory, terminal: invocation.stderr.isTTY === true };
}
