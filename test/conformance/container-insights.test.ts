import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { UpdateComputeEnvironmentCommand } from '@aws-sdk/client-batch';
import { GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeClustersCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { CreateStateMachineCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { registerShell, submit } from '../support/jobs.ts';
import { until } from '../support/wait.ts';
import { openYard, region, settledEnvironment } from './yard.ts';

const { batch, cloudWatch, states, server } = await openYard();
const ecs = new ECSClient({ endpoint: server.url, region, credentials: server.credentials });
after(() => ecs.destroy());
const minutes = () => ({ signal: AbortSignal.timeout(240_000), interval: 500 });

/** The newest point of a metric that is more than 0. */
async function newest(
  Namespace: string,
  MetricName: string,
  given: Record<string, string>,
  Statistic: 'Sum' | 'Average',
) {
  const now = Date.now();
  const { Datapoints = [] } = await cloudWatch.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace, MetricName, Period: 60, Statistics: [Statistic] },
      Dimensions: Object.entries(given).map(([Name, Value]) => ({ Name, Value })),
      ...{ StartTime: new Date(now - 3_600_000), EndTime: new Date(now + 60_000) },
    }),
  );
  return Datapoints.map((point) => point[Statistic] ?? 0).find((value) => value > 0);
}

test('an environment that has Container Insights on tells what its jobs use; calls and executions are counted', {
  timeout: 290_000,
}, async () => {
  const ecsSettings = { containerInsights: 'ENABLED' } as const;
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'default', ecsSettings }));
  await settledEnvironment(batch, 'default');
  const jobDefinition = await registerShell(batch, { name: 'busy', script: 'while :; do :; done' });
  await submit(batch, jobDefinition);
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({
      name: 'counted',
      roleArn: 'arn:aws:iam::123456789012:role/states',
      definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    }),
  );
  await states.send(new StartExecutionCommand({ stateMachineArn }));
  const { clusterArns } = await ecs.send(new ListClustersCommand({}));
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: clusterArns, include: ['SETTINGS'] }));
  assert.deepEqual(clusters?.[0]?.settings, [{ name: 'containerInsights', value: 'enabled' }]);
  const ClusterName = clusters?.[0]?.clusterName ?? '';
  const TaskDefinitionFamily = jobDefinition.split('/').at(-1)?.split(':')[0] ?? '';
  const insights = 'ECS/ContainerInsights';
  const used = await until(
    'CPU units that the jobs of a definition use',
    () => newest(insights, 'CpuUtilized', { ClusterName, TaskDefinitionFamily }, 'Average'),
    minutes(),
  );
  assert.ok(used > 0 && used <= 1_024 * 64);
  for (const name of ['JobCount', 'CpuReserved', 'MemoryReserved', 'MemoryUtilized', 'ContainerInstanceCount'])
    assert.ok(await newest(insights, name, { ClusterName }, 'Average'), name);
  const call = { Type: 'API', Resource: 'SubmitJob', Service: 'Batch', Class: 'None' };
  assert.equal(await newest('AWS/Usage', 'CallCount', call, 'Sum'), 1);
  assert.equal(await newest('AWS/States', 'ExecutionsStarted', { StateMachineArn: `${stateMachineArn}` }, 'Sum'), 1);
  assert.equal(await newest('AWS/States', 'ExecutionsSucceeded', { StateMachineArn: `${stateMachineArn}` }, 'Sum'), 1);
  const { Metrics = [] } = await cloudWatch.send(
    new ListMetricsCommand({ Namespace: insights, MetricName: 'NetworkRxBytes' }),
  );
  // The network of the host is nobody's own: nothing is said of it, rather than 0.
  assert.deepEqual(Metrics, []);
  const shown = await scrape();
  assert.match(
    shown,
    new RegExp(`^batchyard_container_insights\\{metric="JobCount",cluster="${ClusterName}",family="",`, 'm'),
  );
});

test('every metric that the dashboard for Grafana shows is there', async () => {
  const file = join(import.meta.dirname, '../../examples/grafana/batchyard.json');
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
  };
  const named = new Set(
    panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/batchyard_[a-z_]+/g) ?? [])),
  );
  assert.ok(named.size >= 10, [...named].join(' '));
  const known = new Set(Array.from((await scrape()).matchAll(/^# TYPE (\S+)/gm), ([, name]) => name));
  assert.deepEqual(
    [...named].filter((name) => !known.has(name.replace(/_bucket$/, ''))),
    [],
  );
});

async function scrape(): Promise<string> {
  return (await fetch(`${server.url}/metrics`)).text();
}
