import { type BatchClient, DescribeJobsCommand, type JobDependency, type JobDetail } from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { describeJob } from '../support/wait.ts';
import { finalExitCode, type PlannedJob } from './planned-job.ts';

/** An array whose children are planned one by one, by their index. */
export interface PlannedArray {
  readonly jobId: string;
  readonly children: readonly PlannedJob[];
  readonly isSequential: boolean;
}

/** Each seventh child fails at first. */
const failsAtFirst = (index: number) => index % 7 === 3;
/** Each fiftieth child of some arrays fails for good. */
const failsForGood = (index: number) => index % 50 === 49;
/** The most that AWS allows: attempts that are lost with their host count. */
const attempts = 10;

/** What each child runs: leaves its mark and exits as its index says; with FAILS some fail for good. */
function scriptIn(shared: string): string {
  return [
    'read mark </proc/sys/kernel/random/uuid',
    `echo "$AWS_BATCH_JOB_ID $AWS_BATCH_JOB_ATTEMPT $mark" >>${shared}/marks`,
    `[ "$FAILS" = yes ] && [ $((AWS_BATCH_JOB_ARRAY_INDEX % 50)) = 49 ] && exit ${finalExitCode}`,
    '[ $((AWS_BATCH_JOB_ARRAY_INDEX % 7)) = 3 ] && [ $AWS_BATCH_JOB_ATTEMPT = 1 ] && exit 1',
    'exit 0',
  ].join('\n');
}

interface ArrayPlan {
  readonly size: number;
  readonly fails?: boolean;
  readonly dependsOn?: readonly JobDependency[];
  /** Those of which each child waits for the one of its index, or for the last of them. */
  readonly pairs?: PlannedArray;
}

/**
 * Submits an array of `size` children; one whose children wait for its own, some of which fail for good; one that is paired with
 * that; and one that runs in sequence when the first has succeeded.
 */
export async function submitArrays(batch: BatchClient, shared: string, size: number): Promise<readonly PlannedArray[]> {
  const evaluateOnExit = [{ action: 'EXIT' as const, onExitCode: String(finalExitCode) }];
  const retryStrategy = { attempts, evaluateOnExit };
  const definition = await registerShell(batch, {
    name: 'array-crash',
    script: scriptIn(shared),
    directory: shared,
    retryStrategy,
  });
  const take = async (plan: ArrayPlan): Promise<PlannedArray> => {
    const { fails = false, dependsOn = [] } = plan;
    const jobId = await submit(batch, definition, {
      arrayProperties: { size: plan.size },
      dependsOn: [...dependsOn],
      containerOverrides: { environment: [{ name: 'FAILS', value: fails ? 'yes' : 'no' }] },
    });
    const isSequential = dependsOn.some(({ type }) => type === 'SEQUENTIAL');
    return { jobId, children: plannedChildren(plan, isSequential), isSequential };
  };
  const first = await take({ size });
  const second = await take({ size, fails: true, pairs: first, dependsOn: [{ jobId: first.jobId, type: 'N_TO_N' }] });
  const third = await take({ size, pairs: second, dependsOn: [{ jobId: second.jobId, type: 'N_TO_N' }] });
  const sequence = [{ jobId: first.jobId }, { type: 'SEQUENTIAL' as const }];
  const fourth = await take({ size: Math.ceil(size / 20), dependsOn: sequence });
  return [first, second, third, fourth];
}

function plannedChildren({ size, fails, pairs }: ArrayPlan, isSequential: boolean): readonly PlannedJob[] {
  const children: PlannedJob[] = [];
  for (let index = 0; index < size; index += 1) {
    const exitCodes = fails && failsForGood(index) ? [finalExitCode] : failsAtFirst(index) ? [1, 0] : [0];
    const dependsOn = [pairs?.children[index], isSequential ? children.at(-1) : undefined].flatMap((job) => job ?? []);
    children.push({ name: `child ${index}`, behaviour: 'run', lines: 0, exitCodes, attempts, dependsOn });
  }
  return children;
}

/** How many children of the arrays have ended. Throws if the summary of one does not add up. */
export async function endedChildren(batch: BatchClient, arrays: readonly PlannedArray[]): Promise<number> {
  let ended = 0;
  for (const { jobId, children } of arrays) {
    const { arrayProperties } = await describeJob(batch, jobId);
    const summary = arrayProperties?.statusSummary ?? {};
    const sum = Object.values(summary).reduce((total, count) => total + count, 0);
    if (sum !== children.length) throw new Error(`${JSON.stringify(summary)} are not ${children.length} children`);
    ended += (summary.SUCCEEDED ?? 0) + (summary.FAILED ?? 0);
  }
  return ended;
}

/** All children of an array, by index. */
export async function describeChildren(batch: BatchClient, array: PlannedArray): Promise<readonly JobDetail[]> {
  const found: JobDetail[] = [];
  for (let from = 0; from < array.children.length; from += 100) {
    const jobs = array.children.slice(from, from + 100).map((_child, ahead) => `${array.jobId}:${from + ahead}`);
    found.push(...((await batch.send(new DescribeJobsCommand({ jobs }))).jobs ?? []));
  }
  return found;
}
