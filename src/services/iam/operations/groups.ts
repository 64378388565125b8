import { textOf } from '../../../core/unvalidated.ts';
import { demandAbsent, demandRoom } from '../creation.ts';
import { newArn } from '../creation-access.ts';
import { demandEntity } from '../entities.ts';
import { quotas } from '../limits.ts';
import { findById } from '../lookups.ts';
import { entityOperation, iamOperation, placeOf } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import {
  attachmentRecords,
  groupRecords,
  inlinePolicyRecords,
  membershipRecords,
  nameKey,
  userRecords,
} from '../records.ts';
import { deleteConflict, overQuota } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { newUniqueId } from '../unique-ids.ts';
import { groupView, userView } from '../views.ts';

export const createGroup = iamOperation('CreateGroup', {
  members: { GroupName: shapes.longName, Path: shapes.path.optional() },
  resource: (input, _runtime, account) => newArn('group', input.Path, input.GroupName, account),
  handler: (call, { GroupName: name, Path: path = '/' }) => {
    demandAbsent(call, groupRecords, name, `Group with name ${name} already exists.`);
    demandRoom(call, groupRecords, 'GroupsPerAccount', quotas.groups);
    const group = { ...placeOf(call), name, path, id: newUniqueId('AGPA', call.random), createdAt: call.at };
    call.change((transaction) => transaction.put(groupRecords, group));
    return { Group: groupView(group) };
  },
});

/** With a page of its users. */
export const getGroup = entityOperation('GetGroup', 'Group', {
  members: pageMembers,
  handler: (call, group, input) => {
    const { ledger, account } = call;
    const { items, end } = listPage(input, {
      of: 'GetGroup',
      from: (after) => ledger.by(membershipRecords, placeOf(call), 'group', { value: group.id, after }),
      placeOf: ({ user }) => user,
      show: ({ user }) => {
        const found = findById(ledger, userRecords, account, user);
        return found && userView(found);
      },
    });
    return { Group: groupView(group), Users: items, ...end };
  },
});

export const listGroups = iamOperation('ListGroups', {
  members: { PathPrefix: shapes.pathPrefix.optional(), ...pageMembers },
  resource: (input, _runtime, account) => `arn:aws:iam::${account}:group${textOf(input.PathPrefix) ?? '/'}`,
  handler: (call, input) => {
    const { PathPrefix = '/' } = input;
    const { items, end } = listPage(input, {
      of: 'ListGroups',
      from: (after) => call.ledger.by(groupRecords, placeOf(call), 'name', { after }),
      placeOf: ({ name }) => nameKey(name),
      show: (group) => (group.path.startsWith(PathPrefix) ? groupView(group) : undefined),
    });
    return { Groups: items, ...end };
  },
});

export const listGroupsForUser = entityOperation('ListGroupsForUser', 'User', {
  members: pageMembers,
  handler: (call, user, input) => {
    const { ledger, account } = call;
    const { items, end } = listPage(input, {
      of: 'ListGroupsForUser',
      from: (after) => ledger.by(membershipRecords, placeOf(call), 'user', { value: user.id, after }),
      placeOf: ({ group }) => group,
      show: ({ group }) => {
        const found = findById(ledger, groupRecords, account, group);
        return found && groupView(found);
      },
    });
    return { Groups: items, ...end };
  },
});

/** Its members stay: they have its id. */
export const updateGroup = entityOperation('UpdateGroup', 'Group', {
  members: { NewPath: shapes.path.optional(), NewGroupName: shapes.longName.optional() },
  handler: (call, group, { NewPath: path = group.path, NewGroupName: name = group.name }) => {
    if (nameKey(name) !== nameKey(group.name)) {
      demandAbsent(call, groupRecords, name, `Group with name ${name} already exists.`);
    }
    call.change((transaction) => {
      transaction.delete(groupRecords, group);
      transaction.put(groupRecords, { ...group, name, path });
    });
    return {};
  },
});

export const deleteGroup = entityOperation('DeleteGroup', 'Group', {
  handler: (call, group) => {
    const { ledger } = call;
    const place = placeOf(call);
    if (ledger.countBy(membershipRecords, place, 'group', group.id) > 0) {
      throw deleteConflict('remove users from group');
    }
    if (ledger.countBy(attachmentRecords, place, 'owner', group.id) > 0) throw deleteConflict('detach all policies');
    if (ledger.countBy(inlinePolicyRecords, place, 'owner', group.id) > 0) throw deleteConflict('delete policies');
    call.change((transaction) => transaction.delete(groupRecords, group));
    return {};
  },
});

export const addUserToGroup = entityOperation('AddUserToGroup', 'Group', {
  members: { UserName: shapes.shortName },
  handler: (call, group, { UserName }) => {
    const user = demandEntity('User', call.ledger, call.account, UserName);
    const membership = { ...placeOf(call), group: group.id, user: user.id };
    if (call.ledger.get(membershipRecords, membership, membershipRecords.keyOf(membership))) return {};
    if (call.ledger.countBy(membershipRecords, membership, 'user', user.id) >= quotas.groupsPerUser) {
      throw overQuota('GroupsPerUser', quotas.groupsPerUser);
    }
    call.change((transaction) => transaction.put(membershipRecords, membership));
    return {};
  },
});

export const removeUserFromGroup = entityOperation('RemoveUserFromGroup', 'Group', {
  members: { UserName: shapes.shortName },
  handler: (call, group, { UserName }) => {
    const user = demandEntity('User', call.ledger, call.account, UserName);
    const membership = { ...placeOf(call), group: group.id, user: user.id };
    call.change((transaction) => transaction.delete(membershipRecords, membership));
    return {};
  },
});
