import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { formatPageToken, parsePageToken } from '../../../core/page.ts';
import { anyResource } from '../access.ts';
import type { MetricMath } from '../math/evaluate.ts';
import { MathRefused, type Series } from '../math/value.ts';
import { readQueries } from '../metric-query.ts';
import { cloudWatchOperation } from '../operation.ts';
import { startGrain } from '../points/reader.ts';
import type { StoredMetricQuery } from '../records.ts';
import { invalid, invalidToken } from '../refusals.ts';
import { list, metricQuery, time, whole } from '../shapes.ts';

const mostQueries = 500;
const mostPoints = 100_800;
/** Points that a request may read, of all its metrics: what is held of them at once is some hundred megabytes at most. */
const mostRead = 2_000_000;

const schema = z.object({
  MetricDataQueries: list(metricQuery, mostQueries),
  StartTime: time,
  EndTime: time,
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
  MaxDatapoints: whole.optional(),
  LabelOptions: z.object({ Timezone: z.string().optional() }).optional(),
});
type Input = z.infer<typeof schema>;

/** Points of metrics and of expressions over them. */
export const getMetricData = cloudWatchOperation<GetMetricDataCommandInput, GetMetricDataCommandOutput>()<Input>({
  schema,
  readOnly: true,
  audit: 'data',
  access: anyResource('GetMetricData'),
  handler: async ({ queries: runner, clock }, input, context) => {
    const queries = readQueries(input.MetricDataQueries);
    const window = windowOf(input, clock.now() / 1000);
    checkSize(queries, window);
    const most = input.MaxDatapoints ?? mostPoints;
    if (most < 1 || most > mostPoints) throw invalid(`MaxDatapoints must be between 1 and ${mostPoints}.`);
    const math = await refusingLater(() => runner.run(context, queries, window));
    const wanted = queries.filter(({ returnData }) => returnData);
    if (wanted.length === 0) throw invalid('At least one query must return data.');
    const found = wanted.flatMap((query) => resultsOf(math, query));
    return page(found, {
      most,
      isAscending: input.ScanBy === 'TimestampAscending',
      token: input.NextToken || undefined,
    });
  },
});

function windowOf({ StartTime, EndTime }: Input, now: number) {
  const [start, to] = [StartTime.getTime() / 1000, EndTime.getTime() / 1000];
  if (start >= to) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  const grain = startGrain(now, start);
  return { from: Math.floor(start / grain) * grain, to, origin: 0 };
}

/** What a request may read: AWS's own limit is on what it answers. */
function checkSize(
  queries: readonly StoredMetricQuery[],
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const points = queries.reduce((sum, { stat }) => sum + (stat ? Math.ceil((to - from) / stat.period) : 0), 0);
  if (points > mostRead) throw invalid(`The request asks for ${points} points; at most ${mostRead} are read at once.`);
}

async function refusingLater<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof MathRefused ? invalid(error.message) : error;
  }
}

interface Found {
  readonly id: string;
  readonly label: string;
  readonly points: readonly (readonly [time: number, value: number])[];
}

function resultsOf(math: MetricMath, { id, label, expression }: StoredMetricQuery): Found[] {
  const shown = (series: Series, own: string): Found => ({ id, label: own, points: [...series.points] });
  try {
    const value = math.valueOf(id);
    if (value.kind === 'series') return [shown(value, label ?? (expression === undefined ? value.label : id))];
    if (value.kind === 'list')
      return value.items.map((item) => shown(item, label ? `${label} ${item.label}` : item.label));
  } catch (error) {
    throw error instanceof MathRefused ? invalid(error.message) : error;
  }
  throw invalid(`The expression '${id}' must come to a time series: it comes to a single number.`);
}

interface Paging {
  readonly most: number;
  readonly isAscending: boolean;
  readonly token: string | undefined;
}

/** As many points as a page holds. A result that goes on is partial. */
function page(
  found: readonly Found[],
  { most, isAscending, token }: Paging,
): Omit<GetMetricDataCommandOutput, '$metadata'> {
  let { result, point } = token === undefined ? { result: 0, point: 0 } : readToken(token);
  const MetricDataResults: MetricDataResult[] = [];
  for (let room = most; result < found.length; result += 1, point = 0) {
    const { id, label, points } = found[result] ?? { id: '', label: '', points: [] };
    const ordered = points.toSorted(([one], [other]) => (isAscending ? one - other : other - one));
    const slice = ordered.slice(point, point + room);
    const isWhole = point + slice.length === ordered.length;
    MetricDataResults.push({
      ...{ Id: id, Label: label, StatusCode: isWhole ? 'Complete' : 'PartialData' },
      Timestamps: slice.map(([at]) => new Date(at * 1000)),
      Values: slice.map(([, value]) => value),
    });
    room -= slice.length;
    if (!isWhole)
      return { MetricDataResults, NextToken: formatPageToken('metricData', { result, point: point + slice.length }) };
    if (room === 0 && result + 1 < found.length) {
      return { MetricDataResults, NextToken: formatPageToken('metricData', { result: result + 1, point: 0 }) };
    }
  }
  return { MetricDataResults, Messages: [] };
}

function readToken(token: string): { result: number; point: number } {
  const { result, point } = parsePageToken('metricData', token) ?? {};
  if (!Number.isSafeInteger(result) || !Number.isSafeInteger(point)) return invalidToken();
  return { result: Number(result), point: Number(point) };
}
