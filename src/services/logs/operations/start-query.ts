import type { StartQueryCommandInput, StartQueryCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { textsOf, textOf as unvalidatedText } from '../../../core/unvalidated.ts';
import { demand, listOf, numberFrom, textOf } from '../constraints.ts';
import { findGroup } from '../groups.ts';
import { MalformedQuery } from '../insights/index.ts';
import { referredGroup, resolveGroup, streamArn } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { invalidParameter, unsupported } from '../refusals.ts';
import type { TimeWindow } from '../stream-lanes.ts';

const schema = z.object({
  queryLanguage: z.enum(['CWLI', 'SQL', 'PPL']).optional(),
  logGroupName: z.string().optional(),
  logGroupNames: z.array(z.string()).optional(),
  logGroupIdentifiers: z.array(z.string()).optional(),
  startTime: z.number().int(),
  endTime: z.number().int(),
  queryString: z.string(),
  limit: z.number().int().optional(),
});
type Input = z.infer<typeof schema>;

const mostGroups = 50;

/** Begins to run a query of Logs Insights over groups. */
export const startQuery = logsOperation<StartQueryCommandInput, StartQueryCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: (input, context) =>
    askedGroups(input, context).map((name) => ({
      action: 'logs:StartQuery',
      resource: streamArn(context, name, ''),
    })),
  handler: (runtime, input, context) => {
    check(input);
    const names = [...new Set(groupsOf(input, context))];
    const groups = names.map((name) => findGroup(runtime, context, name));
    const { account, region } = context;
    const { queryString: text, limit } = input;
    const asked = { scope: { account, region }, groups, text, limit, ...windowOf(input) };
    return { queryId: refusing(() => runtime.queries.start(asked)).id };
  },
});

/** The groups that access is asked for, before anything is validated: of a wrong reference all of them. */
function askedGroups(input: { readonly [Member in keyof Input]?: unknown }, scope: RequestContext): readonly string[] {
  const name = unvalidatedText(input.logGroupName);
  const identifiers = textsOf(input.logGroupIdentifiers).slice(0, mostGroups + 1);
  const names = [
    ...(name === undefined ? [] : [name]),
    ...textsOf(input.logGroupNames).slice(0, mostGroups + 1),
    ...identifiers.map((logGroupIdentifier) => referredGroup(scope, { logGroupIdentifier }) ?? '*'),
  ];
  return names.length === 0 ? ['*'] : [...new Set(names)];
}

function check(input: Input): void {
  demand(
    listOf(1, mostGroups)('logGroupNames', input.logGroupNames),
    listOf(1, mostGroups)('logGroupIdentifiers', input.logGroupIdentifiers),
    numberFrom(0)('startTime', input.startTime),
    numberFrom(0)('endTime', input.endTime),
    textOf(0, 10_000)('queryString', input.queryString),
    numberFrom(1, 100_000)('limit', input.limit),
  );
  if (input.startTime > input.endTime) throw invalidParameter('Query start time must not be after its end time.');
  const { queryLanguage = 'CWLI' } = input;
  if (queryLanguage !== 'CWLI') throw unsupported(`The query language ${queryLanguage}`);
}

function groupsOf(input: Input, scope: Scope): readonly string[] {
  const { logGroupName, logGroupNames, logGroupIdentifiers } = input;
  const given = [logGroupName === undefined ? undefined : [logGroupName], logGroupNames, logGroupIdentifiers];
  if (given.filter((each) => each !== undefined).length !== 1) {
    throw invalidParameter('Exactly one of logGroupName, logGroupNames or logGroupIdentifiers must be specified.');
  }
  if (logGroupIdentifiers) {
    return logGroupIdentifiers.map((logGroupIdentifier) => resolveGroup(scope, { logGroupIdentifier }));
  }
  return (logGroupNames ?? [logGroupName ?? '']).map((name) => resolveGroup(scope, { logGroupName: name }));
}

/** Greater numbers are no seconds of this age: programs give milliseconds too, and AWS takes them. */
const mostSeconds = 100_000_000_000;

/** Both ends are in the range, each with the whole of its second. */
function windowOf({ startTime, endTime }: Input): TimeWindow {
  return {
    from: startTime < mostSeconds ? startTime * 1_000 : startTime,
    to: endTime < mostSeconds ? (endTime + 1) * 1_000 : endTime + 1,
  };
}

/** A malformed query in the shape of AWS's error. */
function refusing<Result>(start: () => Result): Result {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof MalformedQuery)) throw error;
    const { start: startCharOffset, end: endCharOffset } = error.span;
    const queryCompileError = { location: { startCharOffset, endCharOffset }, message: error.message };
    throw new ServiceError('MalformedQueryException', error.message, { members: { queryCompileError } });
  }
}
