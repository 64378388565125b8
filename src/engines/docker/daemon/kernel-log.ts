import { closeSync, constants, openSync, readSync } from 'node:fs';
import { dockerLimits } from '../docker-limits.ts';

/** The kernel gives one record to each read, and none is larger. */
const recordBytes = 8192;
/** A record begins with its priority and, times this, with who wrote it: the kernel is 0, and nobody else can be. */
const priorities = 8;
/** A text that begins with these words: names that processes choose stand in the midst of others. */
const ranOut = /^(\d+),[^;\n]*;oom-kill:constraint=\w+,.*?\boom_memcg=([^,\n]*)/gm;

/**
 * What the kernel's own log says of control groups that ran out of memory. Daemons hear of that by ways of their own, and may miss it
 * where the group is gone at once: Docker with control groups of version 1, Podman always. The kernel writes it down before the process
 * dies, ten such in 5 s at most. Nothing is known where its log may not be read, or tells of another machine.
 */
export class KernelLog {
  readonly #path: string;
  /** Where it is read on; absent before the first question, and where it cannot be read. */
  #descriptor: number | undefined;
  /** The last that ran out, by their paths. */
  readonly #groups = new Set<string>();

  constructor(path = '/dev/kmsg') {
    this.#path = path;
  }

  /** Whether a group that is named after the container ran out of memory, by now. */
  ranOutOfMemory(containerId: string): boolean {
    this.#readOn();
    return [...this.#groups].some((group) => group.includes(containerId));
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #readOn(): void {
    try {
      this.#descriptor ??= openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      return; // not for this user, or there is none
    }
    const record = Buffer.alloc(recordBytes);
    for (let count = this.#next(record); count > 0; count = this.#next(record))
      for (const [, from = '', group = ''] of record.toString('latin1', 0, count).matchAll(ranOut))
        if (Number(from) < priorities) this.#note(group);
  }

  /** 0 when all was read. */
  #next(record: Buffer): number {
    for (;;) {
      try {
        return readSync(this.#descriptor ?? -1, record);
      } catch (error) {
        // Records were overwritten before they were read: the next one is there.
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return 0;
      }
    }
  }

  #note(group: string): void {
    this.#groups.add(group);
    const [oldest] = this.#groups;
    if (this.#groups.size > dockerLimits.outOfMemoryGroups && oldest !== undefined) this.#groups.delete(oldest);
  }
}
