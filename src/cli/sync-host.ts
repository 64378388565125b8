import { isIP } from 'node:net';
import type { CompiledOptions } from '../main/compiled-options.ts';
import { type CertificateNames, certificateNames } from './certificate-names.ts';
import { localEndpoint } from './connection.ts';
import type { HostsEntry } from './hosts-file.ts';
import type { ResolveNames } from './resolve-names.ts';

/** What SDKs put before the host of StartSyncExecution and TestState. */
const prefix = 'sync-';

/** Names that every server answers to whom a loopback address leads to; some systems resolve them with anything before them. */
const loopbackNames = ['batchyard.localhost', 'localhost'] as const;

/** Where clients on this machine find a server, and how they call StartSyncExecution and TestState there. */
export interface FoundEndpoint {
  readonly endpoint: string;
  readonly sync:
    | { readonly kind: 'found'; readonly name: string }
    /** No host's `sync-` form leads to the server; it would with this in /etc/hosts. */
    | { readonly kind: 'missing'; readonly entry: HostsEntry }
    /** Nor would anything in /etc/hosts help. */
    | { readonly kind: 'impossible'; readonly reason: string };
}

/**
 * The endpoint for SDKs. They put `sync-` before the host of StartSyncExecution and TestState, so a name is looked for whose
 * `sync-` form leads to the server too, and is in its certificate if it has one. Names come before an address: not every SDK
 * takes `sync-127.0.0.1`, which ends in a number, for a host.
 */
export async function findEndpoint(listen: CompiledOptions['listen'], resolve: ResolveNames): Promise<FoundEndpoint> {
  const host = new URL(localEndpoint(listen)).hostname.replace(/^\[(.*)\]$/, '$1');
  const certificate = listen.tls && certificateNames(listen.tls.certificateFile);
  const names = [...new Set([...(isLoopback(host) ? loopbackNames : []), host])].filter(
    (name) => name === host || isCovered(name, listen, certificate),
  );
  const found = await resolve(names.flatMap((name) => [name, `${prefix}${name}`]));
  const address = isIP(host) ? host : found[host]?.[0];
  const leadsHere = (name: string) => name === host || (address !== undefined && found[name]?.includes(address));
  const prefixable = names.filter((name) => !name.includes(':') && isCovered(`${prefix}${name}`, listen, certificate));
  const best = prefixable.find((name) => leadsHere(name) && leadsHere(`${prefix}${name}`));
  if (best !== undefined) return { endpoint: localEndpoint(listen, best), sync: { kind: 'found', name: best } };
  const named = certificate && !certificate.has(host) ? names.find((name) => name !== host && leadsHere(name)) : host;
  return { endpoint: localEndpoint(listen, named), sync: whatHelps(host, address, prefixable, listen) };
}

/** A certificate that is not there yet may become one for any name; until then only the server's own is used. */
function isCovered(
  name: string,
  { tls }: CompiledOptions['listen'],
  certificate: CertificateNames | undefined,
): boolean {
  return tls === undefined || certificate?.has(name) === true;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function whatHelps(
  host: string,
  address: string | undefined,
  prefixable: readonly string[],
  { tls }: CompiledOptions['listen'],
): FoundEndpoint['sync'] {
  const [name] = prefixable;
  if (address === undefined) return { kind: 'impossible', reason: `${host} has no address on this machine` };
  if (name === undefined && tls) return { kind: 'impossible', reason: noCertificate(tls.certificateFile, host) };
  if (name === undefined) return { kind: 'impossible', reason: `nothing can stand before the address ${host}` };
  return { kind: 'missing', entry: { address, names: [...(name === host ? [] : [name]), `${prefix}${name}`] } };
}

function noCertificate(file: string, host: string): string {
  const name = isLoopback(host) ? loopbackNames[0] : host;
  return `the certificate ${file} is not there, or not for a name and its ${prefix} form, such as ${name} and ${prefix}${name}`;
}
