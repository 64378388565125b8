import type { AuditLog } from '../../audit/index.ts';
import { scopeOf } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { Invoke } from '../../core/invoke.ts';
import type { Logger } from '../../core/logger.ts';
import type { CommandNames, ServiceDefinition } from '../../core/operation.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import { servicePrincipal } from '../../iam/index.ts';
import type { DueWork, Ledger } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import { Deliverer, type FileStore, SigningKeys } from './delivery/index.ts';
import { getEventSelectors, putEventSelectors } from './operations/event-selectors.ts';
import { listPublicKeys } from './operations/list-public-keys.ts';
import { getTrailStatus, startLogging, stopLogging } from './operations/logging.ts';
import { lookupEvents } from './operations/lookup-events.ts';
import { addTags, listTags, removeTags } from './operations/tags.ts';
import { describeTrails, getTrail, listTrails } from './operations/trail-lists.ts';
import { createTrail, deleteTrail, updateTrail } from './operations/trails.ts';
import { type TrailRecord, trailRecords } from './records.ts';
import type { CloudTrailRuntime } from './runtime.ts';
import { wantedServices } from './selectors.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

export type CloudTrailOperationName = CommandNames<typeof import('@aws-sdk/client-cloudtrail')>;

export interface CloudTrailOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly vault: Vault;
  readonly invoke: Invoke;
  /** Where trails deliver to. */
  readonly files: FileStore;
  /** How often they do. */
  readonly every: Milliseconds;
  /** How long a digest is of. */
  readonly digestEvery: Milliseconds;
  /** Absent if no records are kept. */
  readonly audit?: Pick<AuditLog, 'isBusy' | 'lookUp' | 'collect' | 'end' | 'keepData'>;
}

/** AWS CloudTrail: the history of calls, and trails that deliver it. */
export function createCloudTrail(options: CloudTrailOptions): ServiceDefinition<CloudTrailOperationName> {
  const { ledger, random, audit } = options;
  const keys = new SigningKeys(options);
  const deliverer = audit && new Deliverer({ ...options, audit, keys, notify: notifier(options) });
  audit?.keepData((service) => isDataWanted(ledger, service));
  return define({ ledger, random, keys, ...(audit && deliverer ? { kept: { audit, deliverer } } : {}) });
}

const wanted = new WeakMap<TrailRecord, readonly string[]>();

/** Asked at each call that carries data: what a trail wants is read of it once. */
function isDataWanted(ledger: Ledger, service: string): boolean {
  for (const trail of ledger.each(trailRecords)) {
    if (!trail.isLogging) continue;
    const services = wanted.get(trail) ?? wantedServices(trail);
    wanted.set(trail, services);
    if (services.includes(service)) return true;
  }
  return false;
}

/** The topic's policy must let CloudTrail publish. */
function notifier({ clock, random, invoke }: CloudTrailOptions) {
  return async (trail: TrailRecord, Message: string, signal: AbortSignal): Promise<void> => {
    const now = clock.now();
    const service = 'cloudtrail.amazonaws.com';
    await invoke(
      'sns',
      'Publish',
      { TopicArn: trail.topicArn, Message },
      {
        ...scopeOf(trail),
        principal: servicePrincipal(trail.account, service),
        source: { kind: 'service', service },
        requestId: uuidV7(now, random),
        now,
        signal,
      },
    );
  };
}

function define(runtime: CloudTrailRuntime): ServiceDefinition<CloudTrailOperationName> {
  return {
    name: 'cloudtrail',
    apiVersion: '2013-11-01',
    protocol: {
      kind: 'awsJson1.1',
      targetPrefix: 'CloudTrail_20131101',
      // What botocore sends.
      otherPrefix: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
    },
    errors: { validation: 'InvalidParameterException', internal: 'InternalFailure' },
    operations: {
      ...unbuiltOperations,
      AddTags: addTags(runtime),
      CreateTrail: createTrail(runtime),
      DeleteTrail: deleteTrail(runtime),
      DescribeTrails: describeTrails(runtime),
      GetEventSelectors: getEventSelectors(runtime),
      GetTrail: getTrail(runtime),
      GetTrailStatus: getTrailStatus(runtime),
      ListPublicKeys: listPublicKeys(runtime),
      ListTags: listTags(runtime),
      ListTrails: listTrails(runtime),
      LookupEvents: lookupEvents(runtime),
      PutEventSelectors: putEventSelectors(runtime),
      RemoveTags: removeTags(runtime),
      StartLogging: startLogging(runtime),
      StopLogging: stopLogging(runtime),
      UpdateTrail: updateTrail(runtime),
    },
  };
}
