import type { Scope } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { LaunchedInstance, LaunchedInstances } from '../../core/launched-instances.ts';
import { type EndedInstanceRecord, endedInstanceRecords } from './ended-instance-records.ts';
import { computeEnvironmentRecords, type InstanceRecord, instanceRecords } from './records.ts';
import { type LaunchFacts, launchFactsOf, userDataOf } from './resources/launch-facts.ts';
import { launchSetupFor, type SetupOptions } from './resources/launch-setup.ts';
import { isShown } from './yard/ended-instances.ts';

export interface LaunchedInstancesOptions extends SetupOptions {
  readonly clock: Clock;
}

/** What EC2 shows of the instances of compute environments. All of it is of memory. */
export function createLaunchedInstances(options: LaunchedInstancesOptions): LaunchedInstances {
  const { ledger, clock } = options;
  const shown = (record: InstanceRecord) => {
    if (record.purchase === 'registered') return undefined;
    const facts = instanceFacts(options, record);
    return facts && launchedInstance(record, record.purchase, facts);
  };
  return {
    get: (scope, id) => {
      const record = ledger.get(instanceRecords, scope, id);
      if (record) return shown(record);
      const ended = ledger.get(endedInstanceRecords, scope, id);
      return ended && isShown(ended, clock.now()) ? endedInstance(ended) : undefined;
    },
    *after(scope, after) {
      for (const record of inOrder(options, scope, after)) {
        const instance = 'endedAt' in record ? endedInstance(record) : shown(record);
        if (instance) yield instance;
      }
    },
    userDataOf: (scope, id) => {
      const record = ledger.get(instanceRecords, scope, id);
      return record && instanceUserData(options, record);
    },
  };
}

/** Those that there are and those that have ended, in the order of their ids. */
function* inOrder(
  { ledger, clock }: LaunchedInstancesOptions,
  scope: Scope,
  after: string | undefined,
): Generator<InstanceRecord | EndedInstanceRecord> {
  const ended = ledger.by(endedInstanceRecords, scope, 'id', { after });
  let next = ended.next();
  for (const record of ledger.by(instanceRecords, scope, 'id', { after })) {
    for (; !next.done && next.value.id < record.id; next = ended.next())
      if (isShown(next.value, clock.now())) yield next.value;
    yield record;
  }
  for (; !next.done; next = ended.next()) if (isShown(next.value, clock.now())) yield next.value;
}

function endedInstance(record: EndedInstanceRecord): LaunchedInstance {
  return { ...record, state: 'terminated', groupIds: [] };
}

/** What an instance was launched with; undefined while its environment is being deleted. */
function instanceFacts(options: SetupOptions, record: InstanceRecord): LaunchFacts | undefined {
  const environment = environmentOf(options, record);
  return environment && launchFactsOf(launchSetupFor(options, environment, record.setup), record);
}

/** What it runs when it boots, in base64; undefined for one that EC2 has not launched. */
function instanceUserData(options: SetupOptions, record: InstanceRecord): string | undefined {
  if (record.purchase === 'registered') return undefined;
  const environment = environmentOf(options, record);
  return (
    environment && userDataOf(launchSetupFor(options, environment, record.setup), record, environment.ecsClusterArn)
  );
}

function environmentOf({ ledger }: SetupOptions, record: InstanceRecord) {
  return ledger.get(computeEnvironmentRecords, record, record.environment);
}

function launchedInstance(
  record: InstanceRecord,
  purchase: LaunchedInstance['purchase'],
  facts: LaunchFacts,
): LaunchedInstance {
  const { account, region, id, type, zone, launchedAt } = record;
  const { image, subnetId, groupIds, keyName, placementGroup, profile, tags } = facts;
  return {
    ...{ account, region, id, type, zone, purchase, launchedAt, tags, groupIds },
    ...{ subnetId, keyName, placementGroup, profile },
    state: stateOf(record),
    endedBy: record.closedBy === 'interruption' ? (purchase === 'spot' ? 'spot' : 'user') : undefined,
    imageId: image.id,
  };
}

/** One that takes no more jobs runs on until they have ended. */
function stateOf({ state, closedBy }: InstanceRecord): LaunchedInstance['state'] {
  if (state === 'starting') return 'pending';
  return closedBy === 'interruption' ? 'shutting-down' : 'running';
}
