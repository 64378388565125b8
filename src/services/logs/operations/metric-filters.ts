import type {
  DeleteMetricFilterCommandInput,
  DeleteMetricFilterCommandOutput,
  DescribeMetricFiltersCommandInput,
  DescribeMetricFiltersCommandOutput,
  MetricFilter,
  PutMetricFilterCommandInput,
  PutMetricFilterCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import { mapOf } from '../../../core/map-schema.ts';
import { metricUnits } from '../../../core/metric-units.ts';
import { pageOf } from '../../../core/page.ts';
import { groupAccess } from '../access.ts';
import { demand, listOf, numberFrom, oneOf, textOf } from '../constraints.ts';
import { filterKey, type MetricFilterRecord, metricFilterRecords } from '../filters/filter-records.ts';
import { checkFilter, filterMissing, filterNameRule, filterPatternRule, refuseToken } from '../filters/filter-rules.ts';
import { hasFilters, metricFiltersOf } from '../filters/group-filters.ts';
import { readTransformation, transformationRule } from '../filters/metric-transformation.ts';
import { removeMetricFilter } from '../filters/remove-filters.ts';
import { findGroup } from '../groups.ts';
import { quotas } from '../limits.ts';
import { groupNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { invalidParameter, unsupported } from '../refusals.ts';
import type { LogsRuntime } from '../runtime.ts';

const putSchema = z.object({
  logGroupName: z.string(),
  filterName: z.string(),
  filterPattern: z.string(),
  metricTransformations: z.array(
    z.object({
      metricName: z.string(),
      metricNamespace: z.string(),
      metricValue: z.string(),
      defaultValue: z.number().optional(),
      dimensions: mapOf(z.string()).optional(),
      unit: z.enum(metricUnits).optional(),
    }),
  ),
  applyOnTransformedLogs: z.boolean().optional(),
  fieldSelectionCriteria: z.string().optional(),
  emitSystemFieldDimensions: z.array(z.string()).optional(),
});
type PutInput = z.infer<typeof putSchema>;

/** Makes a filter, or puts it in the place of one of the same name: what has not been read yet is decided by the new one. */
export const putMetricFilter = logsOperation<PutMetricFilterCommandInput, PutMetricFilterCommandOutput>()({
  schema: putSchema,
  readOnly: false,
  audit: 'management',
  access: groupAccess('PutMetricFilter'),
  handler: async (runtime, input, context) => {
    check(input);
    const { ledger } = runtime;
    const { logGroupName: groupName, filterName: name, filterPattern: pattern } = input;
    findGroup(runtime, context, groupName);
    checkFilter(ledger, context, groupName, { kind: 'metric', name, pattern });
    const before = ledger.get(metricFilterRecords, context, filterKey(groupName, name));
    const isFirst = !hasFilters(ledger, context, groupName);
    const record = recordOf(input, context, before?.createdAt ?? context.now);
    ledger.transact((transaction) => transaction.put(metricFilterRecords, record));
    if (isFirst) await runtime.filters.filterAdded();
    return {};
  },
});

function check(input: PutInput): void {
  demand(
    groupNameRule('logGroupName', input.logGroupName),
    filterNameRule('filterName', input.filterName),
    filterPatternRule('filterPattern', input.filterPattern),
    listOf(1, 1)('metricTransformations', input.metricTransformations),
    listOf(0, 2, oneOf(['@aws.account', '@aws.region']))('emitSystemFieldDimensions', input.emitSystemFieldDimensions),
  );
  for (const transformation of input.metricTransformations) {
    transformationRule(transformation, input.emitSystemFieldDimensions?.length ?? 0);
  }
  if (input.applyOnTransformedLogs) throw unsupported('applyOnTransformedLogs');
  if (input.fieldSelectionCriteria !== undefined) throw unsupported('fieldSelectionCriteria');
}

function recordOf(input: PutInput, scope: Scope, createdAt: number): MetricFilterRecord {
  const { logGroupName: groupName, filterName: name, filterPattern: pattern } = input;
  const systemFields = [...new Set(input.emitSystemFieldDimensions)];
  return {
    ...scopeOf(scope),
    ...{ groupName, name, pattern, createdAt },
    transformations: input.metricTransformations.map(readTransformation),
    ...(systemFields.length > 0 && { systemFields }),
  };
}

export const deleteMetricFilter = logsOperation<DeleteMetricFilterCommandInput, DeleteMetricFilterCommandOutput>()({
  schema: z.object({ logGroupName: z.string(), filterName: z.string() }),
  readOnly: false,
  audit: 'management',
  access: groupAccess('DeleteMetricFilter'),
  handler: (runtime, { logGroupName, filterName }, context) => {
    demand(groupNameRule('logGroupName', logGroupName), filterNameRule('filterName', filterName));
    findGroup(runtime, context, logGroupName);
    if (!runtime.ledger.get(metricFilterRecords, context, filterKey(logGroupName, filterName))) throw filterMissing();
    runtime.ledger.transact((transaction) => removeMetricFilter(transaction, context, logGroupName, filterName));
    return {};
  },
});

const describeSchema = z.object({
  logGroupName: z.string().optional(),
  filterNamePrefix: z.string().optional(),
  nextToken: z.string().optional(),
  limit: z.number().int().optional(),
  metricName: z.string().optional(),
  metricNamespace: z.string().optional(),
});
type DescribeInput = z.infer<typeof describeSchema>;

/** By name: those of a group, or all that make a metric, or all. */
export const describeMetricFilters = logsOperation<
  DescribeMetricFiltersCommandInput,
  DescribeMetricFiltersCommandOutput
>()({
  schema: describeSchema,
  readOnly: true,
  audit: 'management',
  access: groupAccess('DescribeMetricFilters'),
  handler: (runtime, input, context) => {
    checkDescribe(input);
    const { limit: size = quotas.describePage, nextToken: token } = input;
    const request = { kind: 'metric-filters', size, token, refuse: refuseToken };
    const page = pageOf(
      chosen(runtime, input, context),
      ({ name, groupName }: MetricFilterRecord) => `${name}\n${groupName}`,
      request,
    );
    return { metricFilters: page.items.map(describe), ...(page.nextToken && { nextToken: page.nextToken }) };
  },
});

function checkDescribe(input: DescribeInput): void {
  const metricRule = textOf(0, 255, '[^:*$]*');
  demand(
    numberFrom(1, quotas.describePage)('limit', input.limit),
    groupNameRule('logGroupName', input.logGroupName),
    filterNameRule('filterNamePrefix', input.filterNamePrefix),
    metricRule('metricName', input.metricName),
    metricRule('metricNamespace', input.metricNamespace),
  );
  if ((input.metricName === undefined) !== (input.metricNamespace === undefined)) {
    throw invalidParameter('metricName and metricNamespace must be specified together.');
  }
}

function chosen(runtime: LogsRuntime, input: DescribeInput, scope: Scope): readonly MetricFilterRecord[] {
  const { logGroupName, filterNamePrefix, metricName, metricNamespace } = input;
  if (logGroupName !== undefined) findGroup(runtime, scope, logGroupName);
  const { ledger } = runtime;
  const all =
    logGroupName === undefined
      ? ledger.list(metricFilterRecords, scope)
      : metricFiltersOf(ledger, scope, logGroupName).filter(({ name }) => name.startsWith(filterNamePrefix ?? ''));
  if (metricName === undefined) return all;
  return all.filter(({ transformations }) =>
    transformations.some(({ name, namespace }) => name === metricName && namespace === metricNamespace),
  );
}

function describe({
  name,
  pattern,
  groupName,
  createdAt,
  transformations,
  systemFields,
}: MetricFilterRecord): MetricFilter {
  return {
    filterName: name,
    filterPattern: pattern,
    creationTime: createdAt,
    logGroupName: groupName,
    applyOnTransformedLogs: false,
    ...(systemFields && { emitSystemFieldDimensions: [...systemFields] }),
    metricTransformations: transformations.map(
      ({ name: metricName, namespace, value, unit, dimensions, defaultValue }) => ({
        metricName,
        metricNamespace: namespace,
        metricValue: value,
        ...(defaultValue !== undefined && { defaultValue }),
        ...(dimensions && { dimensions: { ...dimensions } }),
        ...(unit !== undefined && { unit }),
      }),
    ),
  };
}
