import type { Block, Sought } from './block-index.ts';

/** Records of some time, in blocks, in the order in which they were written. */
export interface Segment {
  /** Segments are numbered in the order of writing. */
  readonly number: number;
  /** Of what time its records are, where that is known without reading them. */
  span?(): Promise<Pick<Block, 'from' | 'to'>>;
  /** All of its blocks, as of now. */
  blocks(): Promise<readonly Block[]>;
  /** Which blocks may hold what is sought, in order. Never leaves out one that does. */
  blocksWith(sought: Sought): Promise<readonly number[]>;
  /** The frames of a block, as they were written. */
  read(block: number): Promise<Buffer>;
}

/** Names of a segment's files. */
export const segmentFile = {
  log: (number: number) => `${digits(number)}.log`,
  packed: (number: number) => `${digits(number)}.zst`,
  index: (number: number) => `${digits(number)}.idx`,
} as const;

const name = /^(\d{8})\.(log|zst|idx)(\.draft)?$/;

export interface SegmentFileName {
  readonly number: number;
  readonly kind: 'log' | 'zst' | 'idx';
  readonly isDraft: boolean;
}

/** What a file's name says of it; undefined if it is none of ours. */
export function readSegmentFileName(text: string): SegmentFileName | undefined {
  const [, number, kind, draft] = name.exec(text) ?? [];
  if (number === undefined || kind === undefined) return undefined;
  return { number: Number(number), kind: kind as SegmentFileName['kind'], isDraft: draft !== undefined };
}

function digits(number: number): string {
  return String(number).padStart(8, '0');
}
