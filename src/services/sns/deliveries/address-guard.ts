import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Addresses that serve a machine's own credentials to whoever asks from it: never an endpoint of a subscription. */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

/** Whether `host`, of a URL, is a link-local address; a name is not. */
export function isLinkLocal(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(address);
  return version !== 0 && linkLocal.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** A host must not be posted to. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

type Found = (error: NodeJS.ErrnoException | null, addresses: string | LookupAddress[], family?: number) => void;

/** Resolves a name as Node does, and fails if one of its addresses is link-local. */
export function guardedLookup(host: string, options: LookupOptions, found: Found): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return found(error, []);
    const forbidden = addresses.find(({ address }) => isLinkLocal(address));
    if (forbidden) return found(new ForbiddenAddress(`${host} is the link-local address ${forbidden.address}`), []);
    const [first] = addresses;
    if (options.all || !first) return found(null, addresses);
    found(null, first.address, first.family);
  });
}
