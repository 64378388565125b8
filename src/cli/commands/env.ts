import type { Credentials } from '../../iam/index.ts';
import { openRootCredentials, readRootCredentials } from '../../main/root-credentials.ts';
import { envOptions } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { exportFormat, formatExports } from '../output/exports.ts';
import { Printer } from '../output/printer.ts';
import { resolveServer } from '../server-options.ts';
import { serverVariables } from '../server-variables.ts';
import { findEndpoint } from '../sync-host.ts';
import { envHosts } from './env-hosts.ts';

interface EnvFlags {
  readonly format?: string;
  readonly data?: string;
  readonly config?: string;
  readonly hosts?: boolean;
  readonly yes?: boolean;
}

/**
 * `batchyard env`: prints what makes any SDK or the aws CLI use the server of a data directory. The root access key is
 * created if no server ever ran there, so that the order of `env` and `start` does not matter.
 */
export async function env(invocation: Invocation, flags: EnvFlags): Promise<ExitCode> {
  const format = exportFormat(flags.format);
  if (flags.yes && !flags.hosts) throw new UsageError('--yes is for --hosts');
  const { options, record } = resolveServer(invocation, flags, envOptions);
  if (flags.hosts) return envHosts(invocation, options.listen, flags.yes === true);
  const { directory } = options.data;
  const isNew = readRootCredentials(directory) === undefined;
  const key = openRootCredentials(directory, options.account, invocation.random);
  const { endpoint, sync } = await findEndpoint(options.listen, invocation.resolve);
  const { region } = options;
  const variables = serverVariables({ endpoint, sync, region, key, s3Endpoint: options.s3.endpoint });
  const { note } = variables;
  invocation.stdout.write(formatExports(variables, format));
  const printer = new Printer(invocation);
  // A shell that evaluates the text swallows the comment; on a terminal it is read.
  if (note !== undefined && !invocation.stdout.isTTY) printer.note(`batchyard: ${note}`);
  if (isNew) printer.note(`batchyard: made a new key in ${directory}: no server has run there yet.`);
  const call = { endpoint: new URL(endpoint), region: options.region, credentials: key };
  // Where the server of this directory says that it runs, it knows the key.
  if (!record && (await isForeign(invocation, call))) {
    printer.note(`batchyard: the server at ${endpoint} does not know this key: name its data directory with --data.`);
  }
  return 0;
}

/** How long somebody who listens at the port may think. */
const patience = 1_000;

/** Whether a server answers there that does not know the key. One that runs on another data directory does not. */
async function isForeign(
  { clock }: Invocation,
  call: { readonly endpoint: URL; readonly region: string; readonly credentials: Credentials },
): Promise<boolean> {
  const [{ Client }, { ApiError }] = await Promise.all([
    import('../client/client.ts'),
    import('../client/api-error.ts'),
  ]);
  const client = new Client({ ...call, clock, patience });
  try {
    await client.batch('DescribeJobQueues', { maxResults: 1 });
    return false;
  } catch (error) {
    // What else may be wrong there is told by the first command that is meant for it.
    if (error instanceof CommandError) return error instanceof ApiError && error.isUnknownKey;
    throw error;
  } finally {
    client.close();
  }
}
