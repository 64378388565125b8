import type { Command } from 'commander';
import type { OptionName } from '../main/options-table.ts';
import { addOptionFlags } from './option-flags.ts';

/** The options of a server that say where it is. */
export const connectionOptions: readonly OptionName[] = ['port', 'data', 'region'];

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
