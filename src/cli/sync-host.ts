import type { CompiledOptions } from '../main/compiled-options.ts';
import { localEndpoint } from './connection.ts';
import type { ResolveNames } from './resolve-names.ts';

/** Where clients on this machine find a server, and what the user should know of it. */
export interface FoundEndpoint {
  readonly endpoint: string;
  readonly note?: string;
}

/** Names that every server on a loopback address answers to, and that some systems resolve with anything before them. */
const names = ['batchyard.localhost', 'localhost'] as const;

/**
 * The endpoint for SDKs. They put `sync-` before the host of StartSyncExecution and TestState, so a name is looked for whose
 * `sync-` form leads to the server too. Where there is none, a note says what would help; all other operations work.
 */
export async function findEndpoint(listen: CompiledOptions['listen'], resolve: ResolveNames): Promise<FoundEndpoint> {
  const endpoint = localEndpoint(listen);
  const { hostname } = new URL(endpoint);
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  // A certificate is for the name that its owner knows; another one would be refused.
  const others = listen.loopback && !listen.tls ? names : [];
  const found = await resolve([`sync-${hostname}`, ...others.flatMap((name) => [name, `sync-${name}`])]);
  const leadsHere = (name: string) => found[name]?.includes(address);
  if (leadsHere(`sync-${hostname}`)) return { endpoint };
  const name = others.find((each) => leadsHere(each) && leadsHere(`sync-${each}`));
  if (name !== undefined) return { endpoint: `http://${name}:${listen.port}` };
  return { endpoint, note: noteFor(hostname, address, listen) };
}

function noteFor(host: string, address: string, listen: CompiledOptions['listen']): string {
  const operations =
    "StartSyncExecution and TestState of Step Functions, which SDKs send to 'sync-' and the host's name";
  if (!host.startsWith('[')) return `For ${operations}, add to /etc/hosts: ${address} sync-${host}`;
  return `For ${operations}, use http://localhost:${listen.port}, and add to /etc/hosts: ${address} localhost sync-localhost`;
}
