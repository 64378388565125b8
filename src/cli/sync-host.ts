import type { CompiledOptions } from '../main/compiled-options.ts';
import { localEndpoint } from './connection.ts';

/** The addresses that a host name has on this machine; none if it has none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

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
export async function findEndpoint(listen: CompiledOptions['listen'], resolve: Resolve): Promise<FoundEndpoint> {
  const endpoint = localEndpoint(listen);
  const url = new URL(endpoint);
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const leadsHere = async (name: string) => (await resolve(name)).includes(address);
  if (await leadsHere(`sync-${url.hostname}`)) return { endpoint };
  // A certificate is for the name that its owner knows; another one would be refused.
  if (listen.loopback && !listen.tls) {
    for (const name of names) {
      if (!((await leadsHere(name)) && (await leadsHere(`sync-${name}`)))) continue;
      return { endpoint: `http://${name}:${listen.port}` };
    }
  }
  return { endpoint, note: noteFor(url.hostname, address, listen) };
}

function noteFor(host: string, address: string, listen: CompiledOptions['listen']): string {
  const operations =
    "StartSyncExecution and TestState of Step Functions, which SDKs send to 'sync-' and the host's name";
  if (!host.startsWith('[')) return `For ${operations}, add to /etc/hosts: ${address} sync-${host}`;
  return `For ${operations}, use http://localhost:${listen.port}, and add to /etc/hosts: ${address} localhost sync-localhost`;
}
