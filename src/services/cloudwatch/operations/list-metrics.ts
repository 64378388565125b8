import type { ListMetricsCommandInput, ListMetricsCommandOutput } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { pageFrom } from '../../../core/page.ts';
import { anyResource } from '../access.ts';
import { cloudWatchOperation } from '../operation.ts';
import type { Metric } from '../points/catalogue.ts';
import { invalidToken, notBuilt } from '../refusals.ts';
import { flag, list, metricName, namespace, shownDimensions } from '../shapes.ts';

const pageSize = 500;
/** Metrics that nothing was put to for longer are not listed. */
const listedFor = 14 * 86_400_000;
const recently = 3 * 3_600_000;

const schema = z.object({
  Namespace: namespace.optional(),
  MetricName: metricName.optional(),
  Dimensions: list(
    z.object({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024).optional() }),
    30,
  ).optional(),
  NextToken: z.string().optional(),
  RecentlyActive: z.enum(['PT3H']).optional(),
  IncludeLinkedAccounts: flag.optional(),
  OwningAccount: z.string().max(255).optional(),
});
type Input = z.infer<typeof schema>;

/** The metrics of a scope, in the order in which they came. */
export const listMetrics = cloudWatchOperation<ListMetricsCommandInput, ListMetricsCommandOutput>()<Input>({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListMetrics'),
  handler: ({ metrics, clock }, input, context) => {
    if (input.IncludeLinkedAccounts || input.OwningAccount !== undefined)
      throw notBuilt('ListMetrics of linked accounts');
    const since = clock.now() - (input.RecentlyActive ? recently : listedFor);
    const { Namespace, NextToken } = input;
    const after = (key: string | undefined) =>
      metrics.catalogue
        .list(context, Namespace, key === undefined ? 0 : Number(key))
        .filter((metric) => metric.lastAt >= since && isAsked(metric, input));
    const request = { kind: 'metrics', size: pageSize, token: NextToken || undefined, refuse: invalidToken };
    const { items, nextToken } = pageFrom(after, ({ id }) => String(id), request);
    return { Metrics: items.map(shown), ...(nextToken !== undefined && { NextToken: nextToken }) };
  },
});

function isAsked({ name, dimensions }: Metric, { MetricName, Dimensions = [] }: Input): boolean {
  if (MetricName !== undefined && name !== MetricName) return false;
  return Dimensions.every(({ Name, Value }) =>
    dimensions.some((each) => each.name === Name && (Value === undefined || each.value === Value)),
  );
}

function shown({ namespace: Namespace, name: MetricName, dimensions }: Metric) {
  return { Namespace, MetricName, Dimensions: shownDimensions(dimensions) };
}
