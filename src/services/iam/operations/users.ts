import { textOf } from '../../../core/unvalidated.ts';
import { checkBoundary } from '../boundaries.ts';
import { demandAbsent, demandRoom } from '../creation.ts';
import { createConditions, newArn, taggedBy } from '../creation-access.ts';
import { demandEntity } from '../entities.ts';
import { quotas } from '../limits.ts';
import { callerName, entityOperation, iamOperation, namedArn, ownName, placeOf } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import {
  accessKeyRecords,
  attachmentRecords,
  inlinePolicyRecords,
  membershipRecords,
  nameKey,
  userRecords,
} from '../records.ts';
import { deleteConflict } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { withTags } from '../tags.ts';
import { newUniqueId } from '../unique-ids.ts';
import { userView, wholeUserView } from '../views.ts';

export const createUser = iamOperation('CreateUser', {
  members: {
    UserName: shapes.shortName,
    Path: shapes.path.optional(),
    PermissionsBoundary: shapes.policyArn.optional(),
    Tags: shapes.tags.optional(),
  },
  resource: (input, _runtime, account) => newArn('user', input.Path, input.UserName, account),
  conditions: createConditions,
  more: taggedBy('TagUser'),
  handler: (call, { UserName: name, Path: path = '/', PermissionsBoundary: boundary, Tags = [] }) => {
    const { ledger, account, random, at: createdAt } = call;
    const tags = withTags({}, Tags);
    demandAbsent(call, userRecords, name, `User with name ${name} already exists.`);
    demandRoom(call, userRecords, 'UsersPerAccount', quotas.users);
    if (boundary !== undefined) checkBoundary(ledger, account, boundary);
    const limited = boundary === undefined ? {} : { boundary };
    const user = { ...placeOf(call), name, path, id: newUniqueId('AIDA', random), tags, createdAt, ...limited };
    call.change((transaction) => transaction.put(userRecords, user));
    return { User: wholeUserView(user) };
  },
});

/** Without a name, who calls. */
export const getUser = iamOperation('GetUser', {
  members: { UserName: shapes.shortName.optional() },
  resource: (input, runtime, account, principal) =>
    namedArn('User', runtime, account, input.UserName ?? ownName(principal)),
  handler: (call, { UserName }) => {
    const { principal } = call.context;
    if (UserName === undefined && principal.kind === 'root') {
      const { userId, arn } = principal;
      return { User: { Path: '/', UserId: userId, Arn: arn } };
    }
    const name = UserName ?? callerName(call.context);
    return { User: wholeUserView(demandEntity('User', call.ledger, call.account, name)) };
  },
});

export const listUsers = iamOperation('ListUsers', {
  members: { PathPrefix: shapes.pathPrefix.optional(), ...pageMembers },
  resource: (input, _runtime, account) => `arn:aws:iam::${account}:user${textOf(input.PathPrefix) ?? '/'}`,
  handler: (call, input) => {
    const { PathPrefix = '/' } = input;
    const { items, end } = listPage(input, {
      of: 'ListUsers',
      from: (after) => call.ledger.by(userRecords, placeOf(call), 'name', { after }),
      placeOf: ({ name }) => nameKey(name),
      show: (user) => (user.path.startsWith(PathPrefix) ? userView(user) : undefined),
    });
    return { Users: items, ...end };
  },
});

export const updateUser = entityOperation('UpdateUser', 'User', {
  members: { NewPath: shapes.path.optional(), NewUserName: shapes.shortName.optional() },
  handler: (call, user, { NewPath: path = user.path, NewUserName: name = user.name }) => {
    if (nameKey(name) !== nameKey(user.name)) {
      demandAbsent(call, userRecords, name, `User with name ${name} already exists.`);
    }
    call.change((transaction) => {
      transaction.delete(userRecords, user);
      transaction.put(userRecords, { ...user, name, path });
    });
    return {};
  },
});

export const deleteUser = entityOperation('DeleteUser', 'User', {
  handler: (call, user) => {
    const { ledger } = call;
    const place = placeOf(call);
    if (ledger.countBy(accessKeyRecords, place, 'user', user.id) > 0) throw deleteConflict('delete access keys');
    if (ledger.countBy(attachmentRecords, place, 'owner', user.id) > 0) throw deleteConflict('detach all policies');
    if (ledger.countBy(inlinePolicyRecords, place, 'owner', user.id) > 0) throw deleteConflict('delete policies');
    if (ledger.countBy(membershipRecords, place, 'user', user.id) > 0) {
      throw deleteConflict('remove users from group');
    }
    call.change((transaction) => transaction.delete(userRecords, user));
    return {};
  },
});
