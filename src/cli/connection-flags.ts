import type { Command } from 'commander';
import { quotePosix } from '../core/quote-posix.ts';
import type { OptionName } from '../main/options-table.ts';
import { addOptionFlags, spellFlags } from './option-flags.ts';

/** The options of a server that say where it is. */
export const connectionOptions: readonly OptionName[] = ['port', 'data', 'region'];

/** All that changes what clients must be told of a server. */
export const envOptions: readonly OptionName[] = [
  'port',
  'bind',
  'tls.certificate',
  'tls.key',
  'data',
  'region',
  'account',
  's3.endpoint',
];

/** What those flags leave behind. */
export interface ConnectionFlags {
  readonly endpoint?: string;
  readonly port?: string;
  readonly data?: string;
  readonly region?: string;
  readonly config?: string;
}

/** Adds the flags of every command that speaks to a server. */
export function addConnectionFlags(command: Command): void {
  command.option(
    '--endpoint <url>',
    'server to call (default BATCHYARD_ENDPOINT, AWS_ENDPOINT_URL, else the local one)',
  );
  addOptionFlags(command, connectionOptions);
}

/** The flags that were given to find the server, as one would type them again, each behind a space. */
export function spellConnection(flags: ConnectionFlags, directory: string): string {
  const endpoint = flags.endpoint === undefined ? '' : ` --endpoint ${quotePosix(flags.endpoint)}`;
  return `${endpoint}${spellFlags(flags, connectionOptions, directory)}`;
}
