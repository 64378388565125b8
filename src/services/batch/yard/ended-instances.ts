import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { type EndedInstanceRecord, endedInstanceRecords } from '../ended-instance-records.ts';
import type { ComputeEnvironmentRecord, InstanceRecord, LaunchSetupRecord } from '../records.ts';
import { launchFactsOf } from '../resources/launch-facts.ts';
import { launchSetupOf } from '../resources/launch-setup.ts';

/** How long an instance that has ended is shown: on AWS for about an hour. */
export const endedInstanceShown: Milliseconds = 3_600_000;
/** Of each region: what is beyond is forgotten earlier, the longest ended first. */
export const mostEndedInstances = 1_000;

export interface Ending {
  readonly record: InstanceRecord;
  readonly environment: ComputeEnvironmentRecord;
  readonly at: EpochMilliseconds;
}

/** Keeps of an instance that ends what EC2 shows of it then; nothing of one that was registered, which EC2 never had. */
export function keepEnded(transaction: Transaction, ledger: Ledger, { record, environment, at }: Ending): void {
  if (record.purchase === 'registered') return;
  const { id, type, zone, purchase, launchedAt, closedBy } = record;
  const setup = launchSetupOf(ledger, environment, record.setup) ?? emptySetup(environment);
  const { image, keyName, placementGroup, tags } = launchFactsOf(setup, record);
  transaction.put(endedInstanceRecords, {
    ...{ ...scopeOf(record), id, type, zone, purchase, launchedAt, tags, imageId: image.id, endedAt: at },
    endedBy: purchase === 'spot' && closedBy === 'interruption' ? 'spot' : 'user',
    ...(keyName === undefined ? {} : { keyName }),
    ...(placementGroup === undefined ? {} : { placementGroup }),
  });
  forgetSurplus(transaction, ledger, record);
}

/** Of an environment that was made before there were setups nothing is known but that the service launched it. */
function emptySetup({ account, region, name }: ComputeEnvironmentRecord): LaunchSetupRecord {
  const nothing = { subnets: [], groupIds: [], images: [], templates: [], tags: {} };
  return { account, region, environment: name, number: 0, ...nothing };
}

function forgetSurplus(transaction: Transaction, ledger: Ledger, scope: Scope): void {
  let surplus = ledger.count(endedInstanceRecords, scope) - mostEndedInstances;
  if (surplus <= 0) return;
  const longest: string[] = [];
  for (const { id } of ledger.by(endedInstanceRecords, scope, 'age')) {
    if (surplus === 0) break;
    longest.push(id);
    surplus -= 1;
  }
  for (const id of longest) transaction.delete(endedInstanceRecords, scope, id);
}

/** Whether it is shown still. A clock that was set back hides nothing. */
export function isShown({ endedAt }: EndedInstanceRecord, now: EpochMilliseconds): boolean {
  return now - endedAt < endedInstanceShown;
}

/** Forgets instances whose time is over, at most `limit`. Answers how many. */
export function forgetEnded(ledger: Ledger, now: EpochMilliseconds, limit: number): number {
  const over: (Scope & { readonly id: string })[] = [];
  for (const scope of ledger.scopes(endedInstanceRecords))
    for (const record of ledger.by(endedInstanceRecords, scope, 'age')) {
      if (isShown(record, now) || over.length === limit) break;
      over.push(record);
    }
  if (over.length === 0) return 0;
  ledger.transact((transaction) => {
    for (const record of over) transaction.delete(endedInstanceRecords, record, record.id);
  });
  return over.length;
}
