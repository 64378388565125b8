import { closeSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Closes what this process had inherited, and would hand on to every program that it starts. Nothing of ours is lost: Node
 * opens all with close-on-exec, and gives it to the lowest descriptors at its start.
 */
export function closeInherited(): void {
  for (const descriptor of readDescriptors()) {
    if (descriptor > 2 && !isCloseOnExec(descriptor)) closeSync(descriptor);
  }
}

function readDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch {
    return [];
  }
}

function isCloseOnExec(descriptor: number): boolean {
  try {
    const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & 0o2000000) !== 0;
  } catch {
    return true; // the one that listed the directory: closed by now
  }
}
