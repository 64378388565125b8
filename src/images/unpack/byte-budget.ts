import { statfsSync } from 'node:fs';
import type { UnpackLimits } from './limits.ts';
import { Refused } from './refusal.ts';

/** How much may still be unpacked: the limit of an image, and what is free of the disk but for the reserve. */
export class ByteBudget {
  readonly #limit: number;
  readonly #room: number;
  #spent = 0;

  /** `directory`: on the disk in question. */
  constructor(limits: UnpackLimits, directory: string) {
    const { bavail, bsize } = statfsSync(directory);
    this.#limit = limits.bytes;
    this.#room = bavail * bsize - limits.reserve;
  }

  /** Throws `Refused` above the limit, and an error that `isDiskFull` knows where there is no room. */
  spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent > this.#limit) throw new Refused(`more than ${this.#limit} bytes unpacked`);
    if (this.#spent > this.#room) throw Object.assign(new Error('too little of the disk is free'), { code: 'ENOSPC' });
  }
}
