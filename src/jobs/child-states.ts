import type { StoredStatus } from '../core/job.ts';

/**
 * What a child is, in four bits. Those with a row hold there what the code cannot say; the others have nothing of their
 * own, and what a bit says is all there is.
 */
export const childCode = {
  pending: 0,
  runnable: 1,
  starting: 2,
  running: 3,
  succeeded: 4,
  failed: 5,
  /** It is to be stopped when its dependencies have ended. */
  pendingStopped: 6,
  /** It has been placed before. */
  runnableAgain: 7,
  /** FAILED with a dependency, together with others. */
  fallen: 8,
  /** FAILED with the array's own reason: its stop's, or why it was rejected. */
  stopped: 9,
  /** FAILED with a dependency, alone. */
  fallenAlone: 10,
} as const;

export type ChildCode = (typeof childCode)[keyof typeof childCode];

export const childCodes: readonly ChildCode[] = Object.values(childCode);

interface CodeMeaning {
  readonly status: StoredStatus;
  readonly hasRow: boolean;
}

const meanings: Readonly<Record<ChildCode, CodeMeaning>> = {
  [childCode.pending]: { status: 'PENDING', hasRow: false },
  [childCode.runnable]: { status: 'RUNNABLE', hasRow: false },
  [childCode.starting]: { status: 'STARTING', hasRow: true },
  [childCode.running]: { status: 'RUNNING', hasRow: true },
  [childCode.succeeded]: { status: 'SUCCEEDED', hasRow: true },
  [childCode.failed]: { status: 'FAILED', hasRow: true },
  [childCode.pendingStopped]: { status: 'PENDING', hasRow: true },
  [childCode.runnableAgain]: { status: 'RUNNABLE', hasRow: true },
  [childCode.fallen]: { status: 'FAILED', hasRow: false },
  [childCode.stopped]: { status: 'FAILED', hasRow: false },
  [childCode.fallenAlone]: { status: 'FAILED', hasRow: true },
};

export function statusOfCode(code: ChildCode): StoredStatus {
  return meanings[code].status;
}

/** Whether a child with this code has a row of its own. */
export function hasRow(code: ChildCode): boolean {
  return meanings[code].hasRow;
}

export function isEndedCode(code: ChildCode): boolean {
  return code === childCode.succeeded || statusOfCode(code) === 'FAILED';
}

/** By code: whether a child with it has a row and has not ended. */
const livesInRow = Uint8Array.from({ length: 16 }, (_, code) => {
  const meaning = meanings[code as ChildCode] as CodeMeaning | undefined;
  return Number(meaning?.hasRow === true && !isEndedCode(code as ChildCode));
});

/** The children that have a row and have not ended, lowest first. */
export function liveRowsOf(codes: Uint8Array): readonly number[] {
  const indexes: number[] = [];
  for (let index = 0; index < codes.length; index += 1) {
    if (livesInRow[codes[index] as number] === 1) indexes.push(index);
  }
  return indexes;
}

/** The states of an array's children: a byte each (faster than the four bits that are stored), and how many of each there are. */
export class ChildStates {
  #codes: Uint8Array;
  #counts: number[];

  /** Takes `codes` over. */
  constructor(codes: Uint8Array) {
    this.#codes = codes;
    const counts = new Uint32Array(256);
    // By index: an iterator over 10,000 bytes takes several times as long, and a load meets a thousand arrays.
    for (let index = 0; index < codes.length; index += 1)
      counts[codes[index] as number] = (counts[codes[index] as number] as number) + 1;
    this.#counts = childCodes.map((code) => counts[code] as number);
  }

  get size(): number {
    return this.#codes.length;
  }

  at(index: number): ChildCode {
    return this.#codes[index] as ChildCode;
  }

  set(index: number, code: ChildCode): void {
    const before = this.at(index);
    this.#counts[before] = (this.#counts[before] ?? 0) - 1;
    this.#counts[code] = (this.#counts[code] ?? 0) + 1;
    this.#codes[index] = code;
  }

  count(code: ChildCode): number {
    return this.#counts[code] ?? 0;
  }

  /** How many children have this status. */
  countOf(status: StoredStatus): number {
    return childCodes.reduce<number>((sum, code) => sum + (statusOfCode(code) === status ? this.count(code) : 0), 0);
  }

  get ended(): number {
    return this.countOf('SUCCEEDED') + this.countOf('FAILED');
  }

  /** The codes as they are now: not to be changed. */
  codes(): Uint8Array {
    return this.#codes;
  }

  /** A copy that `restore` takes back. */
  copy(): { readonly codes: Uint8Array; readonly counts: number[] } {
    return { codes: this.#codes.slice(), counts: [...this.#counts] };
  }

  restore({ codes, counts }: ReturnType<ChildStates['copy']>): void {
    this.#codes = codes;
    this.#counts = counts;
  }
}
