import type {
  StartLiveTailCommandInput,
  StartLiveTailCommandOutput,
  StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import type { RequestContext } from '../../../core/operation.ts';
import { uuidV7 } from '../../../core/random.ts';
import { demand, listOf, textOf } from '../constraints.ts';
import { findGroup } from '../groups.ts';
import type { TailEnd, TailSelection } from '../live-tail/tail-session.ts';
import { groupArn, referredGroup, resolveGroup, streamArn, streamNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { compilePattern } from '../patterns/index.ts';
import { invalidParameter } from '../refusals.ts';
import type { LogsRuntime } from '../runtime.ts';

const schema = z.object({
  logGroupIdentifiers: z.array(z.string()),
  logStreamNames: z.array(z.string()).optional(),
  logStreamNamePrefixes: z.array(z.string()).optional(),
  logEventFilterPattern: z.string().optional(),
});
type Input = z.infer<typeof schema>;

const most = 10;

/** Tells what is written to up to ten groups as it comes: once a second, for three hours, until the client goes. */
export const startLiveTail = logsOperation<StartLiveTailCommandInput, StartLiveTailCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  eventStream: 'responseStream',
  access: ({ logGroupIdentifiers }, context) => {
    const named = Array.isArray(logGroupIdentifiers) ? logGroupIdentifiers.slice(0, most) : [];
    const groups = named.map((it) =>
      typeof it === 'string' ? referredGroup(context, { logGroupIdentifier: it }) : '*',
    );
    const asked = [...new Set(groups.length === 0 ? ['*'] : groups)];
    return asked.map((group) => ({ action: 'logs:StartLiveTail', resource: streamArn(context, group ?? '*', '') }));
  },
  handler: (runtime, input, context) => {
    check(input);
    const groups = input.logGroupIdentifiers.map((logGroupIdentifier) =>
      findGroup(runtime, context, resolveGroup(context, { logGroupIdentifier })),
    );
    const pattern = compilePattern(input.logEventFilterPattern ?? '');
    runtime.liveTails.checkRoom();
    const { logStreamNames: streamNames, logStreamNamePrefixes: streamPrefixes } = input;
    return { responseStream: tell(runtime, { groups, streamNames, streamPrefixes, pattern }, input, context) };
  },
});

function check(input: Input): void {
  const { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes } = input;
  demand(
    listOf(1, most)('logGroupIdentifiers', logGroupIdentifiers),
    listOf(1, most, streamNameRule)('logStreamNames', logStreamNames),
    listOf(1, most, streamNameRule)('logStreamNamePrefixes', logStreamNamePrefixes),
    textOf(0, 1024)('logEventFilterPattern', input.logEventFilterPattern),
  );
  if (logStreamNames && logStreamNamePrefixes) {
    throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.');
  }
  if ((logStreamNames || logStreamNamePrefixes) && logGroupIdentifiers.length !== 1) {
    throw invalidParameter('Log streams can be specified only with exactly one log group.');
  }
}

async function* tell(
  runtime: LogsRuntime,
  selection: TailSelection,
  input: Input,
  { requestId, now, signal }: RequestContext,
): AsyncGenerator<StartLiveTailResponseStream, void, undefined> {
  const session = await runtime.liveTails.open(selection);
  try {
    const sessionId = uuidV7(now, runtime.random);
    const logGroupIdentifiers = selection.groups.map((group) => groupArn(group, group.name));
    yield { sessionStart: { ...input, requestId, sessionId, logGroupIdentifiers } };
    for (;;) {
      const next = await session.next(signal);
      if (!next) return;
      if ('kind' in next) {
        yield endOf(next);
        return;
      }
      yield { sessionUpdate: next };
    }
  } finally {
    runtime.liveTails.close(session);
  }
}

/** As it goes over the wire, where an exception is its members. */
function endOf(end: TailEnd): StartLiveTailResponseStream {
  const told =
    end.kind === 'timeout'
      ? { SessionTimeoutException: { message: 'The Live Tail session has been open for three hours.' } }
      : { SessionStreamingException: { message: end.message } };
  return told as unknown as StartLiveTailResponseStream;
}
