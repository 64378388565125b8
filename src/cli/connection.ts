import type { Credentials } from '../iam/index.ts';
import type { CompiledOptions } from '../main/compiled-options.ts';
import { readRootCredentials } from '../main/root-credentials.ts';
import type { ServerRecord } from '../main/server-record.ts';
import { Client } from './client/client.ts';
import { type ConnectionFlags, connectionOptions } from './connection-flags.ts';
import { CommandError, type Invocation, UsageError } from './invocation.ts';
import { spellFlags } from './option-flags.ts';
import { resolveServer } from './server-options.ts';

/**
 * A client for the server that flags and environment name. The key comes from where the endpoint came from: a server
 * named by AWS variables is called with AWS's credential variables, the local one with the root key of its data
 * directory; each falls back on the other. A data directory that a flag names comes first.
 */
export function connect(invocation: Invocation, flags: ConnectionFlags): Client {
  const { environment, clock } = invocation;
  const { options, record } = resolveServer(invocation, flags, connectionOptions);
  const named = namedEndpoint(flags, environment);
  const howToStart = howToStartOf(invocation, flags, named, record);
  const dataFirst = named === undefined || flags.data !== undefined;
  return new Client({
    endpoint: parseEndpoint(named ?? localEndpoint(options.listen)),
    region: flags.region ?? recordedRegion(flags, record) ?? environmentRegion(environment) ?? options.region,
    credentials: credentialsOf(environment, options.data.directory, dataFirst),
    clock,
    ...(howToStart !== undefined && { howToStart }),
  });
}

/** The command that starts the server which was meant, where that is known: another one would not have its jobs. */
function howToStartOf(
  { directory }: Invocation,
  flags: ConnectionFlags,
  named: string | undefined,
  record: ServerRecord | undefined,
): string | undefined {
  if (named !== undefined) return 'start its server with `batchyard start`, its --data and its --port';
  const now = record?.port === undefined || flags.port !== undefined ? {} : { port: String(record.port) };
  const command = `batchyard start${spellFlags(flags, connectionOptions, directory, now)}`;
  if (flags.data === undefined || flags.port !== undefined || record) return `start one with \`${command}\``;
  return `start its server with \`${command}\` (and the --port that it had)`;
}

/** Whoever names a server's data directory means its region too, whatever the environment says of another one. */
function recordedRegion(flags: ConnectionFlags, record: ServerRecord | undefined): string | undefined {
  return flags.data === undefined ? undefined : record?.region;
}

/** A directory is looked into only where its key is wanted: it may be somebody else's. */
function credentialsOf(environment: NodeJS.ProcessEnv, directory: string, dataFirst: boolean): Credentials {
  const fromData = () => readRootCredentials(directory);
  const fromEnvironment = () => environmentCredentials(environment);
  const credentials = dataFirst ? (fromData() ?? fromEnvironment()) : (fromEnvironment() ?? fromData());
  if (credentials) return credentials;
  throw new CommandError(
    `no access key: ${directory} holds none, and AWS_ACCESS_KEY_ID is not set. ` +
      'Name the data directory of the server with --data, or run `eval "$(batchyard env --data DIRECTORY)"` first.',
  );
}

/** The endpoint that a flag or the environment names, unless flags name the local server. */
export function namedEndpoint(flags: ConnectionFlags, environment: NodeJS.ProcessEnv): string | undefined {
  if (flags.endpoint !== undefined) return flags.endpoint;
  if (flags.port !== undefined || flags.data !== undefined) return undefined;
  return (
    environment.BATCHYARD_ENDPOINT || environment.AWS_ENDPOINT_URL_BATCH || environment.AWS_ENDPOINT_URL || undefined
  );
}

/** How clients on this machine reach a server with these options, at its own address or by another name that leads there. */
export function localEndpoint(listen: CompiledOptions['listen'], name?: string): string {
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const host = name ?? everywhere[listen.address] ?? listen.address;
  return `${listen.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${listen.port}`;
}

function parseEndpoint(url: string): URL {
  const endpoint = URL.parse(url);
  if (endpoint?.protocol === 'http:' || endpoint?.protocol === 'https:') return endpoint;
  throw new UsageError(`the endpoint must be an http or https URL, not ${url}`);
}

function environmentCredentials(environment: NodeJS.ProcessEnv): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}

function environmentRegion(environment: NodeJS.ProcessEnv): string | undefined {
  return environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined;
}
