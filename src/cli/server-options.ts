import type { CompiledOptions } from '../main/compiled-options.ts';
import type { Options } from '../main/options.ts';
import type { OptionName } from '../main/options-table.ts';
import { readServerRecord, type ServerRecord } from '../main/server-record.ts';
import type { Invocation } from './invocation.ts';
import { resolveOptions } from './option-flags.ts';

/** The options of the server that a command is about, and what that server left in its data directory if it runs. */
export interface ServerOptions {
  readonly options: CompiledOptions;
  readonly record: ServerRecord | undefined;
}

interface ServerFlags {
  readonly data?: string;
  readonly config?: string;
}

/**
 * The options of the server of a data directory, for a command that calls it: flags, then what the server that runs there
 * left of its own, then environment and file. Throws `OptionsError`.
 */
export function resolveServer(invocation: Invocation, flags: ServerFlags, names: readonly OptionName[]): ServerOptions {
  const { directory } = invocation;
  // A client binds nothing: whatever address the server has is fine.
  const fixed = { options: { insecureBind: true }, origin: () => 'the command', directory };
  const own = (options: Options) => ({
    running: { options, origin: () => 'the running server', directory },
    fixed,
  });
  const { data } = resolveOptions(invocation, flags, ['data'], own({}));
  const record = readServerRecord(data.directory);
  return { options: resolveOptions(invocation, flags, names, own(record ?? {})), record };
}
