import type { CompiledOptions } from '../main/compiled-options.ts';
import type { Options } from '../main/options.ts';
import type { OptionName } from '../main/options-table.ts';
import { Client } from './client/client.ts';
import type { Invocation } from './invocation.ts';
import { resolveOptions } from './option-flags.ts';
import { packageVersion } from './package-version.ts';

/** Options that make sense for a server that lives as long as one command. */
const ownServerOptions: readonly OptionName[] = [
  'engine',
  'isolation',
  'region',
  'images.pull',
  'images.rewrite',
  'images.registries',
  'process.unmapped',
  'log.level',
];

/**
 * Runs `work` with a client of an ephemeral server in this process, which ends with it. Its jobs are the caller's: they run
 * as the caller, and see the working directory. `flags` are those of the command line.
 */
export async function withOwnServer<Result>(
  invocation: Invocation,
  flags: object,
  work: (client: Client, options: CompiledOptions) => Promise<Result>,
): Promise<Result> {
  const options = resolveOwnServer(invocation, flags);
  const { startServer } = await import('../main/server.ts');
  const { createLogger } = await import('../main/server-logger.ts');
  const { clock, random } = invocation;
  const server = await startServer(options, {
    version: packageVersion(),
    logger: createLogger(options.log, invocation.stderr),
    clock,
    random,
    onFatal: (error) => {
      throw error;
    },
  });
  const { region } = options;
  const client = new Client({ endpoint: new URL(server.url), region, credentials: server.credentials, clock });
  try {
    return await work(client, options);
  } finally {
    client.close();
    await server.close({ stopJobs: true });
  }
}

function resolveOwnServer(invocation: Invocation, flags: object): CompiledOptions {
  const options: Options = {
    port: 0,
    bind: '127.0.0.1',
    auth: 'sigv4',
    ephemeral: true,
    jobUser: 'caller',
    jobsMayReadKey: true, // of a server that ends with them
    hostPaths: [invocation.directory],
  };
  const { directory } = invocation;
  const usual = { options: { 'log.level': 'error' as const }, origin: () => 'the command', directory };
  const fixed = { options, origin: () => 'the command', directory };
  return resolveOptions(invocation, flags, ownServerOptions, { usual, fixed });
}
