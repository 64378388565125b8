import { readFileSync } from 'node:fs';
import { addressText, type Subnet, sizeOf } from '../../../core/subnet.ts';

/** Addresses of a network before those of nodes: its own, the gateway's, and some for who has to look at it. */
const firstNode = 10;
/** Behind the last node: the broadcast address. */
const behindNodes = 1;
/** No network is smaller than 254 addresses: most gangs get one that reads well. */
const longestPrefix = 24;

/** The address of the node of that index. */
export function nodeAddress({ first }: Subnet, index: number): string {
  return addressText(first + firstNode + index);
}

/** Those of a range that hold a gang of so many nodes, and meet none of `taken`, lowest first. */
export function freeSubnets(range: Subnet, nodes: number, taken: readonly Subnet[]): readonly Subnet[] {
  const needed = firstNode + nodes + behindNodes;
  let prefix = longestPrefix;
  while (sizeOf({ prefix }) < needed) prefix -= 1;
  const count = Math.floor(sizeOf(range) / sizeOf({ prefix }));
  const all = Array.from({ length: count }, (_, number) => ({
    first: range.first + number * sizeOf({ prefix }),
    prefix,
  }));
  return all.filter((each) => !taken.some((other) => meet(each, other)));
}

/** What this machine has a way to that is not its way to everything. Empty where it does not say. */
export function routedSubnets(): readonly Subnet[] {
  return routesOf(routeTable());
}

/** The routes of a table as the kernel writes it: destination and mask are numbers whose last byte is written first. */
export function routesOf(table: string): readonly Subnet[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination = '', , , , , , mask = ''] = line.split('\t');
      if (!/^[0-9A-F]{8}$/.test(destination) || !/^[0-9A-F]{8}$/.test(mask)) return [];
      const prefix = [...turned(mask).toString(2)].filter((bit) => bit === '1').length;
      return prefix === 0 ? [] : { first: turned(destination), prefix };
    });
}

function routeTable(): string {
  try {
    return readFileSync('/proc/net/route', 'latin1');
  } catch {
    return ''; // not Linux: the daemon's own look has to do
  }
}

function turned(hexadecimal: string): number {
  return Buffer.from(hexadecimal, 'hex').readUInt32LE();
}

function meet(one: Subnet, other: Subnet): boolean {
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}
