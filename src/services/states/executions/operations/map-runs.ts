import type {
  DescribeMapRunCommandInput,
  DescribeMapRunCommandOutput,
  ListMapRunsCommandInput,
  ListMapRunsCommandOutput,
  UpdateMapRunCommandInput,
  UpdateMapRunCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import type { MapRunRecord } from '../../../../store/index.ts';
import { resourceAccess } from '../../access.ts';
import { formatToken, pageMembers, pageSize, parseToken } from '../../page.ts';
import { invalidToken, validationError } from '../../refusals.ts';
import { longArn } from '../../shapes.ts';
import { endedOf, type FullCounts, fullCounts } from '../map-runs.ts';
import { type ExecutionRuntime, findExecution, findMapRun, readsOf } from '../runtime.ts';
import { given } from './shared.ts';

const described = z.object({ mapRunArn: longArn });

/** Settings of a map run, and how far it has come. */
export const describeMapRun = serviceOperation<
  ExecutionRuntime,
  DescribeMapRunCommandInput,
  DescribeMapRunCommandOutput
>()<z.infer<typeof described>>({
  schema: described,
  readOnly: true,
  audit: 'management',
  access: ({ mapRunArn }) => resourceAccess('DescribeMapRun', mapRunArn),
  handler: async (runtime, { mapRunArn }, context) => {
    const run = await findMapRun(runtime, scopeOf(context), mapRunArn);
    return {
      mapRunArn: run.arn,
      executionArn: run.executionArn,
      status: run.status,
      startDate: new Date(run.startedAt),
      ...(run.stoppedAt === undefined ? {} : { stopDate: new Date(run.stoppedAt) }),
      maxConcurrency: run.maxConcurrency,
      toleratedFailurePercentage: run.toleratedFailurePercentage,
      toleratedFailureCount: run.toleratedFailureCount,
      itemCounts: itemCounts(run),
      executionCounts: executionCounts(run),
      redriveCount: run.redriveCount,
      ...(run.redrivenAt === undefined ? {} : { redriveDate: new Date(run.redrivenAt) }),
    };
  },
});

/** Results are written by a ResultWriter alone, which this version has not. */
const neverWritten = { resultsWritten: 0 };

function itemCounts(run: MapRunRecord) {
  const counts = fullCounts(run);
  const pendingRedrive = waiting(counts.pendingRedrive.items);
  const settled = endedOf(counts.items) + pendingRedrive;
  const running = run.status === 'RUNNING' ? Math.max(0, counts.takenItems - settled) : 0;
  return {
    pending: Math.max(0, counts.totalItems - settled - running),
    running,
    ...counts.items,
    total: counts.totalItems,
    ...neverWritten,
    failuresNotRedrivable: counts.notRedrivable.items,
    pendingRedrive,
  };
}

function executionCounts(run: MapRunRecord) {
  const counts = fullCounts(run);
  const { launched, running, executions } = counts;
  const pendingRedrive = waiting(counts.pendingRedrive.executions);
  const pending = Math.max(0, launched - running - endedOf(executions) - pendingRedrive);
  const failuresNotRedrivable = counts.notRedrivable.executions;
  return { pending, running, ...executions, total: launched, ...neverWritten, failuresNotRedrivable, pendingRedrive };
}

function waiting(counts: FullCounts['pendingRedrive']['items']): number {
  return endedOf({ succeeded: 0, ...counts });
}

const listed = z.object({ executionArn: longArn, ...pageMembers });
const tokenKind = 'mapRuns';

/** Lists the map runs that an execution started. */
export const listMapRuns = serviceOperation<ExecutionRuntime, ListMapRunsCommandInput, ListMapRunsCommandOutput>()<
  z.infer<typeof listed>
>({
  schema: listed,
  readOnly: true,
  audit: 'management',
  access: ({ executionArn }) => resourceAccess('ListMapRuns', executionArn),
  handler: async (runtime, { executionArn, maxResults, nextToken }, context) => {
    const scope = scopeOf(context);
    await findExecution(runtime, scope, executionArn);
    const limit = pageSize(maxResults);
    const after = nextToken === undefined ? {} : { after: readToken(nextToken) };
    const found = await readsOf(runtime).mapRuns({ scope, executionArn, ...after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      mapRuns: page.map(listItem),
      ...(found.length > page.length && last ? { nextToken: formatToken(tokenKind, { after: last.arn }) } : {}),
    };
  },
});

function listItem({ arn, executionArn, stateMachineArn, startedAt, stoppedAt }: MapRunRecord) {
  return {
    mapRunArn: arn,
    executionArn,
    stateMachineArn,
    startDate: new Date(startedAt),
    ...(stoppedAt === undefined ? {} : { stopDate: new Date(stoppedAt) }),
  };
}

function readToken(token: string): string {
  const { after } = parseToken(tokenKind, token);
  return typeof after === 'string' ? after : invalidToken();
}

const updated = z.object({
  mapRunArn: longArn,
  maxConcurrency: z.int().min(0).optional(),
  toleratedFailurePercentage: z.number().min(0).max(100).optional(),
  toleratedFailureCount: z.int().min(0).optional(),
});

/** Changes how much of a map run runs at once, and how much of it may fail, while it runs. */
export const updateMapRun = serviceOperation<ExecutionRuntime, UpdateMapRunCommandInput, UpdateMapRunCommandOutput>()<
  z.infer<typeof updated>
>({
  schema: updated,
  readOnly: false,
  audit: 'management',
  access: ({ mapRunArn }) => resourceAccess('UpdateMapRun', mapRunArn),
  handler: async (runtime, { mapRunArn, ...change }, context) => {
    const run = await findMapRun(runtime, scopeOf(context), mapRunArn);
    const running = run.status === 'RUNNING' && (await runtime.executions.updateMapRun(run, given(change)));
    if (!running) validationError('Map Run has already completed', 'CANNOT_UPDATE_COMPLETED_MAP_RUN');
    return {};
  },
});
