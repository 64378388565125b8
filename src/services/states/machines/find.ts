import type { Scope } from '../../../core/arn.ts';
import { invariant } from '../../../core/errors.ts';
import type { Ledger } from '../../../store/index.ts';
import { readArn, type StatesArn } from '../names.ts';
import {
  type StateMachineAliasRecord,
  type StateMachineRecord,
  type StateMachineRevisionRecord,
  type StateMachineVersionRecord,
  stateMachineAliasRecords,
  stateMachineRecords,
  stateMachineRevisionRecords,
  stateMachineVersionRecords,
} from '../records.ts';
import { noAlias, noStateMachine, stateMachineDeleting, validationError } from '../refusals.ts';

/** Refuses the ARN of a distributed Map state, where AWS takes only state machines. */
export function refuseLabel(named: Extract<StatesArn, { kind: 'stateMachine' }>): void {
  if (named.label === undefined) return;
  validationError('This operation does not support labeled state machine ARNs', 'API_DOES_NOT_SUPPORT_LABELED_ARNS');
}

/** The name of the machine that an unqualified ARN names. */
export function machineName(scope: Scope, arn: string): string {
  const named = readArn(scope, arn, 'stateMachine');
  refuseLabel(named);
  return named.machine;
}

/**
 * The machine that an unqualified ARN names, to be changed: throws when there is none, or it is being deleted. The ARN of a
 * version or alias is to AWS one of a machine that is not there (recorded for UpdateStateMachine by a version).
 */
export function changeableMachine(ledger: Ledger, scope: Scope, arn: string): StateMachineRecord {
  const named = readArn(scope, arn, 'stateMachine', 'version', 'alias');
  if (named.kind !== 'stateMachine') return noStateMachine(arn);
  refuseLabel(named);
  const machine = ledger.get(stateMachineRecords, scope, named.machine) ?? noStateMachine(arn);
  return machine.status === 'DELETING' ? stateMachineDeleting(machine.arn) : machine;
}

export function currentRevision(ledger: Ledger, machine: StateMachineRecord): StateMachineRevisionRecord {
  return storedRevision(ledger, machine, machine.revisionId);
}

export function storedRevision(ledger: Ledger, scope: Scope, revisionId: string): StateMachineRevisionRecord {
  const revision = ledger.get(stateMachineRevisionRecords, scope, revisionId);
  invariant(revision, `revision ${revisionId} is kept while something refers to it`);
  return revision;
}

/** The published versions of a machine, the newest first; with `after`, those behind that place in the order. */
export function versionsOf(
  ledger: Ledger,
  machine: StateMachineRecord,
  after?: string,
): IteratorObject<StateMachineVersionRecord> {
  return ledger.by(stateMachineVersionRecords, machine, 'machine', { value: machine.name, after });
}

/** The version that a revision of the machine was published as, if it was. */
export function publishedVersion(
  ledger: Ledger,
  machine: StateMachineRecord,
  revisionId: string,
): StateMachineVersionRecord | undefined {
  return ledger.by(stateMachineVersionRecords, machine, 'revision', { value: revisionId }).next().value;
}

/** The aliases of a machine, the one created first comes first; with `after`, those behind that place in the order. */
export function aliasesOf(
  ledger: Ledger,
  scope: Scope,
  machine: string,
  after?: string,
): IteratorObject<StateMachineAliasRecord> {
  return ledger.by(stateMachineAliasRecords, scope, 'machine', { value: machine, after });
}

/** The alias that an ARN names, if there is one. */
export function findAlias(ledger: Ledger, scope: Scope, arn: string): StateMachineAliasRecord | undefined {
  const { machine, alias } = readArn(scope, arn, 'alias');
  return ledger.get(stateMachineAliasRecords, scope, `${machine}:${alias}`);
}

/** The alias that an ARN names. Throws `ResourceNotFound`. */
export function requireAlias(ledger: Ledger, scope: Scope, arn: string): StateMachineAliasRecord {
  return findAlias(ledger, scope, arn) ?? noAlias(arn);
}
