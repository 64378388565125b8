import { isIPv4, isIPv6 } from 'node:net';

/** A range of addresses: what its first one is as a number, and how many bits all of them share. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly prefix: number;
}

const widths = { 4: 32, 6: 128 } as const;

/** Reads `10.0.0.0/16` or `2001:db8::/56`; bits behind the prefix become zero, as on AWS. Undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = '', digits = ''] = /^([0-9a-fA-F.:]{2,45})\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIPv4(address) ? 4 : isIPv6(address) ? 6 : undefined;
  const prefix = Number(digits);
  if (!family || prefix > widths[family]) return undefined;
  const rest = BigInt(widths[family] - prefix);
  return { family, first: (numberOf(address, family) >> rest) << rest, prefix };
}

/** How many addresses a range has. */
export function sizeOf({ family, prefix }: Cidr): bigint {
  return 1n << BigInt(widths[family] - prefix);
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  const reach = outer.first + sizeOf(outer);
  return outer.family === inner.family && inner.first >= outer.first && inner.first + sizeOf(inner) <= reach;
}

export function overlap(one: Cidr, other: Cidr): boolean {
  return contains(one, other) || contains(other, one);
}

/** The range as AWS writes it. */
export function formatCidr({ family, first, prefix }: Cidr): string {
  return `${family === 4 ? formatIPv4(first) : formatIPv6(first)}/${prefix}`;
}

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(Number(part)), 0n);
  return groupsOf(address).reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const before = sideOf(head);
  const after = tail === undefined ? [] : sideOf(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return tail === undefined ? before : [...before, ...zeros, ...after];
}

function sideOf(side: string): readonly number[] {
  if (side === '') return [];
  return side.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const number = Number(numberOf(group, 4));
    return [number >>> 16, number & 0xffff];
  });
}

function formatIPv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');
}

/** With the longest run of zeros left out (RFC 5952). */
function formatIPv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => Number((address >> BigInt(112 - 16 * index)) & 0xffffn));
  const run = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.from).join(':')}::${hex.slice(run.from + run.length).join(':')}`;
}

function longestZeros(groups: readonly number[]): { readonly from: number; readonly length: number } {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < groups.length; from += 1) {
    let length = 0;
    while (groups[from + length] === 0) length += 1;
    if (length > best.length) best = { from, length };
  }
  return best;
}
