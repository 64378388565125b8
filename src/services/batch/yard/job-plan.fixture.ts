import { formatArn } from '../../../core/arn.ts';
import type { JobId } from '../../../core/ids.ts';
import {
  type ConsumableRequest,
  type Dependency,
  type ResourceRequest,
  type RetryStrategy,
  sumOfNodes,
} from '../../../core/job.ts';
import type { ContainerRecord, NodeSpecification } from '../../../core/job-specification.ts';
import type { MockBehaviour } from '../../../engines/index.ts';
import type { NewJob } from './contract.ts';
import { consumable, queueArn, scope } from './resources.fixture.ts';

/** What a job of these tests is. */
export interface JobPlan {
  readonly vcpus?: number;
  readonly memoryMiB?: number;
  readonly behaviour?: MockBehaviour;
  readonly retryStrategy?: RetryStrategy;
  readonly timeoutSeconds?: number;
  readonly dependsOn?: readonly (JobId | Dependency)[];
  /** What the store says of those of them that have ended. */
  readonly ended?: NewJob['ended'];
  readonly failsAtOnce?: string;
  readonly logGroup?: string;
  /** What its container has beside. */
  readonly container?: Partial<ContainerRecord>;
  /** Its node, beside its containers. */
  readonly node?: Partial<NodeSpecification>;
  /** @default EC2 */
  readonly platform?: 'EC2' | 'FARGATE';
  /** @default awslogs */
  readonly logDriver?: string;
  /** Names of containers beside the job's own. */
  readonly sideCars?: readonly string[];
  readonly queueArn?: string;
  /** Whose it is, in a queue that has a policy. */
  readonly share?: string;
  /** Greater ones come first in their share. @default 0 */
  readonly priority?: number;
  /** Name and revision of its definition. @default definition:1 */
  readonly definition?: string;
  /** An array of so many children. */
  readonly size?: number;
  /** How much it needs of consumable resources, by name. */
  readonly needs?: Readonly<Record<string, number>>;
  /** A multi-node job of so many nodes, each of which asks for what the plan says; the last one is its main node. */
  readonly nodes?: number;
}

/** The job that a plan asks for, as its submission hands it to the yard. */
export function newJob(jobId: JobId, plan: JobPlan, createdAt: number): NewJob {
  const { vcpus = 1, memoryMiB = 16, retryStrategy = { attempts: 1, evaluateOnExit: [] }, dependsOn = [] } = plan;
  const jobName = 'job';
  const { logGroup, logDriver: driver = 'awslogs' } = plan;
  const log = logGroup ? { log: { driver, options: { 'awslogs-group': logGroup } } } : { log: { driver } };
  const container = { image: 'image', command: ['true'], resources: { vcpus, memoryMiB }, ...log, ...plan.container };
  return {
    ...scope,
    jobId,
    jobName,
    jobQueueArn: plan.queueArn ?? queueArn,
    jobDefinitionArn: formatArn('batch', scope, `job-definition/${plan.definition ?? 'definition:1'}`),
    createdAt,
    ...kindOf(plan, { vcpus, memoryMiB, gpus: 0 }),
    schedulingPriority: plan.priority ?? 0,
    ...(plan.share === undefined ? {} : { shareIdentifier: plan.share }),
    ended: plan.ended ?? new Map(),
    dependsOn: dependsOn.map((each) => (typeof each === 'string' ? { on: each } : each)),
    retryStrategy,
    ...(plan.timeoutSeconds === undefined ? {} : { timeoutSeconds: plan.timeoutSeconds }),
    ...(plan.failsAtOnce === undefined ? {} : { failsAtOnce: plan.failsAtOnce }),
    tags: {},
    specification: {
      request: { jobName, jobQueue: 'main', jobDefinition: 'definition' },
      nodes: [
        {
          ...(plan.nodes === undefined ? {} : { range: { first: 0, last: plan.nodes - 1 } }),
          containers: [container, ...(plan.sideCars ?? []).map((name) => ({ ...container, name, essential: false }))],
          ...plan.node,
        },
      ],
      platformCapabilities: [plan.platform ?? 'EC2'],
    },
  };
}

function requestsOf(needs: Readonly<Record<string, number>>): readonly ConsumableRequest[] {
  return Object.entries(needs).map(([name, quantity]) => ({ resource: consumable(name, 0).arn, quantity }));
}

/** `resources`: of each node. */
function kindOf({ size, nodes, needs }: JobPlan, resources: ResourceRequest) {
  const units = needs ? { consumables: requestsOf(needs) } : {};
  const each = { ...resources, ...units };
  if (size !== undefined) return { kind: 'array' as const, size, resources: each };
  if (nodes === undefined) return { kind: 'single' as const, resources: each };
  const ranges = [{ first: 0, last: nodes - 1, resources }];
  const whole = { ...sumOfNodes(ranges), ...units };
  return { kind: 'multiNode' as const, size: nodes, mainNode: nodes - 1, ranges, resources: whole };
}
