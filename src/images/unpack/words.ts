import type { UnpackLimits } from './limits.ts';
import type { LayerFile, TreeOwner, UnpackedTree } from './request.ts';

/** What the process that unpacks is to do: one line on its standard input, whose end is its end. */
export type UnpackerOrder = UnpackOrder | StageOrder;

export interface UnpackOrder {
  readonly version: 1;
  readonly kind: 'unpack';
  readonly layers: readonly LayerFile[];
  readonly into: string;
  readonly owner: TreeOwner | undefined;
  readonly limits: UnpackLimits;
}

/** Lay the files of an archive down under numbers, since their names are a stranger's. */
export interface StageOrder {
  readonly version: 1;
  readonly kind: 'stage';
  readonly path: string;
  /** Directories in one of which it must lie; absent: it may lie anywhere. */
  readonly within: readonly string[] | undefined;
  readonly into: string;
  readonly limits: UnpackLimits;
}

export type StagedMember =
  /** Its bytes are in the file of that number. */
  | { readonly kind: 'file'; readonly name: string; readonly number: number }
  /** Another name for a member. */
  | { readonly kind: 'link'; readonly name: string; readonly target: string };

export interface Answers {
  readonly unpack: UnpackedTree;
  readonly stage: { readonly members: readonly StagedMember[] };
}

/** What it says, a line each. */
export type UnpackerWord =
  /** It has its threads and its program. */
  | { readonly kind: 'begun' }
  | { readonly kind: 'progress'; readonly bytes: number; readonly totalBytes: number }
  | { readonly kind: 'done'; readonly answer: Answers[keyof Answers] }
  /** `refused`: the image is to blame. */
  | {
      readonly kind: 'failed';
      readonly why: 'refused' | 'disk-full' | 'host-short' | 'broken';
      readonly words: string;
    };
