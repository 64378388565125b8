import { readlinkSync } from 'node:fs';
import type { ContainerUsage } from '../../task-usage.ts';
import { readKernelFile } from './kernel-files.ts';

/** What the network of a process has received and sent; nothing if it is this process's own, or the kernel does not tell. */
export function networkUsage(pid: number): Pick<ContainerUsage, 'network'> {
  const id = namespaceOf(pid);
  if (id === undefined || id === namespaceOf('self')) return {};
  const text = readKernelFile(`/proc/${pid}/net/dev`);
  return text === undefined ? {} : { network: { id, ...sumOf(text) } };
}

/** Adds up what `/proc/PID/net/dev` says of all interfaces but the loopback one. */
export function sumOf(text: string): { readonly receivedBytes: number; readonly sentBytes: number } {
  const lines = text.split('\n').flatMap((line) => {
    const [, name, numbers = ''] = /^\s*(\S+):\s*(.*)$/.exec(line) ?? [];
    return name === undefined || name === 'lo' ? [] : [numbers.split(/\s+/).map(Number)];
  });
  // Eight columns of what was received, then those of what was sent; bytes are the first of each.
  const sum = (column: number) => lines.reduce((all, numbers) => all + (numbers[column] ?? 0), 0);
  return { receivedBytes: sum(0), sentBytes: sum(8) };
}

function namespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined; // it has ended, or is not for us to know
  }
}
