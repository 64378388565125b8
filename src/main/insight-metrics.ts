import { Gauge, type Registry } from 'prom-client';
import {
  ContainerInsights,
  type InsightValue,
  instancesShown,
  type JobYard,
  insightMetrics as units,
} from '../services/batch/index.ts';
import type { OwnMetrics } from '../services/cloudwatch/index.ts';
import type { Ledger } from '../store/index.ts';

export interface InsightMetricsParts {
  readonly own: Pick<OwnMetrics, 'addSource'>;
  readonly metrics: Registry;
  readonly ledger: Ledger;
  readonly yard: JobYard;
}

/** Puts what Container Insights says into CloudWatch each minute, and shows at `/metrics` what it said last. */
export function insightMetrics({ own, metrics, ledger, yard }: InsightMetricsParts): void {
  const insights = new ContainerInsights({
    ...{ ledger, usage: yard.usage },
    instances: (environment) =>
      environment.computeResources?.type.startsWith('FARGATE') ? undefined : instancesShown(environment, yard),
  });
  let last: readonly InsightValue[] = [];
  new Gauge({
    name: 'batchyard_container_insights',
    help: 'Container Insights of compute environments that have it on, as of the last minute; with a family, of the jobs of a definition.',
    labelNames: ['metric', 'cluster', 'family', 'region'],
    registers: [metrics],
    collect() {
      this.reset();
      for (const { metric, cluster, family = '', region, value } of last)
        this.set({ metric, cluster, family, region }, value);
    },
  });
  own.addSource(async () => {
    last = await insights.look();
    return last.map(({ account, region, cluster: ClusterName, family, metric: name, value }) => ({
      ...{ account, region, namespace: 'ECS/ContainerInsights', name, unit: units[name], value },
      dimensions: { ClusterName, ...(family === undefined ? {} : { TaskDefinitionFamily: family }) },
    }));
  });
}
