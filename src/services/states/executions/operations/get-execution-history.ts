import type { GetExecutionHistoryCommandInput, GetExecutionHistoryCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { ExecutionHeader, HistoryEvent } from '../../../../asl/index.ts';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { resourceAccess } from '../../access.ts';
import { formatToken, pageMembers, pageSize, parseToken } from '../../page.ts';
import { invalidToken } from '../../refusals.ts';
import { longArn } from '../../shapes.ts';
import { type ExecutionRuntime, findExecution, readsOf } from '../runtime.ts';

const schema = z.object({
  executionArn: longArn,
  reverseOrder: z.boolean().optional(),
  includeExecutionData: z.boolean().optional(),
  ...pageMembers,
});

const tokenKinds = { forwards: 'history', backwards: 'history-reversed' } as const;

/** A page of an execution's events, oldest or newest first. Pages of large events are shorter than was asked. */
export const getExecutionHistory = serviceOperation<
  ExecutionRuntime,
  GetExecutionHistoryCommandInput,
  GetExecutionHistoryCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ executionArn }) => resourceAccess('GetExecutionHistory', executionArn),
  handler: async (runtime, input, context) => {
    const scope = scopeOf(context);
    const { executionArn, reverseOrder: backwards = false, includeExecutionData = true, nextToken } = input;
    const { state } = await findExecution(runtime, scope, executionArn);
    const tokenKind = backwards ? tokenKinds.backwards : tokenKinds.forwards;
    const events = (await readsOf(runtime).executionHistory({
      scope,
      arn: executionArn,
      backwards,
      ...(nextToken === undefined ? {} : { from: readToken(tokenKind, nextToken) }),
      limit: pageSize(input.maxResults),
    })) as readonly HistoryEvent[];
    const last = events.at(-1);
    const lastOfAll = backwards ? 1 : ((state.header as ExecutionHeader | undefined)?.nextEventId ?? 1) - 1;
    return {
      events: events.map((event) => shown(event, includeExecutionData)),
      ...(last && last.id !== lastOfAll ? { nextToken: formatToken(tokenKind, { from: last.id }) } : {}),
    };
  },
});

function readToken(kind: string, token: string): number {
  const { from } = parseToken(kind, token);
  return typeof from === 'number' ? from : invalidToken();
}

/** Members of details that carry execution data. */
const data: ReadonlySet<string> = new Set([
  'input',
  'output',
  'parameters',
  'inputDetails',
  'outputDetails',
  'assignedVariables',
  'assignedVariablesDetails',
]);

function shown(event: HistoryEvent, withData: boolean) {
  const { timestamp, ...rest } = event;
  return { timestamp: new Date(timestamp), ...(withData ? rest : withoutData(rest)) };
}

function withoutData<Event extends object>(event: Event): Event {
  const members = Object.entries(event).map(([name, value]) => {
    if (typeof value !== 'object' || value === null) return [name, value];
    return [name, Object.fromEntries(Object.entries(value as object).filter(([member]) => !data.has(member)))];
  });
  return Object.fromEntries(members) as Event;
}
