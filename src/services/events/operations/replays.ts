import type {
  CancelReplayCommandInput,
  CancelReplayCommandOutput,
  DescribeReplayCommandInput,
  DescribeReplayCommandOutput,
  ListReplaysCommandInput,
  ListReplaysCommandOutput,
  StartReplayCommandInput,
  StartReplayCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { present } from '../../../core/present.ts';
import { structuresOf, textOf } from '../../../core/unvalidated.ts';
import { anyResource } from '../access.ts';
import { type EventReplayRecord, eventReplayRecords, isOver, replayStates } from '../archives/index.ts';
import { requireBus } from '../buses.ts';
import { archiveArn, busArn, busPlace, nameIn, replayArn, rulePlace } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { alreadyThere, illegalStatus, invalid, noArchive, noReplay, tooMany } from '../refusals.ts';
import { mostRules } from '../rules.ts';
import type { EventsRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';
import { requireArchive } from './archives.ts';

/** AWS's own limits: of replays that are under way in an account and region, and of those that are told of. */
const mostActive = 10;
const mostReplays = 10_000;

function access(action: string) {
  return ({ ReplayName }: { readonly ReplayName?: unknown }, scope: Scope): readonly AccessRequest[] => [
    { action: `events:${action}`, resource: replayArn(scope, textOf(ReplayName) ?? '*') },
  ];
}

function requireReplay({ ledger }: EventsRuntime, scope: Scope, name: string): EventReplayRecord {
  return ledger.get(eventReplayRecords, scopeOf(scope), name) ?? noReplay(name);
}

/** As lists tell of it. */
function shown(replay: EventReplayRecord) {
  const time = (at: number | undefined) => (at === undefined ? undefined : new Date(at));
  return {
    ...{ ReplayName: replay.name, EventSourceArn: archiveArn(replay, replay.archive), State: replay.state },
    ...present({ StateReason: replay.stateReason, EventLastReplayedTime: time(replay.lastReplayed) }),
    ...{ EventStartTime: new Date(replay.from), EventEndTime: new Date(replay.to) },
    ReplayStartTime: new Date(replay.startedAt),
    ...present({ ReplayEndTime: time(replay.endedAt) }),
  };
}

const startSchema = z.object({
  ReplayName: shapes.ownName,
  Description: shapes.description.optional(),
  EventSourceArn: shapes.arn,
  EventStartTime: shapes.time,
  EventEndTime: shapes.time,
  Destination: z.object({ Arn: shapes.arn, FilterArns: z.array(shapes.arn).max(mostRules).optional() }),
});
type Start = z.infer<typeof startSchema>;

export const startReplay = eventsOperation<StartReplayCommandInput, StartReplayCommandOutput>()<Start>({
  schema: startSchema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => {
    const [destination] = structuresOf([input.Destination]);
    const others = [
      textOf(input.EventSourceArn) ?? archiveArn(context, '*'),
      busArn(context, textOf(destination?.Arn)),
    ];
    const own = access('StartReplay')(input, context);
    return [...own, ...others.map((resource) => ({ action: 'events:StartReplay', resource }))];
  },
  handler: (runtime, input, context) => {
    const { ledger, replays } = runtime;
    if (ledger.get(eventReplayRecords, scopeOf(context), input.ReplayName)) alreadyThere('Replay', input.ReplayName);
    const replay = replayOf(runtime, context, input);
    const others = ledger.list(eventReplayRecords, scopeOf(context));
    if (others.length >= mostReplays || others.filter((each) => !isOver(each)).length >= mostActive) tooMany();
    ledger.transact((transaction) => replays.start(transaction, replay));
    const ReplayStartTime = new Date(replay.startedAt);
    return { ReplayArn: replayArn(context, replay.name), State: replay.state, ReplayStartTime };
  },
});

function replayOf(runtime: EventsRuntime, scope: Scope, input: Start): EventReplayRecord {
  const { ReplayName: name, Description, EventSourceArn, EventStartTime, EventEndTime, Destination } = input;
  const archiveName = nameIn(scope, 'archive', EventSourceArn) ?? noArchive(EventSourceArn);
  const archive = requireArchive(runtime, scope, archiveName);
  if (!busPlace(Destination.Arn)) {
    invalid('Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.');
  }
  const bus = requireBus(runtime.ledger, scope, Destination.Arn);
  if (bus !== archive.bus) {
    invalid('Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.');
  }
  const [from, to] = [EventStartTime.getTime(), EventEndTime.getTime()];
  if (from >= to) {
    invalid('Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.');
  }
  return {
    ...scopeOf(scope),
    ...{ name, archive: archive.name, archiveId: archive.id, bus, from, to },
    ...present({ description: Description, rules: readRules(scope, bus, Destination.FilterArns) }),
    ...{ state: 'STARTING', startedAt: runtime.clock.now() },
  };
}

function readRules(scope: Scope, bus: string, arns: readonly string[] | undefined): readonly string[] | undefined {
  if (!arns || arns.length === 0) return undefined;
  const strange = arns.find((arn) => rulePlace(scope, arn)?.bus !== bus);
  if (strange !== undefined) {
    invalid(`Parameter Destination.FilterArns is not valid. Reason: ${strange} is no rule of the event bus.`);
  }
  return arns;
}

const nameSchema = z.object({ ReplayName: shapes.ownName });

export const describeReplay = eventsOperation<DescribeReplayCommandInput, DescribeReplayCommandOutput>()<
  z.infer<typeof nameSchema>
>({
  schema: nameSchema,
  readOnly: true,
  audit: 'management',
  access: access('DescribeReplay'),
  handler: (runtime, { ReplayName }, context) => {
    const replay = requireReplay(runtime, context, ReplayName);
    return {
      ReplayArn: replayArn(context, ReplayName),
      ...shown(replay),
      ...present({ Description: replay.description }),
      Destination: { Arn: busArn(context, replay.bus), ...(replay.rules && { FilterArns: [...replay.rules] }) },
    };
  },
});

export const cancelReplay = eventsOperation<CancelReplayCommandInput, CancelReplayCommandOutput>()<
  z.infer<typeof nameSchema>
>({
  schema: nameSchema,
  readOnly: false,
  audit: 'management',
  access: access('CancelReplay'),
  handler: (runtime, { ReplayName }, context) => {
    const replay = requireReplay(runtime, context, ReplayName);
    if (isOver(replay) || replay.state === 'CANCELLING') illegalStatus('Replay', ReplayName);
    const State = 'CANCELLING' as const;
    runtime.ledger.transact((transaction) => transaction.put(eventReplayRecords, { ...replay, state: State }));
    return { ReplayArn: replayArn(context, ReplayName), State };
  },
});

const listSchema = z.object({
  NamePrefix: z.string().min(1).max(64).optional(),
  State: z.enum(replayStates).optional(),
  EventSourceArn: shapes.arn.optional(),
  ...shapes.pageMembers,
});

export const listReplays = eventsOperation<ListReplaysCommandInput, ListReplaysCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListReplays'),
  handler: ({ ledger }, input, context) => {
    const { NamePrefix = '', State, EventSourceArn } = input;
    const filters = [input.NamePrefix, EventSourceArn, State].filter((each) => each !== undefined);
    if (filters.length > 1) {
      invalid('At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.');
    }
    const all = ledger
      .list(eventReplayRecords, scopeOf(context))
      .filter(({ name, state }) => name.startsWith(NamePrefix) && (State === undefined || state === State))
      .filter(({ archive }) => EventSourceArn === undefined || archiveArn(context, archive) === EventSourceArn);
    const { items, next } = pageOf('replays', all, ({ name }) => name, input);
    return { Replays: items.map(shown), ...next };
  },
});
