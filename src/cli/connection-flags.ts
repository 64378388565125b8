import type { Command } from 'commander';
import { quotePosix } from '../core/quote-posix.ts';
import type { OptionName } from '../main/options-table.ts';
import { addOptionFlags, type HelpTexts, spellFlags } from './option-flags.ts';

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

/** What the options of a server mean to who calls it. */
export const connectionHelp: HelpTexts = {
  port: 'port of the server to call (default: where the server of the data directory runs, else 9470)',
  data: 'data directory of the server, where its root key is (default .batchyard)',
  region: 'region of the request (default AWS_REGION, else that of the server)',
};

/** What they mean to who is to be told of it. */
export const envHelp: HelpTexts = {
  port: 'port of the server (default: where it runs, else 9470)',
  bind: 'address of the server (default: where it runs, else 127.0.0.1)',
  'tls.certificate': 'certificate that the server has or will have: the endpoint is an https one',
  'tls.key': 'its private key',
  data: connectionHelp.data ?? '',
  region: 'region to name (default: that of the server if it runs, else us-east-1)',
};

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
  addOptionFlags(command, connectionOptions, { help: connectionHelp });
}

/** The flags that were given to find the server, as one would type them again, each behind a space. */
export function spellConnection(flags: ConnectionFlags, directory: string): string {
  const endpoint = flags.endpoint === undefined ? '' : ` --endpoint ${quotePosix(flags.endpoint)}`;
  return `${endpoint}${spellFlags(flags, connectionOptions, directory)}`;
}
