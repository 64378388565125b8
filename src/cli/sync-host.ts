import { isIP } from 'node:net';
import type { CompiledOptions } from '../main/compiled-options.ts';
import { type CertificateNames, certificateNames } from './certificate-names.ts';
import { localEndpoint } from './connection.ts';
import type { HostsEntry } from './hosts-file.ts';
import type { ResolveNames } from './resolve-names.ts';

/** What SDKs put before the host of StartSyncExecution and TestState. */
const prefix = 'sync-';

/** The same of StartLiveTail: some have the one, some the other. */
const streamPrefixes = ['stream-', 'streaming-'] as const;

/** Names that every server answers to whom a loopback address leads to; some systems resolve them with anything before them. */
const loopbackNames = ['batchyard.localhost', 'localhost'] as const;

/** Whether a name's forms for StartLiveTail lead to the server too, or would with names in /etc/hosts. */
type Streams =
  | { readonly kind: 'found' }
  | { readonly kind: 'missing'; readonly entry: HostsEntry }
  | { readonly kind: 'impossible' };

/** Where clients on this machine find a server, and how they call StartSyncExecution and TestState there. */
export interface FoundEndpoint {
  readonly endpoint: string;
  readonly sync:
    | {
        readonly kind: 'found';
        readonly name: string;
        readonly streams: Streams;
      }
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
  const found = await resolve(names.flatMap((name) => [prefix, ...streamPrefixes, ''].map((each) => each + name)));
  const address = isIP(host) ? host : found[host]?.[0];
  const leadsHere = (name: string) => name === host || (address !== undefined && found[name]?.includes(address));
  const prefixable = names.filter((name) => !name.includes(':') && isCovered(`${prefix}${name}`, listen, certificate));
  const good = prefixable.filter((name) => leadsHere(name) && leadsHere(`${prefix}${name}`));
  const streamNames = (name: string) => streamForms(name).filter((each) => isCovered(each, listen, certificate));
  const streamsOf = (name: string): Streams => {
    const covered = streamNames(name);
    if (address === undefined || covered.length < streamPrefixes.length) return { kind: 'impossible' };
    return covered.every(leadsHere) ? { kind: 'found' } : { kind: 'missing', entry: { address, names: covered } };
  };
  const best = good.find((name) => streamsOf(name).kind === 'found') ?? good[0];
  if (best !== undefined) {
    return { endpoint: localEndpoint(listen, best), sync: { kind: 'found', name: best, streams: streamsOf(best) } };
  }
  const named = certificate && !certificate.has(host) ? names.find((name) => name !== host && leadsHere(name)) : host;
  return {
    endpoint: localEndpoint(listen, named),
    sync: whatHelps({ host, address, prefixable, streamNames }, listen),
  };
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

/** The name as SDKs put something before it for StartLiveTail. */
export function streamForms(name: string): readonly string[] {
  return streamPrefixes.map((each) => each + name);
}

interface Looked {
  readonly host: string;
  readonly address: string | undefined;
  readonly prefixable: readonly string[];
  readonly streamNames: (name: string) => readonly string[];
}

function whatHelps(
  { host, address, prefixable, streamNames }: Looked,
  { tls }: CompiledOptions['listen'],
): FoundEndpoint['sync'] {
  const [name] = prefixable;
  if (address === undefined) return { kind: 'impossible', reason: `${host} has no address on this machine` };
  if (name === undefined && tls) return { kind: 'impossible', reason: noCertificate(tls.certificateFile, host) };
  if (name === undefined) return { kind: 'impossible', reason: `nothing can stand before the address ${host}` };
  const names = [...(name === host ? [] : [name]), `${prefix}${name}`, ...streamNames(name)];
  return { kind: 'missing', entry: { address, names } };
}

function noCertificate(file: string, host: string): string {
  const name = isLoopback(host) ? loopbackNames[0] : host;
  return `the certificate ${file} is not there, or not for a name and its ${prefix} form, such as ${name} and ${prefix}${name}`;
}
