import type { Scope } from '../../core/arn.ts';
import type { AnyRecordType, Ledger, RecordType, Transaction } from '../../store/index.ts';
import { entityArn } from './arns.ts';
import type { Changes } from './changes.ts';
import {
  attachmentRecords,
  groupRecords,
  inlinePolicyRecords,
  membershipRecords,
  policyRecords,
  roleRecords,
  userRecords,
} from './records.ts';

/** A change of what IAM keeps. */
export interface IamTransaction {
  put<Value extends Scope>(type: RecordType<Value, string>, record: NoInfer<Value>): void;
  delete<Value extends Scope>(type: RecordType<Value, string>, record: NoInfer<Value>): void;
}

/** Changes memory and store together or not at all; whoever decides sees it as soon as `work` has returned. */
export function changeIam<Result>(
  ledger: Ledger,
  changes: Changes,
  work: (transaction: IamTransaction) => Result,
): Result {
  return ledger.transact((transaction) => {
    const things = new Set<string>();
    const result = work(noting(transaction, things));
    if (things.size > 0) transaction.onAccepted(() => changes.changed(things));
    return result;
  });
}

function noting(transaction: Transaction, things: Set<string>): IamTransaction {
  const note = (type: AnyRecordType, record: Scope) => {
    const thing = thingsOf.get(type.type)?.(record as never);
    if (thing !== undefined) things.add(thing);
  };
  return {
    put: (type, record) => {
      transaction.put(type, record);
      note(type, record);
    },
    delete: (type, record) => {
      transaction.delete(type, record, type.keyOf(record));
      note(type, record);
    },
  };
}

function thing<Value extends Scope>(type: RecordType<Value, string>, of: (record: Value) => string) {
  return [type.type, of as (record: never) => string] as const;
}

/** What decisions hang on that a record is a part of, by its unique id or, of a policy, its ARN; nothing hangs on other records. */
const thingsOf: ReadonlyMap<string, (record: never) => string> = new Map([
  thing(userRecords, ({ id }) => id),
  thing(groupRecords, ({ id }) => id),
  thing(roleRecords, ({ id }) => id),
  thing(inlinePolicyRecords, ({ owner }) => owner),
  thing(attachmentRecords, ({ owner }) => owner),
  thing(membershipRecords, ({ user }) => user),
  // Its default version is another one.
  thing(policyRecords, (policy) => entityArn('policy', policy)),
]);
