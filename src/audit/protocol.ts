import type { ArmedFailpoint } from '../core/failpoint.ts';
import type { ArchiveLimits } from './archive.ts';
import type { Collected, CollectQuery } from './collect.ts';
import type { LookupPage, LookupQuery, Position } from './lookup.ts';

/** What the audit's thread is started with. */
export interface ThreadData {
  readonly directory: string;
  readonly limits: ArchiveLimits;
  /** Whether an answer waits for the medium too, not for the system alone. */
  readonly syncAlways: boolean;
  readonly failpoint?: ArmedFailpoint;
}

/** What the audit's thread is asked, and what it answers. */
export interface Exchanges {
  /** Lines, one for each record: together, since a list costs more to hand over. */
  readonly write: { readonly given: string; readonly answer: undefined };
  readonly lookUp: { readonly given: LookupQuery; readonly answer: LookupPage };
  readonly collect: { readonly given: CollectQuery; readonly answer: Collected };
  /** Where the next record will be. */
  readonly end: { readonly given: undefined; readonly answer: Position };
  readonly close: { readonly given: undefined; readonly answer: undefined };
}

export type Asked = {
  readonly [Kind in keyof Exchanges]: {
    readonly id: number;
    readonly kind: Kind;
    readonly given: Exchanges[Kind]['given'];
  };
}[keyof Exchanges];

export type Reply =
  | { readonly kind: 'done'; readonly id: number; readonly answer: unknown }
  /** `code` is that of an error of the file system. */
  | { readonly kind: 'failed'; readonly id: number; readonly words: string; readonly code?: string }
  | { readonly kind: 'note'; readonly words: string };
