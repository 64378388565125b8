import { isIP } from 'node:net';

/** Addresses of one family that share a prefix; a single one shares all bits. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  /** Bits that are not shared. */
  readonly free: bigint;
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or an address; undefined for what is none. */
export function readRange(text: string): AddressRange | undefined {
  const [address = '', prefix, ...more] = text.split('/', 3);
  const family = familyOf(address);
  if (family === undefined || more.length > 0) return undefined;
  const size = family === 4 ? 32 : 128;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
  const shared = prefix === undefined ? size : Number(prefix);
  if (shared > size) return undefined;
  return { family, first: family === 4 ? bitsOf4(address) : bitsOf6(address), free: BigInt(size - shared) };
}

/** Whether all addresses of `inner` are in `range`. No address of one family is in a range of the other. */
export function isWithin(inner: AddressRange, range: AddressRange): boolean {
  if (inner.family !== range.family || inner.free > range.free) return false;
  return inner.first >> range.free === range.first >> range.free;
}

function familyOf(address: string): 4 | 6 | undefined {
  // A zone belongs to a link, not to an address.
  if (address.includes('%')) return undefined;
  const family = isIP(address);
  return family === 4 || family === 6 ? family : undefined;
}

function bitsOf4(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function bitsOf6(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** The last group may be two, written as an IPv4 address. */
function groupsOf(text: string): readonly bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const bits = bitsOf4(group);
    return [bits >> 16n, bits & 0xffffn];
  });
}
