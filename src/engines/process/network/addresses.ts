import { hostname } from 'node:os';

/** Every gang's own network has the same addresses: none of them is seen outside of it. */
const ownPrefix = '10.231';
const nodesInBlock = 200;
const firstInBlock = 10;

/** The length of the prefix that all addresses of an own network share. */
export const ownPrefixLength = 16;

/** The address of the node of that index in a network of the gang's own. */
export function ownAddress(index: number): string {
  return `${ownPrefix}.${Math.floor(index / nodesInBlock)}.${firstInBlock + (index % nodesInBlock)}`;
}

/** Nodes of one gang that the host's loopback network has addresses for. */
export const loopbackNodes = 254;

/** Gangs that the host's loopback network has addresses for, at once. */
export const loopbackGangs = 256;

/** An address of this host that no set-up is needed for: the node of that index in the gang that has that number. */
export function loopbackAddress(gangNumber: number, index: number): string {
  return `127.77.${gangNumber}.${index + 1}`;
}

/** The address of no node: who has bound it has the number. */
export function numberAddress(gangNumber: number): string {
  return `127.77.${gangNumber}.0`;
}

/** The lines of /etc/hosts that name all nodes, `node-0` to the last; the machine's own name leads to `self`. */
export function hostsOfNodes(size: number, self: number, addressOf: (index: number) => string): string {
  const lines = Array.from({ length: size }, (_, index) => {
    const own = index === self ? ` ${hostname()}` : '';
    return `${addressOf(index)} node-${index}${own}\n`;
  });
  return `127.0.0.1 localhost\n${lines.join('')}`;
}
