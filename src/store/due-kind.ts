import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';
import type { DueRow } from './queries.ts';
import type { Transaction } from './transaction.ts';
import { fromVersionedText, toVersionedText } from './versioned-json.ts';

/** One piece of work. */
export interface DueItem<Body> {
  /** Names it within its kind. */
  readonly key: string;
  readonly dueAt: EpochMilliseconds;
  readonly body: Body;
}

/** What became of a piece of work, and what is to become durable with that. */
export type DueOutcome<Body> = (
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly at: EpochMilliseconds; readonly body?: Body }
) & { readonly consequence?: (transaction: Transaction) => void };

/** A kind of work that waits for its time, owned by one service. */
export interface DueKind<Body> {
  /** Names its rows in the store: never change it. */
  readonly kind: string;
  /**
   * Of the JSON of its bodies.
   * @default 1
   */
  readonly version?: number;
  /**
   * What it never waits longer for than this. It then follows the monotonic clock, as far as that is known: see `timeLeft`.
   * @default it waits for the wall clock, however long that takes
   */
  readonly longestWait?: Milliseconds;
  /** How much of it is done at once; more is not in memory either. */
  readonly atOnce: number;
  /** Does one piece. If it rejects, the piece is done again a little later. */
  perform(item: DueItem<Body>, signal: AbortSignal): Promise<DueOutcome<Body>>;
}

/** Any kind, for whoever moves work without looking into it. */
export type AnyDueKind = DueKind<unknown>;

/**
 * How long until work is due. What is further ahead than work of its kind ever waits was put off by a wall clock that has been
 * set back since, and is due.
 */
export function timeLeft(dueAt: EpochMilliseconds, now: EpochMilliseconds, longestWait?: Milliseconds): Milliseconds {
  const left = Math.max(0, dueAt - now);
  return left > (longestWait ?? Number.POSITIVE_INFINITY) ? 0 : left;
}

export function dueText({ version = 1 }: { readonly version?: number }, body: unknown): string {
  return toVersionedText(version, { body });
}

/** Throws on a version that this release does not know. */
export function dueItem(kind: AnyDueKind, { key, dueAt, text }: DueRow): DueItem<unknown> {
  const { version = 1 } = kind;
  const found = fromVersionedText(text);
  if (found.version !== version) {
    throw new Error(`due work of kind ${kind.kind} has version ${found.version}; this release reads ${version}`);
  }
  return { key, dueAt, body: (found.value as { readonly body: unknown }).body };
}
