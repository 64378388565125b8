import type { JobId } from '../core/ids.ts';
import { childId, type TerminalStatus } from '../core/job.ts';
import type { JobsContext } from './context.ts';
import { distinct, type NewJob, pairStatuses, statusNow } from './submission.ts';

/** What the dependencies of a job would make of it, if it were submitted now. */
export interface Prospect {
  /** It would end FAILED at once, with each child that it has. */
  readonly fails: boolean;
  /** What it would wait for before anything of it may start: jobs, and children. */
  readonly open: readonly JobId[];
  /** Children of it that would end FAILED at once, while others may run. */
  readonly fallen: number;
}

/** Reads what `submitJob` would count, and changes nothing. */
export function prospectOf(context: JobsContext, job: NewJob): Prospect {
  const { ended, kind } = job;
  const dependencies = distinct(job.dependsOn);
  const isPair = ({ type, index }: (typeof dependencies)[number]) =>
    kind === 'array' && type === 'N_TO_N' && index === undefined;
  const open: JobId[] = [];
  for (const { on, index } of dependencies.filter((each) => !isPair(each))) {
    const status = statusNow(context, on, index, ended);
    if (status === 'FAILED') return { fails: true, open: [], fallen: 0 };
    if (status === undefined) open.push(index === undefined ? on : childId(on, index));
  }
  const pairs = dependencies.filter(isPair).map(({ on }) => ({ on, statusOf: pairStatuses(context, on, ended) }));
  if (kind !== 'array' || pairs.length === 0) return { fails: false, open, fallen: 0 };
  return prospectOfPairs(job.size, job.dependsOn.some(isSequence), open, pairs);
}

function isSequence(dependency: NewJob['dependsOn'][number]): boolean {
  return !('on' in dependency);
}

interface Pair {
  readonly on: JobId;
  readonly statusOf: (index: number) => TerminalStatus | undefined;
}

/** Child by child. In a sequence all fall that come after one that has, and none starts before the first. */
function prospectOfPairs(
  size: number,
  isSequential: boolean,
  plain: readonly JobId[],
  pairs: readonly Pair[],
): Prospect {
  let [fallen, isReady] = [0, false];
  const waits = new Set<JobId>();
  for (let index = 0; index < size; index += 1) {
    const open = pairs.filter(({ statusOf }) => statusOf(index) !== 'SUCCEEDED');
    if ((isSequential && fallen > 0) || open.some(({ statusOf }) => statusOf(index) === 'FAILED')) fallen += 1;
    else if (open.length > 0) for (const { on } of open) waits.add(on);
    else if (!isSequential || index === 0) isReady = true;
  }
  if (fallen === size) return { fails: true, open: [], fallen: 0 };
  return { fails: false, open: isReady ? plain : [...new Set([...plain, ...waits])], fallen };
}
