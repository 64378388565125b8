import type { Clock } from '../../core/clock.ts';
import type { Invoke } from '../../core/invoke.ts';
import type { Logger } from '../../core/logger.ts';
import { type CommandNames, type ServiceDefinition, unbuilt } from '../../core/operation.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Authority } from '../../iam/index.ts';
import type { BusEventFact, DueWork, FactConsumer, FactLog, Ledger, Transaction } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import { Archives, Replays } from './archives/index.ts';
import { EventsConsumer } from './consumer.ts';
import { BusGate, Deliverer, FanOut, TargetCaller } from './deliveries/index.ts';
import { Connections, createHttpClient, HttpCaller, type HttpClient, type Reach } from './endpoints/index.ts';
import type { EventSource } from './event-source.ts';
import type { ManagedRules } from './managed-rule.ts';
import { ruleIndex } from './matching/index.ts';
import {
  createApiDestination,
  deleteApiDestination,
  describeApiDestination,
  listApiDestinations,
  updateApiDestination,
} from './operations/api-destinations.ts';
import { createArchive, deleteArchive, describeArchive, listArchives, updateArchive } from './operations/archives.ts';
import {
  createConnection,
  deauthorizeConnection,
  deleteConnection,
  describeConnection,
  listConnections,
  updateConnection,
} from './operations/connections.ts';
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
  /** Seals what connections have. */
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  /** Which addresses API destinations may have. */
  readonly reach: Reach;
  /** Sends requests. @default over HTTP and HTTPS */
  readonly httpClient?: HttpClient;
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
  /** Says what rules may hand to buses, and which roles EventBridge may use. */
  readonly authority: Authority;
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
  const { ledger, facts, due, clock, random, logger, invoke, managedRules, sources, authority } = options;
  const index = ruleIndex(ledger);
  const archives = new Archives({ ledger, due, clock, logger, directory: options.archiveDirectory });
  const baseUrl = () => options.baseUrl().replace(/\/+$/, '');
  const client = options.httpClient ?? createHttpClient({ clock, reach: options.reach });
  const connections = new Connections({ ledger, due, clock, vault: options.vault, send: client.send });
  const http = new HttpCaller({ ledger, clock, connections, send: client.send });
  const tell = (transaction: Transaction, event: BusEventFact) => {
    const { bus, source, detailType } = event;
    const isWanted = [index, archives.index].some((each) => each.waits(event, bus, source, detailType));
    if (isWanted) facts.append(transaction, event);
  };
  const busGate = new BusGate({ ledger, clock, authority });
  const caller = new TargetCaller({ invoke, clock, random, baseUrl, busGate, authority, http });
  const deliverer = new Deliverer({ ledger, due, clock, random, logger, caller, tell });
  const replays = new Replays({
    ...{ ledger, due, facts, clock, logger, archives, whenHeard: options.whenHeard },
    hasRoom: (scope) => deliverer.hasRoom(scope),
    isWanted: (scope, bus, source, type) => index.waits(scope, bus, source, type),
  });
  const fanOut = new FanOut({ busGate, facts, deliverer, logger });
  const fire = (transaction: Transaction, rule: EventRuleRecord, slot: number) => {
    const { event, read } = scheduledEvent(ledger.store.installationId, rule, slot);
    fanOut.add(transaction, fanOut.outgoing(rule, event, read, clock.now()));
  };
  const schedules = new Schedules({ ledger, due, clock, logger, fire });
  return {
    definition: define({
      ledger,
      clock,
      random,
      facts,
      managedRules,
      index,
      schedules,
      archives,
      replays,
      connections,
      authority,
    }),
    archives,
    consumer: new EventsConsumer({ ledger, clock, logger, index, archives, fanOut, deliverer, sources }),
    open: () => {
      index.reset();
      return archives.reset();
    },
    close: () => {
      client.close();
      return archives.files.letGo();
    },
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
      CreateApiDestination: createApiDestination(runtime),
      CreateArchive: createArchive(runtime),
      CreateConnection: createConnection(runtime),
      CreateEndpoint: unbuilt,
      CreateEventBus: createEventBus(runtime),
      CreatePartnerEventSource: unbuilt,
      DeactivateEventSource: unbuilt,
      DeauthorizeConnection: deauthorizeConnection(runtime),
      DeleteApiDestination: deleteApiDestination(runtime),
      DeleteArchive: deleteArchive(runtime),
      DeleteConnection: deleteConnection(runtime),
      DeleteEndpoint: unbuilt,
      DeleteEventBus: deleteEventBus(runtime),
      DeletePartnerEventSource: unbuilt,
      DeleteRule: deleteRule(runtime),
      DescribeApiDestination: describeApiDestination(runtime),
      DescribeArchive: describeArchive(runtime),
      DescribeConnection: describeConnection(runtime),
      DescribeEndpoint: unbuilt,
      DescribeEventBus: describeEventBus(runtime),
      DescribeEventSource: unbuilt,
      DescribePartnerEventSource: unbuilt,
      DescribeReplay: describeReplay(runtime),
      DescribeRule: describeRule(runtime),
      DisableRule: disableRule(runtime),
      EnableRule: enableRule(runtime),
      ListApiDestinations: listApiDestinations(runtime),
      ListArchives: listArchives(runtime),
      ListConnections: listConnections(runtime),
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
      UpdateApiDestination: updateApiDestination(runtime),
      UpdateArchive: updateArchive(runtime),
      UpdateConnection: updateConnection(runtime),
      UpdateEndpoint: unbuilt,
      UpdateEventBus: updateEventBus(runtime),
    },
  };
}
