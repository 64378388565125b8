import type {
  DescribeTasksCommandInput,
  DescribeTasksCommandOutput,
  ListTasksCommandInput,
  ListTasksCommandOutput,
} from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import type { ClusterView, ListedTask, TaskViews } from '../../../core/task-view.ts';
import { definitionOf, findCluster, isOf, resourceArn, resourceId } from '../names.ts';
import { clusterAccess, ecsOperation, resourcesAccess } from '../operation.ts';
import { pageOf } from '../page.ts';
import { demand, serviceMissing } from '../refusals.ts';
import { taskDetail } from '../task-detail.ts';

export const listTasks = ecsOperation<ListTasksCommandInput, ListTasksCommandOutput>()({
  schema: z.object({
    cluster: z.string().optional(),
    containerInstance: z.string().optional(),
    family: z.string().optional(),
    startedBy: z.string().optional(),
    serviceName: z.string().optional(),
    daemonName: z.string().optional(),
    desiredStatus: z.enum(['PENDING', 'RUNNING', 'STOPPED']).optional(),
    launchType: z.enum(['EC2', 'EXTERNAL', 'FARGATE', 'MANAGED_INSTANCES']).optional(),
    maxResults: z.int().optional(),
    nextToken: z.string().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: clusterAccess('ListTasks'),
  handler: ({ views }, input, context) => {
    const cluster = findCluster(views, context, input.cluster);
    if (input.serviceName !== undefined || input.daemonName !== undefined) throw serviceMissing();
    const instance =
      input.containerInstance === undefined
        ? undefined
        : resourceArn(
            cluster,
            'container-instance',
            resourceId(cluster, 'container-instance', input.containerInstance),
          );
    // Jobs are started by nobody's name.
    const isOther = input.startedBy !== undefined || (input.launchType ?? cluster.launchType) !== cluster.launchType;
    const tasks = isOther ? [] : desired(views, context, input.desiredStatus ?? 'RUNNING');
    const arns: string[] = [];
    for (const { taskArn, containerInstanceArn, jobDefinitionArn } of tasks) {
      const isMeant =
        isOf(cluster, taskArn) &&
        (instance === undefined || containerInstanceArn === instance) &&
        (input.family === undefined || definitionOf(jobDefinitionArn).family === input.family);
      if (isMeant) arns.push(taskArn);
    }
    const { items, ...page } = pageOf('ListTasks', arns, input);
    return { taskArns: [...items], ...page };
  },
});

/** The tasks that are to be in a state: what runs on until it has ended is to be stopped. Nothing is ever to be PENDING. */
function* desired(views: TaskViews, scope: Scope, status: 'PENDING' | 'RUNNING' | 'STOPPED'): Generator<ListedTask> {
  if (status === 'PENDING') return;
  for (const task of views.tasks(scope, 'held')) if (task.isToStop === (status === 'STOPPED')) yield task;
  if (status === 'STOPPED') yield* views.tasks(scope, 'ended');
}

export const describeTasks = ecsOperation<DescribeTasksCommandInput, DescribeTasksCommandOutput>()({
  schema: z.object({
    cluster: z.string().optional(),
    tasks: z.array(z.string()),
    include: z.array(z.enum(['TAGS'])).optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: resourcesAccess('DescribeTasks', 'task', 'tasks'),
  handler: async ({ views }, { tasks: given, include = [], ...input }, context) => {
    const cluster = findCluster(views, context, input.cluster);
    demand(given.length > 0, 'Tasks cannot be empty.');
    demand(given.length <= 100, 'Tasks cannot have more than 100 elements.');
    const ids = [...new Set(given.map((each) => resourceId(cluster, 'task', each)))];
    const found = (await views.describe(context, ids)).filter(({ taskArn }) => isOf(cluster, taskArn));
    const known = new Set<string>(found.map(({ taskId }) => taskId));
    return {
      tasks: found.map((task) => taskDetail(cluster, task, include.includes('TAGS'))),
      failures: ids.flatMap((id) => (known.has(id) ? [] : [missing(cluster, id)])),
    };
  },
});

function missing(cluster: ClusterView, id: string) {
  return { arn: resourceArn(cluster, 'task', id), reason: 'MISSING' };
}
