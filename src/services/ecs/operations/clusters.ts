import type {
  Cluster,
  DescribeClustersCommandInput,
  DescribeClustersCommandOutput,
  ListClustersCommandInput,
  ListClustersCommandOutput,
} from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { ClusterView, ListedTask, TaskViews } from '../../../core/task-view.ts';
import { clusterArn, clusterName, clusterOf } from '../names.ts';
import { clustersAccess, ecsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { demand } from '../refusals.ts';
import { tagList } from '../tags.ts';

export const listClusters = ecsOperation<ListClustersCommandInput, ListClustersCommandOutput>()({
  schema: z.object({ maxResults: z.int().optional(), nextToken: z.string().optional() }),
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'ecs:ListClusters', resource: '*' }],
  handler: ({ views }, input, context) => {
    const arns = views.clusters(context).map(({ arn }) => arn);
    const { items, ...page } = pageOf('ListClusters', arns, input);
    return { clusterArns: [...items], ...page };
  },
});

const included = z.enum(['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']);
type Included = readonly z.infer<typeof included>[];

export const describeClusters = ecsOperation<DescribeClustersCommandInput, DescribeClustersCommandOutput>()({
  schema: z.object({ clusters: z.array(z.string()).optional(), include: z.array(included).optional() }),
  readOnly: true,
  audit: 'management',
  access: clustersAccess('DescribeClusters'),
  handler: ({ views }, { clusters: given = [], include = [] }, context) => {
    demand(given.length <= 100, 'Clusters cannot have more than 100 elements.');
    const known = new Map(views.clusters(context).map((cluster) => [cluster.arn, cluster]));
    const asked = given.length > 0 ? given : [undefined];
    const arns = asked.map((each) => (each?.startsWith('arn:') ? each : clusterArn(context, clusterName(each))));
    const found = [...new Set(arns)].flatMap((arn) => known.get(arn) ?? []);
    const held = Map.groupBy(found.length > 0 ? views.tasks(context, 'held') : [], (task) => clusterOf(task.taskArn));
    return {
      clusters: found.map((cluster) => clusterDetail(cluster, views, held.get(cluster.name) ?? [], include)),
      failures: arns.flatMap((arn) => (known.has(arn) ? [] : [{ arn, reason: 'MISSING' }])),
    };
  },
});

function clusterDetail(cluster: ClusterView, views: TaskViews, own: readonly ListedTask[], include: Included): Cluster {
  const running = own.filter(({ status }) => status === 'RUNNING').length;
  const pending = own.length - running;
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: views.instances(cluster).length,
    runningTasksCount: running,
    pendingTasksCount: pending,
    activeServicesCount: 0,
    statistics: include.includes('STATISTICS') ? statisticsOf(cluster, running, pending) : [],
    settings: include.includes('SETTINGS')
      ? [{ name: 'containerInsights', value: cluster.insights ?? 'disabled' }]
      : [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: include.includes('TAGS') ? tagList(cluster.tags) : [],
  };
}

function statisticsOf({ launchType }: ClusterView, running: number, pending: number) {
  const kinds = { EC2: 'EC2', FARGATE: 'Fargate' } as const;
  return Object.entries(kinds).flatMap(([type, name]) => {
    const counts = type === launchType ? { running, pending } : { running: 0, pending: 0 };
    return [
      { name: `running${name}TasksCount`, value: String(counts.running) },
      { name: `pending${name}TasksCount`, value: String(counts.pending) },
    ];
  });
}
