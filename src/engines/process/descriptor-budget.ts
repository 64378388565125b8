import { readKernelFile } from './kernel-files.ts';
import { processLimits } from './limits.ts';

/**
 * How many containers a process may run by its limit of open files, with some left for all else. Without it one container
 * too many would not fail alone: nothing could be opened any more, for any other either.
 */
export class DescriptorBudget {
  readonly #limit: () => number;

  /** `limit` answers how many files may be open now. @default what the kernel says of this process */
  constructor(limit: () => number = openFilesLimit) {
    this.#limit = limit;
  }

  /** Why so many more containers beside those that run cannot be started, in words; undefined if they can. */
  shortage(running: number, more: number): string | undefined {
    const limit = this.#limit();
    const room = Math.max(
      1,
      Math.floor((limit - processLimits.reservedDescriptors) / processLimits.containerDescriptors),
    );
    if (running + more <= room || running === 0) return undefined;
    return `${running} containers run, and the limit of open files (${limit}) has room for ${room}; jobs start as others end, or with a higher limit (ulimit -n)`;
  }
}

/** Where the kernel does not tell, only its refusals do. */
function openFilesLimit(): number {
  const soft = /^Max open files\s+(\d+)/m.exec(readKernelFile('/proc/self/limits') ?? '')?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
