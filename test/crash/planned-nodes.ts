import {
  type BatchClient,
  DescribeJobsCommand,
  type JobDetail,
  RegisterJobDefinitionCommand,
} from '@aws-sdk/client-batch';
import { submit } from '../support/jobs.ts';
import type { SeededRandom } from '../support/seeded-random.ts';
import { finalExitCode, type PlannedJob } from './planned-job.ts';

/** A multi-node job, whose outcome is that of its main node. */
export interface PlannedGang {
  readonly jobId: string;
  readonly size: number;
  readonly planned: PlannedJob;
}

/** Of which the one in the middle is the main node. */
const mostNodes = 4;
const mainNode = 1;
/** The most that AWS allows: attempts that are lost with their host count. */
const attempts = 10;

/**
 * What each node runs: leaves its mark. The main node goes on until every other has come, and exits with the code of its attempt; one
 * that hangs does not. Of the others some exit at once, and some when they are stopped.
 */
function scriptIn(shared: string): string {
  return [
    'read mark </proc/sys/kernel/random/uuid',
    `here=${shared}/came-\${AWS_BATCH_JOB_ID%#*}-$AWS_BATCH_JOB_ATTEMPT`,
    `echo "$AWS_BATCH_JOB_ID $AWS_BATCH_JOB_ATTEMPT $mark" >>${shared}/marks`,
    `if [ $AWS_BATCH_JOB_NODE_INDEX != ${mainNode} ]; then`,
    '  [ -n "$AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS" ] || exit 9',
    '  echo >>$here',
    '  [ $AWS_BATCH_JOB_NODE_INDEX = 0 ] && exit 5',
    '  exec sleep 1000',
    'fi',
    '[ "$HANGS" = yes ] && exec sleep 1000',
    'came() { [ -e $here ] && set -- $(wc -l <$here) && [ $1 -ge $((AWS_BATCH_JOB_NUM_NODES - 1)) ]; }',
    'until came; do sleep 0.05; done',
    'sleep 0.3',
    'set -- $CODES; while [ $# -gt 1 ] && [ $AWS_BATCH_JOB_ATTEMPT -gt 1 ]; do shift; AWS_BATCH_JOB_ATTEMPT=$((AWS_BATCH_JOB_ATTEMPT - 1)); done',
    'exit $1',
  ].join('\n');
}

/** Submits so many multi-node jobs of two to four nodes. Some wait for earlier ones, fail at first or for good, or hang until they are stopped. */
export async function submitGangs(
  batch: BatchClient,
  shared: string,
  count: number,
  random: SeededRandom,
): Promise<readonly PlannedGang[]> {
  const jobDefinition = await register(batch, shared);
  const gangs: PlannedGang[] = [];
  for (let index = 0; index < count; index += 1) {
    const others = gangs.filter(({ planned }) => planned.stop === undefined);
    const before =
      index % 3 === 0 ? [] : [others[random.below(others.length)], others.at(-1)].flatMap((gang) => gang ?? []);
    const dependsOn = [...new Set(before)];
    const planned = plannedJob(
      index,
      dependsOn.map((gang) => gang.planned),
    );
    const size = 2 + random.below(mostNodes - 1);
    const environment = [
      { name: 'CODES', value: planned.exitCodes.join(' ') },
      { name: 'HANGS', value: planned.stop ? 'yes' : 'no' },
    ];
    const jobId = await submit(batch, jobDefinition, {
      jobName: planned.name,
      dependsOn: dependsOn.map((gang) => ({ jobId: gang.jobId })),
      nodeOverrides: {
        numNodes: size,
        nodePropertyOverrides: [{ targetNodes: '0:', containerOverrides: { environment } }],
      },
    });
    gangs.push({ jobId, size, planned });
  }
  return gangs;
}

/** Each fifth fails at first, each seventh for good, and each sixth, which waits for none, hangs. */
function plannedJob(index: number, dependsOn: readonly PlannedJob[]): PlannedJob {
  const exitCodes = index % 7 === 5 ? [finalExitCode] : index % 5 === 1 ? [1, 0] : [0];
  const base = { name: `nodes-${index}`, lines: 0, exitCodes, attempts, dependsOn };
  return index % 6 === 3 ? { ...base, behaviour: 'hang', stop: 'terminate' } : { ...base, behaviour: 'run' };
}

async function register(batch: BatchClient, shared: string): Promise<string> {
  const container = {
    image: 'host',
    command: ['/bin/sh', '-c', scriptIn(shared)],
    resourceRequirements: [
      { type: 'VCPU' as const, value: '1' },
      { type: 'MEMORY' as const, value: '32' },
    ],
    volumes: [{ name: 'shared', host: { sourcePath: shared } }],
    mountPoints: [{ sourceVolume: 'shared', containerPath: shared }],
  };
  const { jobDefinitionArn = '' } = await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: 'nodes-crash',
      type: 'multinode',
      nodeProperties: { numNodes: 2, mainNode, nodeRangeProperties: [{ targetNodes: '0:', container }] },
      retryStrategy: { attempts, evaluateOnExit: [{ action: 'EXIT', onExitCode: String(finalExitCode) }] },
    }),
  );
  return jobDefinitionArn;
}

/** The jobs as they are now. */
export async function describeGangs(batch: BatchClient, gangs: readonly PlannedGang[]): Promise<readonly JobDetail[]> {
  const found: JobDetail[] = [];
  for (let from = 0; from < gangs.length; from += 100) {
    const jobs = gangs.slice(from, from + 100).map(({ jobId }) => jobId);
    found.push(...((await batch.send(new DescribeJobsCommand({ jobs }))).jobs ?? []));
  }
  return found;
}

/** The nodes of a job that have ever started, by their index. */
export async function describeNodes(
  batch: BatchClient,
  { jobId, size }: PlannedGang,
): Promise<ReadonlyMap<number, JobDetail>> {
  const jobs = Array.from({ length: size }, (_, index) => `${jobId}#${index}`);
  const { jobs: nodes = [] } = await batch.send(new DescribeJobsCommand({ jobs }));
  return new Map(nodes.map((node) => [node.nodeDetails?.nodeIndex ?? -1, node]));
}

/** Which node's outcome is the job's. */
export const mainNodeOf = (nodes: ReadonlyMap<number, JobDetail>): JobDetail | undefined => nodes.get(mainNode);
