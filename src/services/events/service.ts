import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { type CommandNames, type ServiceDefinition, unbuilt } from '../../core/operation.ts';
import type { RandomSource } from '../../core/random.ts';
import type { DueWork, FactConsumer, FactLog, Ledger, Transaction } from '../../store/index.ts';
import { Archives, Replays } from './archives/index.ts';
import { EventsConsumer } from './consumer.ts';
import { Deliverer, FanOut, type Invoke, TargetCaller } from './deliveries/index.ts';
import type { EventSource } from './event-source.ts';
import type { ManagedRules } from './managed-rule.ts';
import { ruleIndex } from './matching/index.ts';
import { createArchive, deleteArchive, describeArchive, listArchives, updateArchive } from './operations/archives.ts';
import {
  createEventBus,
  deleteEventBus,
  describeEventBus,
  listEventBuses,
  updateEventBus,
} from './operations/event-buses.ts';
import { putPermission, removePermission } from './operations/permissions.ts';
import { putEvents } from './operations/put-events.ts';
import { cancelReplay, describeReplay, listReplays, startReplay } from './operations/replays.ts';
import { deleteRule, disableRule, enableRule, putRule } from './operations/rule-changes.ts';
import { describeRule, listRules } from './operations/rules.ts';
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts';
import { putTargets, removeTargets } from './operations/target-changes.ts';
import { listRuleNamesByTarget, listTargetsByRule } from './operations/targets.ts';
import { testEventPattern } from './operations/test-event-pattern.ts';
import type { EventRuleRecord } from './records.ts';
import type { EventsRuntime } from './runtime.ts';
import { scheduledEvent } from './scheduled-event.ts';
import { Schedules } from './schedules/index.ts';

export type EventsOperationName = CommandNames<typeof import('@aws-sdk/client-eventbridge')>;

export interface EventsOptions {
  readonly ledger: Ledger;
  readonly facts: FactLog;
  /** Resolves when every fact so far has been heard. */
  readonly whenHeard: () => Promise<void>;
  /** Where archives of events are. */
  readonly archiveDirectory: string;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly invoke: Invoke;
  readonly managedRules: ManagedRules;
  /** The services that tell the default bus what happens in them. */
  readonly sources: readonly EventSource[];
  /** What addresses of this server begin with. */
  readonly baseUrl: () => string;
}

export interface EventsService {
  readonly definition: ServiceDefinition<EventsOperationName>;
  /** Hears what happens, and makes events of it. */
  readonly consumer: FactConsumer;
  readonly archives: Archives;
  /** At start, and whenever the ledger was rebuilt. What waits is delivered, and schedules fire, while due work is open. */
  open(): Promise<void>;
  /** Lets go of files. */
  close(): Promise<void>;
}

/** Amazon EventBridge: buses, rules, and the targets that events and schedules are brought to. */
export function createEventsService(options: EventsOptions): EventsService {
  const { ledger, facts, due, clock, random, logger, invoke, managedRules, sources } = options;
  const index = ruleIndex(ledger);
  const archives = new Archives({ ledger, due, clock, logger, directory: options.archiveDirectory });
  const baseUrl = () => options.baseUrl().replace(/\/+$/, '');
  const caller = new TargetCaller({ invoke, clock, random, baseUrl });
  const deliverer = new Deliverer({ ledger, due, clock, random, logger, caller });
  const replays = new Replays({
    ...{ ledger, due, facts, clock, logger, archives, whenHeard: options.whenHeard },
    hasRoom: (scope) => deliverer.hasRoom(scope),
    isWanted: (scope, bus, source, type) => index.waits(scope, bus, source, type),
  });
  const fanOut = new FanOut({ ledger, facts, deliverer, logger });
  const fire = (transaction: Transaction, rule: EventRuleRecord, slot: number) => {
    const { event, read } = scheduledEvent(ledger.store.installationId, rule, slot);
    fanOut.add(transaction, fanOut.outgoing(rule, event, read, clock.now()));
  };
  const schedules = new Schedules({ ledger, due, clock, logger, fire });
  return {
    definition: define({ ledger, clock, random, facts, managedRules, index, schedules, archives, replays }),
    archives,
    consumer: new EventsConsumer({ ledger, clock, logger, index, archives, fanOut, deliverer, sources }),
    open: () => {
      index.reset();
      return archives.reset();
    },
    close: () => archives.files.letGo(),
  };
}

function define(runtime: EventsRuntime): ServiceDefinition<EventsOperationName> {
  return {
    name: 'events',
    apiVersion: '2015-10-07',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'AWSEvents' },
    errors: { validation: 'ValidationException', internal: 'InternalException' },
    operations: {
      ActivateEventSource: unbuilt,
      CancelReplay: cancelReplay(runtime),
      CreateApiDestination: unbuilt,
      CreateArchive: createArchive(runtime),
      CreateConnection: unbuilt,
      CreateEndpoint: unbuilt,
      CreateEventBus: createEventBus(runtime),
      CreatePartnerEventSource: unbuilt,
      DeactivateEventSource: unbuilt,
      DeauthorizeConnection: unbuilt,
      DeleteApiDestination: unbuilt,
      DeleteArchive: deleteArchive(runtime),
      DeleteConnection: unbuilt,
      DeleteEndpoint: unbuilt,
      DeleteEventBus: deleteEventBus(runtime),
      DeletePartnerEventSource: unbuilt,
      DeleteRule: deleteRule(runtime),
      DescribeApiDestination: unbuilt,
      DescribeArchive: describeArchive(runtime),
      DescribeConnection: unbuilt,
      DescribeEndpoint: unbuilt,
      DescribeEventBus: describeEventBus(runtime),
      DescribeEventSource: unbuilt,
      DescribePartnerEventSource: unbuilt,
      DescribeReplay: describeReplay(runtime),
      DescribeRule: describeRule(runtime),
      DisableRule: disableRule(runtime),
      EnableRule: enableRule(runtime),
      ListApiDestinations: unbuilt,
      ListArchives: listArchives(runtime),
      ListConnections: unbuilt,
      ListEndpoints: unbuilt,
      ListEventBuses: listEventBuses(runtime),
      ListEventSources: unbuilt,
      ListPartnerEventSourceAccounts: unbuilt,
      ListPartnerEventSources: unbuilt,
      ListReplays: listReplays(runtime),
      ListRuleNamesByTarget: listRuleNamesByTarget(runtime),
      ListRules: listRules(runtime),
      ListTagsForResource: listTagsForResource(runtime),
      ListTargetsByRule: listTargetsByRule(runtime),
      PutEvents: putEvents(runtime),
      PutPartnerEvents: unbuilt,
      PutPermission: putPermission(runtime),
      PutRule: putRule(runtime),
      PutTargets: putTargets(runtime),
      RemovePermission: removePermission(runtime),
      RemoveTargets: removeTargets(runtime),
      StartReplay: startReplay(runtime),
      TagResource: tagResource(runtime),
      TestEventPattern: testEventPattern(runtime),
      UntagResource: untagResource(runtime),
      UpdateApiDestination: unbuilt,
      UpdateArchive: updateArchive(runtime),
      UpdateConnection: unbuilt,
      UpdateEndpoint: unbuilt,
      UpdateEventBus: updateEventBus(runtime),
    },
  };
}
