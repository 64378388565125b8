import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { z } from 'zod';
import { parseExpression } from './math/parse.ts';
import { MathRefused } from './math/value.ts';
import { readStatistic } from './points/statistic.ts';
import type { StoredMetricQuery } from './records.ts';
import { invalid, notBuilt } from './refusals.ts';
import { type metricQuery, readDimensions, shownDimensions } from './shapes.ts';

type Given = z.infer<typeof metricQuery>;

const longestPeriod = 86_400;

/** Whether AWS takes it: 1, 5, 10, 20, 30 or a multiple of 60. */
export function isPeriod(period: number): boolean {
  if (period >= 60) return period % 60 === 0;
  return [1, 5, 10, 20, 30].includes(period);
}

/** Reads the queries of a request or an alarm. Throws in AWS's words. */
export function readQueries(given: readonly Given[]): StoredMetricQuery[] {
  const ids = new Set<string>();
  return given.map((query) => {
    if (!/^[a-z]\w*$/.test(query.Id)) {
      throw invalid(
        `The value ${query.Id} for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      );
    }
    if (ids.has(query.Id))
      throw invalid(`The values for parameter id in MetricDataQueries are not unique: ${query.Id}.`);
    ids.add(query.Id);
    return readQuery(query);
  });
}

function readQuery({
  Id: id,
  MetricStat,
  Expression,
  Label,
  ReturnData = true,
  Period,
  AccountId,
}: Given): StoredMetricQuery {
  if (AccountId !== undefined) throw notBuilt('a query for the metrics of another account');
  if ((MetricStat === undefined) === (Expression === undefined)) {
    throw invalid(`Either MetricStat or Expression must be specified for ${id}, and not both.`);
  }
  if (Label?.includes('${')) throw notBuilt('a label with dynamic values');
  if (Period !== undefined) checkPeriod(Period);
  const common = { id, returnData: ReturnData, ...(Label && { label: Label }), ...(Period && { period: Period }) };
  if (Expression !== undefined) {
    refusing(() => parseExpression(Expression));
    return { ...common, expression: Expression };
  }
  return { ...common, ...(MetricStat && { stat: readStat(MetricStat) }) };
}

function readStat({ Metric, Period: period, Stat: statistic, Unit: unit }: NonNullable<Given['MetricStat']>) {
  const { Namespace: namespace, MetricName: name, Dimensions } = Metric;
  if (namespace === undefined || name === undefined)
    throw invalid('The parameters Namespace and MetricName are required.');
  checkPeriod(period);
  if (!readStatistic(statistic)) throw invalid(`The value ${statistic} for parameter Stat is not a valid statistic.`);
  return { namespace, name, dimensions: readDimensions(Dimensions), period, statistic, ...(unit && { unit }) };
}

function checkPeriod(period: number): void {
  if (!isPeriod(period) || period > longestPeriod) {
    throw invalid(`Period must be 1, 5, 10, 20, 30, or a multiple of 60, up to ${longestPeriod}: ${period} is not.`);
  }
}

/** What metric math refuses is a wrong request. */
export function refusing<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof MathRefused) throw invalid(error.message);
    throw error;
  }
}

/** A query as it is shown. */
export function shownQuery({ id, label, returnData, period, expression, stat }: StoredMetricQuery): MetricDataQuery {
  return {
    Id: id,
    ...(stat && {
      MetricStat: {
        Metric: {
          Namespace: stat.namespace,
          MetricName: stat.name,
          Dimensions: shownDimensions(stat.dimensions),
        },
        Period: stat.period,
        Stat: stat.statistic,
        ...(stat.unit && { Unit: stat.unit as never }),
      },
    }),
    ...(expression !== undefined && { Expression: expression }),
    ...(label !== undefined && { Label: label }),
    ReturnData: returnData,
    ...(period !== undefined && { Period: period }),
  };
}
