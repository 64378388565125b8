import type {
  DeleteDashboardsCommandInput,
  DeleteDashboardsCommandOutput,
  GetDashboardCommandInput,
  GetDashboardCommandOutput,
  ListDashboardsCommandInput,
  ListDashboardsCommandOutput,
  PutDashboardCommandInput,
  PutDashboardCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { pageFrom } from '../../../core/page.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { textOf, textsOf } from '../../../core/unvalidated.ts';
import { anyResource, dashboardArn } from '../access.ts';
import { cloudWatchOperation } from '../operation.ts';
import { dashboardRecords } from '../records.ts';
import { invalid, invalidToken } from '../refusals.ts';
import type { CloudWatchRuntime } from '../runtime.ts';
import { list, tagList } from '../shapes.ts';
import { readTags } from '../tags.ts';

const dashboardName = z.string().min(1).max(255);
const pageSize = 1_000;
const longestBody = 1_048_576;

export const putDashboard = cloudWatchOperation<PutDashboardCommandInput, PutDashboardCommandOutput>()({
  schema: z.object({
    DashboardName: dashboardName,
    DashboardBody: z.string().max(longestBody),
    Tags: tagList.optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: ({ DashboardName, Tags }, context) => [
    {
      action: 'cloudwatch:PutDashboard',
      resource: dashboardArn(context, textOf(DashboardName) ?? '*'),
      conditions: givenTagConditions(Tags),
    },
  ],
  handler: ({ ledger, clock }, { DashboardName: name, DashboardBody: body, Tags }, context) => {
    if (!/^[\w-]+$/.test(name)) throw invalid('DashboardName may have letters, digits, - and _ only.');
    checkBody(body);
    const before = ledger.get(dashboardRecords, context, name);
    const tags = before && Tags === undefined ? before.tags : readTags(Tags);
    ledger.transact((transaction) => {
      transaction.put(dashboardRecords, { ...scopeOf(context), name, body, tags, changedAt: clock.now() });
    });
    return { DashboardValidationMessages: [] };
  },
});

/** It must be a JSON object with widgets; what these are is kept as it was given. */
function checkBody(body: string): void {
  const refuse = (): never => {
    throw new ServiceError('DashboardInvalidInputError', 'The field DashboardBody must be a valid JSON object');
  };
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    refuse();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse();
}

function find({ ledger }: CloudWatchRuntime, context: RequestContext, name: string) {
  const dashboard = ledger.get(dashboardRecords, context, name);
  if (dashboard) return dashboard;
  throw new ServiceError('DashboardNotFoundError', `Dashboard ${name} does not exist`, { status: 404 });
}

export const getDashboard = cloudWatchOperation<GetDashboardCommandInput, GetDashboardCommandOutput>()({
  schema: z.object({ DashboardName: dashboardName }),
  readOnly: true,
  audit: 'management',
  access: ({ DashboardName }, context) => [
    { action: 'cloudwatch:GetDashboard', resource: dashboardArn(context, textOf(DashboardName) ?? '*') },
  ],
  handler: (runtime, { DashboardName }, context) => {
    const { name, body } = find(runtime, context, DashboardName);
    return { DashboardArn: dashboardArn(context, name), DashboardBody: body, DashboardName: name };
  },
});

export const listDashboards = cloudWatchOperation<ListDashboardsCommandInput, ListDashboardsCommandOutput>()({
  schema: z.object({ DashboardNamePrefix: z.string().max(255).optional(), NextToken: z.string().optional() }),
  readOnly: true,
  audit: 'management',
  access: anyResource('ListDashboards'),
  handler: ({ ledger }, { DashboardNamePrefix = '', NextToken }, context) => {
    const after = (name: string | undefined) =>
      ledger
        .by(dashboardRecords, context, 'name', { after: name })
        .filter((dashboard) => dashboard.name.startsWith(DashboardNamePrefix));
    const request = { kind: 'dashboards', size: pageSize, token: NextToken || undefined, refuse: invalidToken };
    const { items, nextToken } = pageFrom(after, ({ name }) => name, request);
    const DashboardEntries = items.map(({ name, body, changedAt }) => ({
      ...{ DashboardName: name, DashboardArn: dashboardArn(context, name) },
      ...{ LastModified: new Date(changedAt), Size: Buffer.byteLength(body) },
    }));
    return { DashboardEntries, ...(nextToken !== undefined && { NextToken: nextToken }) };
  },
});

/** Deletes all of them or, if one is not there, none. */
export const deleteDashboards = cloudWatchOperation<DeleteDashboardsCommandInput, DeleteDashboardsCommandOutput>()({
  schema: z.object({ DashboardNames: list(dashboardName, 100) }),
  readOnly: false,
  audit: 'management',
  access: ({ DashboardNames }, context) => {
    const names = textsOf(DashboardNames).slice(0, 100);
    const resources = names.length === 0 ? ['*'] : names;
    return resources.map((name) => ({ action: 'cloudwatch:DeleteDashboards', resource: dashboardArn(context, name) }));
  },
  handler: (runtime, { DashboardNames }, context) => {
    const found = [...new Set(DashboardNames)].map((name) => find(runtime, context, name));
    runtime.ledger.transact((transaction) => {
      for (const { name } of found) transaction.delete(dashboardRecords, context, name);
    });
    return {};
  },
});
