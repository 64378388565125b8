import { processLimits } from '../limits.ts';
import { readKernelFile } from './kernel-files.ts';

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
    if (running + more <= roomOf(limit) || running === 0) return undefined;
    return `${running} containers run, and ${roomWords(limit)}`;
  }
}

/** For how many tasks of one container there is room, and why for no more. Undefined where no limit is known. */
export function placesBy(openFiles: number): { readonly most: number; readonly reason: string } | undefined {
  return Number.isFinite(openFiles) ? { most: roomOf(openFiles), reason: roomWords(openFiles) } : undefined;
}

/** One runs however little there is. */
function roomOf(openFiles: number): number {
  const { reservedDescriptors, containerDescriptors } = processLimits;
  return Math.max(1, Math.floor((openFiles - reservedDescriptors) / containerDescriptors));
}

function roomWords(openFiles: number): string {
  return `the limit of open files (${openFiles}) has room for ${roomOf(openFiles)}; jobs start as others end, or with a higher limit (ulimit -n)`;
}

/** How many files this process may have open. Where the kernel does not tell, only its refusals do. */
export function openFilesLimit(): number {
  const soft = /^Max open files\s+(\d+)/m.exec(readKernelFile('/proc/self/limits') ?? '')?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
