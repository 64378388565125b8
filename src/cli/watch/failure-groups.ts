import { type Range, rangesOf } from '../output/ranges.ts';
import type { Failure } from './failure.ts';

/** Stands for the number of an attempt of a job that failed without one. */
export const noAttempt = 0;

/** One that failed: the index of a child, or the number of an attempt. */
export interface Failed {
  readonly member: number;
  readonly failure: Failure;
}

/** Those that failed alike. */
export interface FailureGroup {
  /** Of the first; what names a single instance or task is left out of its words, if others named others. */
  readonly failure: Failure;
  /** Rising. */
  readonly members: readonly number[];
  readonly ranges: readonly Range[];
}

/** Groups by reason and exit code, the largest group first; of groups of one size that which failed first by index. */
export function groupFailures(failed: readonly Failed[]): readonly FailureGroup[] {
  const groups = [...Map.groupBy(failed, ({ failure }) => keyOf(failure)).values()].map((alike) => {
    const members = alike.map(({ member }) => member).sort((a, b) => a - b);
    return { failure: commonFailure(alike), members, ranges: rangesOf(members) };
  });
  return groups.sort((a, b) => b.members.length - a.members.length || (a.members[0] ?? 0) - (b.members[0] ?? 0));
}

function keyOf(failure: Failure): string {
  const { exitCode, statusReason, reason, container } = withoutIds(failure);
  return JSON.stringify([exitCode, statusReason, reason, container]);
}

function commonFailure(alike: readonly Failed[]): Failure {
  const [first] = alike;
  if (!first) return {};
  const { statusReason, reason } = first.failure;
  const isSame = alike.every(({ failure }) => failure.statusReason === statusReason && failure.reason === reason);
  return isSame ? first.failure : withoutIds(first.failure);
}

function withoutIds(failure: Failure): Failure {
  const { statusReason, reason } = failure;
  return { ...failure, statusReason: withoutIdsIn(statusReason), reason: withoutIdsIn(reason) };
}

/** Instances, jobs and their children, and tasks: each failed child would else be a group of its own. */
const ids = /\bi-[0-9a-f]{8,17}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::\d+)?|\b[0-9a-f]{32}\b/g;

function withoutIdsIn(text: string | undefined): string | undefined {
  return text?.replaceAll(ids, '…');
}
