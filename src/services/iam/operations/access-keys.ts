import { ServiceError } from '../../../core/errors.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { KeysUnavailable } from '../../../vault/index.ts';
import { quotas } from '../limits.ts';
import { findById } from '../lookups.ts';
import { entityOperation, type IamCall, iamOperation, namedArn, placeOf } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import {
  type AccessKeyRecord,
  accessKeyRecords,
  iamScope,
  keyUseRecords,
  placeOfKey,
  type UserRecord,
  userRecords,
} from '../records.ts';
import { noSuchEntity, overQuota } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { newSecretAccessKey, newUniqueId } from '../unique-ids.ts';

export const createAccessKey = entityOperation('CreateAccessKey', 'User', {
  isCaller: true,
  audit: { kind: 'management', hideAnswer: ['SecretAccessKey'] },
  handler: (call, user) => {
    if (call.ledger.countBy(accessKeyRecords, user, 'user', user.id) >= quotas.accessKeysPerUser) {
      throw overQuota('AccessKeysPerUser', quotas.accessKeysPerUser);
    }
    const id = newUniqueId('AKIA', call.random);
    const secret = newSecretAccessKey(call.random);
    const key: AccessKeyRecord = {
      ...{ ...placeOf(call), id, user: user.id, status: 'Active', createdAt: call.at },
      sealed: seal(call, secret, id),
    };
    call.change((transaction) => transaction.put(accessKeyRecords, key));
    return { AccessKey: { ...keyView(user, key), SecretAccessKey: secret } };
  },
});

function seal({ vault }: IamCall, secret: string, id: string): string {
  try {
    return vault.seal(Buffer.from(secret), placeOfKey({ id }));
  } catch (error) {
    if (error instanceof KeysUnavailable)
      throw new ServiceError('ServiceFailure', error.message, { status: 500, cause: error });
    throw error;
  }
}

function keyView({ name }: UserRecord, { id, status, createdAt }: AccessKeyRecord) {
  return { UserName: name, AccessKeyId: id, Status: status, CreateDate: new Date(createdAt) };
}

export const listAccessKeys = entityOperation('ListAccessKeys', 'User', {
  isCaller: true,
  members: pageMembers,
  handler: ({ ledger }, user, input) => {
    const { items, end } = listPage(input, {
      of: 'ListAccessKeys',
      from: (after) => ledger.by(accessKeyRecords, user, 'user', { value: user.id, after }),
      placeOf: ({ id }) => id,
      show: (key) => keyView(user, key),
    });
    return { AccessKeyMetadata: items, ...end };
  },
});

/** What signs with it is refused as soon as it is inactive. */
export const updateAccessKey = entityOperation('UpdateAccessKey', 'User', {
  isCaller: true,
  members: { AccessKeyId: shapes.accessKeyId, Status: shapes.keyStatus },
  handler: (call, user, { AccessKeyId, Status: status }) => {
    const key = demandKey(call, user, AccessKeyId);
    call.change((transaction) => transaction.put(accessKeyRecords, { ...key, status }));
    return {};
  },
});

export const deleteAccessKey = entityOperation('DeleteAccessKey', 'User', {
  isCaller: true,
  members: { AccessKeyId: shapes.accessKeyId },
  handler: (call, user, { AccessKeyId }) => {
    const key = demandKey(call, user, AccessKeyId);
    const use = call.ledger.get(keyUseRecords, key, key.id);
    call.change((transaction) => {
      transaction.delete(accessKeyRecords, key);
      if (use) transaction.delete(keyUseRecords, use);
    });
    return {};
  },
});

function demandKey({ ledger }: IamCall, user: UserRecord, id: string): AccessKeyRecord {
  const key = ledger.get(accessKeyRecords, user, id);
  if (key?.user !== user.id) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  return key;
}

export const getAccessKeyLastUsed = iamOperation('GetAccessKeyLastUsed', {
  members: { AccessKeyId: shapes.accessKeyId },
  resource: (input, runtime, account) => {
    const key = runtime.ledger.get(accessKeyRecords, iamScope(account), textOf(input.AccessKeyId) ?? '');
    const user = key && findById(runtime.ledger, userRecords, account, key.user);
    return namedArn('User', runtime, account, user?.name);
  },
  handler: (call, { AccessKeyId }) => {
    const { ledger, account } = call;
    const key = ledger.get(accessKeyRecords, placeOf(call), AccessKeyId);
    const user = key && findById(ledger, userRecords, account, key.user);
    if (!key || !user) throw noSuchEntity(`The Access Key with id ${AccessKeyId} cannot be found.`);
    const use = ledger.get(keyUseRecords, key, key.id);
    const last = use ? { LastUsedDate: new Date(use.usedAt), ServiceName: use.service, Region: use.usedIn } : never;
    return { UserName: user.name, AccessKeyLastUsed: last };
  },
});

const never = { ServiceName: 'N/A', Region: 'N/A' };
