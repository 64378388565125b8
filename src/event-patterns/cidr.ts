import { BlockList, isIP } from 'node:net';

/** Whether an address is in a block such as `10.0.0.0/24` or `2001:db8::/32`. Undefined if `block` is none. */
export function addressBlock(block: string): ((address: string) => boolean) | undefined {
  const [, network = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(block) ?? [];
  const version = isIP(network);
  const bits = Number(length);
  if (version === 0 || length === '' || bits > (version === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(network, bits, version === 4 ? 'ipv4' : 'ipv6');
  return (address) => isIP(address) === version && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
