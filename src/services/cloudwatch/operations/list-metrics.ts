import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ListMetricsCommandInput, ListMetricsCommandOutput } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { formatPageToken, parsePageToken } from '../../../core/page.ts';
import { anyResource } from '../access.ts';
import { cloudWatchOperation } from '../operation.ts';
import type { Metric } from '../points/catalogue.ts';
import { invalidToken, notBuilt } from '../refusals.ts';
import { flag, list, metricName, namespace, shownDimensions } from '../shapes.ts';

const pageSize = 500;
/** Metrics that are looked at in one turn: some hundred microseconds. */
const lookedPerTurn = 2_000;
const tokenKind = 'metrics';
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
  handler: async ({ metrics, clock }, input, context) => {
    if (input.IncludeLinkedAccounts || input.OwningAccount !== undefined)
      throw notBuilt('ListMetrics of linked accounts');
    const since = clock.now() - (input.RecentlyActive ? recently : listedFor);
    const { items, after } = await scan(
      (behind) => metrics.catalogue.list(context, input.Namespace, behind),
      (metric) => metric.lastAt >= since && isAsked(metric, input),
      readToken(input.NextToken || undefined),
    );
    return {
      Metrics: items.map(shown),
      ...(after !== undefined && { NextToken: formatPageToken(tokenKind, { after: String(after) }) }),
    };
  },
});

function readToken(token: string | undefined): number {
  if (token === undefined) return 0;
  const after = Number(parsePageToken(tokenKind, token)?.after ?? Number.NaN);
  return Number.isSafeInteger(after) ? after : invalidToken();
}

interface Found {
  readonly items: readonly Metric[];
  /** Number behind which the next page begins; absent where nothing is left. */
  readonly after?: number;
}

/** A page of those that are wanted: however few these are, other work is let in every few thousand that are looked at. */
async function scan(
  list: (behind: number) => Iterable<Metric>,
  isWanted: (metric: Metric) => boolean,
  from: number,
): Promise<Found> {
  const items: Metric[] = [];
  for (let [behind, looked] = [from, lookedPerTurn]; looked === lookedPerTurn; await nextTurn()) {
    looked = 0;
    for (const metric of list(behind)) {
      const isOne = isWanted(metric);
      if (isOne && items.length === pageSize) return { items, after: items.at(-1)?.id ?? behind };
      if (isOne) items.push(metric);
      behind = metric.id;
      looked += 1;
      if (looked === lookedPerTurn) break;
    }
  }
  return { items };
}

function isAsked({ name, dimensions }: Metric, { MetricName, Dimensions = [] }: Input): boolean {
  if (MetricName !== undefined && name !== MetricName) return false;
  return Dimensions.every(({ Name, Value }) =>
    dimensions.some((each) => each.name === Name && (Value === undefined || each.value === Value)),
  );
}

function shown({ namespace: Namespace, name: MetricName, dimensions }: Metric) {
  return { Namespace, MetricName, Dimensions: shownDimensions(dimensions) };
}
