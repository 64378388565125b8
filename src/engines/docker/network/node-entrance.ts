import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs';

/** A way of this server's programs into the network of a container, held open until `close`. */
export interface NodeEntrance {
  /** The words before those of a program that is to run there. */
  readonly enter: readonly string[];
  close(): void;
}

/** Where nsenter lies. Not as this server's PATH says, since it runs as root. */
const places = ['/usr/bin/nsenter', '/bin/nsenter', '/usr/sbin/nsenter'];

/** Why this server can enter no container's network, in words; undefined if it may be able to. */
export function entranceRefusal(): string | undefined {
  if (process.platform !== 'linux') return 'containers are not on this machine';
  if (process.getuid?.() !== 0) return 'a server that is not root cannot enter networks of containers';
  return nsenter() === undefined ? 'nsenter (util-linux) is not installed' : undefined;
}

/**
 * Opens the network of a process that the daemon calls `pid`, and that has `mark` on its command line: in a virtual machine or
 * another pid namespace the number is another process's, or nobody's. A text says why it cannot be.
 */
export function openEntrance(pid: number, mark: string): NodeEntrance | string {
  const refusal = entranceRefusal();
  if (refusal !== undefined) return refusal;
  const elsewhere = 'containers of this daemon are not among the processes of this machine';
  let descriptor: number | undefined;
  try {
    descriptor = openSync(`/proc/${pid}/ns/net`, 'r');
    // Looked at once the network is held: then it was this process that it was opened of.
    if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark)) throw new Error(elsewhere);
  } catch {
    if (descriptor !== undefined) closeSync(descriptor);
    return elsewhere;
  }
  const held = descriptor;
  let isOpen = true;
  return {
    enter: [nsenter() ?? '', `--net=/proc/${process.pid}/fd/${held}`, '--'],
    close: () => {
      if (isOpen) closeSync(held);
      isOpen = false;
    },
  };
}

function nsenter(): string | undefined {
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
