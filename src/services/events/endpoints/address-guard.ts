import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Which addresses the server sends requests to for whoever may make an API destination. */
export type Reach =
  | 'any'
  /** Not this machine's own, nor those that give a machine its credentials. */
  | 'not-local';

const local = new BlockList();
local.addSubnet('127.0.0.0', 8, 'ipv4');
local.addAddress('::1', 'ipv6');
// Taken for loopback by Linux.
local.addSubnet('0.0.0.0', 8, 'ipv4');
local.addAddress('::', 'ipv6');
// Link-local: the metadata of clouds.
local.addSubnet('169.254.0.0', 16, 'ipv4');
local.addSubnet('fe80::', 10, 'ipv6');
local.addSubnet('fd00:ec2::', 32, 'ipv6');
// Of one cloud, whose metadata has an address outside.
local.addAddress('100.100.100.200', 'ipv4');
// IPv4 within IPv6, by translators: what is behind is not seen.
local.addSubnet('64:ff9b::', 96, 'ipv6');
local.addSubnet('64:ff9b:1::', 48, 'ipv6');
local.addSubnet('2002::', 16, 'ipv6');

/** Whether `host`, of a URL, is an address that is kept from; a name is not. */
export function isKeptFrom(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(address);
  return version !== 0 && local.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** A host must not be sent a request. */
export class KeptFromAddress extends Error {
  override readonly name = 'KeptFromAddress';
}

type Found = (error: NodeJS.ErrnoException | null, addresses: string | LookupAddress[], family?: number) => void;

/** Resolves a name as Node does, and fails if one of its addresses is kept from: what is connected to is what was looked at. */
export function guardedLookup(host: string, options: LookupOptions, found: Found): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return found(error, []);
    const kept = addresses.find(({ address }) => isKeptFrom(address));
    if (kept) return found(new KeptFromAddress(`${host} is ${kept.address}, which this server sends nothing to`), []);
    const [first] = addresses;
    if (options.all || !first) return found(null, addresses);
    found(null, first.address, first.family);
  });
}
