import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { versionArn } from '../names.ts';
import { quotas } from '../quotas.ts';
import {
  type StateMachineRecord,
  type StateMachineRevisionRecord,
  type StateMachineVersionRecord,
  stateMachineRecords,
  stateMachineVersionRecords,
} from '../records.ts';
import { conflict, quotaExceeded, validationError } from '../refusals.ts';
import { publishedVersion } from './find.ts';
import { shownRevisionId } from './revisions.ts';

export interface Publication {
  readonly machine: StateMachineRecord;
  /** The machine's current one. */
  readonly revision: StateMachineRevisionRecord;
  readonly description?: string | undefined;
  readonly now: EpochMilliseconds;
}

/** The version of the machine's current revision, published now unless it has been before; and the machine as it is then. */
export function publishVersion(ledger: Ledger, transaction: Transaction, publication: Publication) {
  const { machine, revision, description, now } = publication;
  const published = publishedVersion(ledger, machine, revision.name);
  if (published) return published;
  const count = ledger.countBy(stateMachineVersionRecords, machine, 'machine', machine.name);
  if (count >= quotas.versionsPerStateMachine) {
    quotaExceeded(`A state machine can have at most ${quotas.versionsPerStateMachine} versions`);
  }
  const version = machine.lastVersion + 1;
  const record: StateMachineVersionRecord = {
    account: machine.account,
    region: machine.region,
    name: `${machine.name}:${version}`,
    stateMachineName: machine.name,
    version,
    arn: versionArn(machine, machine.name, version),
    revisionId: revision.name,
    ...(description === undefined ? {} : { description }),
    createdAt: now,
  };
  transaction.put(stateMachineRecords, { ...machine, lastVersion: version });
  transaction.put(stateMachineVersionRecords, record);
  return record;
}

/** Refuses to publish unless the machine is still at the revision that the caller means; `INITIAL` is the first. */
export function checkRevision(revision: StateMachineRevisionRecord, asked: string | undefined): void {
  const current = shownRevisionId(revision) ?? 'INITIAL';
  if (asked === undefined || asked === current) return;
  conflict(
    `Failed to publish the State Machine version for revision ${asked}. The current State Machine revision is ${current}.`,
  );
}

export function checkVersionDescription(publish: boolean | undefined, description: string | undefined): void {
  if (description === undefined || publish) return;
  validationError('Version description can only be set when publish is true');
}
