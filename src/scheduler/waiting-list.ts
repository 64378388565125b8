import { firstIndex } from '../core/first-index.ts';
import type { JobId } from '../core/ids.ts';

/** What gives a job its place: lower sequences first. Ids only make the order total. */
export interface Sequenced {
  readonly jobId: JobId;
  readonly sequence: number;
}

/** A chunk that grows beyond this is cut in two: moving its elements must stay cheaper than finding it. */
const longestChunk = 1024;

/**
 * The waiting jobs of a queue by sequence: a list of sorted chunks. First, add, remove and position cost microseconds
 * with a million jobs, as would a heap's, and unlike a heap it tells positions and lists jobs in order.
 */
export class WaitingList<Job extends Sequenced> {
  readonly #chunks: Job[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The job at the head of the queue. */
  first(): Job | undefined {
    return this.#chunks[0]?.[0];
  }

  add(job: Job): void {
    this.#size += 1;
    const last = this.#chunks.at(-1);
    const tail = last?.at(-1);
    if (!last || (tail && isBefore(tail, job) && last.length >= longestChunk)) {
      this.#chunks.push([job]);
      return;
    }
    const at = Math.min(this.#chunkOf(job), this.#chunks.length - 1);
    const chunk = this.#chunks[at] ?? last;
    chunk.splice(indexIn(chunk, job), 0, job);
    if (chunk.length > longestChunk) this.#chunks.splice(at + 1, 0, chunk.splice(chunk.length >> 1));
  }

  /** Takes a job out; answers false if it is not in. */
  remove(job: Job): boolean {
    const at = this.#chunkOf(job);
    const chunk = this.#chunks[at];
    const index = chunk ? indexIn(chunk, job) : 0;
    if (chunk?.[index] !== job) return false;
    if (index === 0) chunk.shift();
    else chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
    this.#size -= 1;
    return true;
  }

  /** 1 for the head. Touches one number for each thousand jobs ahead. */
  positionOf(job: Job): number {
    const at = this.#chunkOf(job);
    let ahead = 0;
    for (let before = 0; before < at; before += 1) ahead += this.#chunks[before]?.length ?? 0;
    const chunk = this.#chunks[at];
    return ahead + (chunk ? indexIn(chunk, job) : 0) + 1;
  }

  /** The first `limit` jobs, in order. */
  take(limit: number): readonly Job[] {
    const jobs: Job[] = [];
    for (const chunk of this.#chunks) {
      if (jobs.length >= limit) break;
      jobs.push(...chunk.slice(0, limit - jobs.length));
    }
    return jobs;
  }

  /** The first chunk whose last job is not before `job`; one past the last chunk if there is none. */
  #chunkOf(job: Job): number {
    return firstIndex(this.#chunks.length, (index) => {
      const last = this.#chunks[index]?.at(-1);
      return last === undefined || !isBefore(last, job);
    });
  }
}

function indexIn(chunk: readonly Sequenced[], job: Sequenced): number {
  return firstIndex(chunk.length, (index) => {
    const other = chunk[index];
    return other === undefined || !isBefore(other, job);
  });
}

function isBefore(a: Sequenced, b: Sequenced): boolean {
  return a.sequence < b.sequence || (a.sequence === b.sequence && a.jobId < b.jobId);
}
