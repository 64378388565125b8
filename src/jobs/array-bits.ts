import type { Leaf } from '../core/job.ts';
import { pendingLeaf, runnableLeaf } from '../lifecycle/index.ts';
import { encodeChildren, type StoredChildren } from './child-codec.ts';
import { type ChildCode, childCode, isEndedCode } from './child-states.ts';
import type { JobsContext } from './context.ts';
import type { ArrayEntry } from './entry.ts';
import type { JobTransaction } from './transaction.ts';

/** Call before the first change of a child: the bits are written once, when the batch closes. */
export function touchChildren(context: JobsContext, transaction: JobTransaction, array: ArrayEntry): void {
  context.touch(transaction, array);
  array.changedAt = context.now();
  if (array.bitsIn !== transaction) putBits(transaction, array);
}

/** Writes what all children are, once the batch closes. */
export function putBits(transaction: JobTransaction, array: ArrayEntry): void {
  array.bitsIn = transaction;
  transaction.add({ kind: 'arrayBits.put', number: array.number, encode: () => encodeChildren(storedChildren(array)) });
}

function storedChildren({ children, changedAt, fellAt }: ArrayEntry): StoredChildren {
  return { codes: children.codes(), changedAt, ...(fellAt === undefined ? {} : { fellAt }) };
}

/** What a child is, if it has not ended. */
export function childLeaf(array: ArrayEntry, index: number): Leaf | undefined {
  const code = array.children.at(index);
  if (isEndedCode(code)) return undefined;
  return array.live.get(index)?.leaf ?? (code === childCode.pending ? pendingLeaf : runnableLeaf);
}

export function isPendingCode(code: ChildCode): boolean {
  return code === childCode.pending || code === childCode.pendingStopped;
}

/** Whether a child waits for a job outside of its array. */
export function waitsOutside(array: ArrayEntry, index: number): boolean {
  return array.open > 0 || (array.openPairs?.[index] ?? 0) > 0;
}

export function isReady(array: ArrayEntry, index: number): boolean {
  if (waitsOutside(array, index)) return false;
  // Of a stopped array a child that waits for a sibling only need not wait: none of them may start any more.
  return (
    array.state.stop !== undefined ||
    !array.isSequential ||
    index === 0 ||
    array.children.at(index - 1) === childCode.succeeded
  );
}
