import type { Credentials } from '../iam/index.ts';
import type { Variables } from './output/exports.ts';
import type { ResolveNames } from './resolve-names.ts';
import { type FoundEndpoint, streamForms } from './sync-host.ts';

interface Server extends FoundEndpoint {
  readonly region: string;
  readonly key: Credentials;
  /** That of an S3 server beside it. */
  readonly s3Endpoint?: string | undefined;
}

/** What makes any SDK or the aws CLI use a server with a key. */
export function serverVariables({ endpoint, sync, region, key, s3Endpoint }: Server): Variables {
  const set = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // What has it puts nothing before any host, and needs none of these names.
    ...(!(sync.kind === 'found' && sync.streams.kind === 'found') && { AWS_DISABLE_HOST_PREFIX_INJECTION: 'true' }),
    ...(s3Endpoint !== undefined && { AWS_ENDPOINT_URL_S3: s3Endpoint }),
  };
  return { set, unset: ['AWS_PROFILE', 'AWS_SESSION_TOKEN'], note: noteFor(sync) };
}

/** Only some SDKs have a setting outside of the program for what they put before the host. */
function noteFor(sync: FoundEndpoint['sync']): string | undefined {
  if (sync.kind === 'found') return undefined;
  const help = sync.kind === 'missing' ? 'batchyard env --hosts' : `a setting in code, as ${sync.reason}`;
  return `StartSyncExecution and TestState work in boto3 and the aws CLI; SDKs that put sync- before the host all the same need: ${help}`;
}

/** An endpoint that was named, as it is. */
export async function namedAsFound(endpoint: URL, resolve: ResolveNames): Promise<FoundEndpoint> {
  const { hostname: name, origin } = endpoint;
  const prefixed = `sync-${name}`;
  const streams = streamForms(name);
  const found = await resolve([prefixed, ...streams]);
  const isThere = (each: string) => (found[each]?.length ?? 0) > 0;
  if (isThere(prefixed)) {
    const kind = streams.every(isThere) ? 'found' : 'impossible';
    return { endpoint: origin, sync: { kind: 'found', name, streams: { kind } } };
  }
  return { endpoint: origin, sync: { kind: 'impossible', reason: `${prefixed} has no address on this machine` } };
}
