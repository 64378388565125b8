import type { JobId } from '../core/ids.ts';
import type { TerminalStatus } from '../core/job.ts';
import type { JobEntry } from './entry.ts';
import type { Run } from './runs.ts';

/** What many children of an array are told at once. */
export type SharedEventKind = 'dependencies-met' | 'dependency-failed' | 'owner-stopped';

/**
 * What is still to be done because of something that has happened, with how far it is. In memory only: after a crash it
 * is found again from what is stored (`recheck`).
 */
export type WorkItem =
  /** A job or a child has ended: tell those that waited for it then. */
  | { readonly kind: 'ended'; readonly status: TerminalStatus; readonly dependents: readonly JobId[]; next: number }
  /** Children of an array have ended: tell the arrays whose children wait for those of the same index. */
  | {
      readonly kind: 'pairs';
      readonly status: TerminalStatus;
      readonly arrays: readonly JobId[];
      readonly runs: readonly Run[];
      next: number;
    }
  /** A child of a SEQUENTIAL array has ended: the next one may start, or all later ones fall. */
  | { readonly kind: 'sequence'; readonly array: JobId }
  /** Children that have something of their own hear of what their siblings were told by their bits. */
  | {
      readonly kind: 'children';
      readonly array: JobId;
      readonly indexes: readonly number[];
      readonly event: SharedEventKind;
      next: number;
    }
  /** Children of `runs` start, fall or end where they are to, as their siblings did in turns before. */
  | {
      readonly kind: 'move';
      readonly array: JobId;
      readonly event: SharedEventKind;
      readonly reason: string | undefined;
      readonly runs: readonly Run[];
    }
  /** The nodes of a gang are started or stopped, whichever its state says. */
  | { readonly kind: 'nodes'; readonly job: JobId; next: number }
  /** After a load: whatever had been under way goes on. All jobs are looked at, one after the other. */
  | { readonly kind: 'recheck'; readonly jobs: Iterator<JobEntry> };

/** First in, first out. */
export class WorkList {
  readonly #onWork: () => void;
  #items: WorkItem[] = [];
  #first = 0;

  constructor(onWork: () => void) {
    this.#onWork = onWork;
  }

  get isEmpty(): boolean {
    return this.#first === this.#items.length;
  }

  first(): WorkItem | undefined {
    return this.#items[this.#first];
  }

  push(item: WorkItem): void {
    this.#items.push(item);
    this.#onWork();
  }

  /** The first item is done. */
  shift(): void {
    this.#first += 1;
    if (this.#first < 1024 && this.#first < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }
}
