import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import { busNameIn, defaultBus } from './names.ts';
import { type EventBusRecord, eventBusRecords } from './records.ts';
import { noEventBus } from './refusals.ts';

/** The buses of an account in a region that AWS allows. */
export const mostBuses = 100;

/** Whether a scope has a bus of that name. */
export function hasBus(ledger: Ledger, scope: Scope, name: string): boolean {
  return name === defaultBus || ledger.get(eventBusRecords, scope, name) !== undefined;
}

/** The name of the bus that is meant. Throws `ResourceNotFoundException` if it is not there. */
export function requireBus(ledger: Ledger, scope: Scope, nameOrArn: string | undefined): string {
  const name = busNameIn(scope, nameOrArn);
  if (name === undefined || !hasBus(ledger, scope, name)) return noEventBus(nameOrArn ?? defaultBus);
  return name;
}

/** What is known of a bus that is there. */
export function busRecord(ledger: Ledger, scope: Scope, name: string): EventBusRecord {
  const { account, region } = scope;
  const plain = { account, region, name, tags: {}, createdAt: 0, changedAt: 0 };
  return ledger.get(eventBusRecords, scope, name) ?? plain;
}
