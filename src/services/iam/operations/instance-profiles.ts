import { textOf } from '../../../core/unvalidated.ts';
import { demandAbsent, demandRoom } from '../creation.ts';
import { createConditions, newArn, taggedBy } from '../creation-access.ts';
import { demandEntity, demandModifiable } from '../entities.ts';
import { quotas } from '../limits.ts';
import { entityOperation, iamOperation, namedArn, placeOf } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import { instanceProfileRecords, nameKey } from '../records.ts';
import { deleteConflict, noSuchEntity, overQuota } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { withTags } from '../tags.ts';
import { newUniqueId } from '../unique-ids.ts';
import { profileView, wholeProfileView } from '../views.ts';

export const createInstanceProfile = iamOperation('CreateInstanceProfile', {
  members: {
    InstanceProfileName: shapes.longName,
    Path: shapes.path.optional(),
    Tags: shapes.tags.optional(),
  },
  resource: (input, _runtime, account) => newArn('instance-profile', input.Path, input.InstanceProfileName, account),
  conditions: createConditions,
  more: taggedBy('TagInstanceProfile'),
  handler: (call, { InstanceProfileName: name, Path: path = '/', Tags = [] }) => {
    const tags = withTags({}, Tags);
    demandAbsent(call, instanceProfileRecords, name, `Instance Profile ${name} already exists.`);
    demandRoom(call, instanceProfileRecords, 'InstanceProfilesPerAccount', quotas.instanceProfiles);
    const id = newUniqueId('AIPA', call.random);
    const profile = { ...placeOf(call), name, path, id, tags, createdAt: call.at };
    call.change((transaction) => transaction.put(instanceProfileRecords, profile));
    return { InstanceProfile: wholeProfileView(call.ledger, profile) };
  },
});

export const getInstanceProfile = entityOperation('GetInstanceProfile', 'InstanceProfile', {
  handler: ({ ledger }, profile) => ({ InstanceProfile: wholeProfileView(ledger, profile) }),
});

export const listInstanceProfiles = iamOperation('ListInstanceProfiles', {
  members: { PathPrefix: shapes.pathPrefix.optional(), ...pageMembers },
  resource: (input, _runtime, account) => `arn:aws:iam::${account}:instance-profile${textOf(input.PathPrefix) ?? '/'}`,
  handler: (call, input) => {
    const { ledger } = call;
    const { PathPrefix = '/' } = input;
    const { items, end } = listPage(input, {
      of: 'ListInstanceProfiles',
      from: (after) => ledger.by(instanceProfileRecords, placeOf(call), 'name', { after }),
      placeOf: ({ name }) => nameKey(name),
      show: (profile) => (profile.path.startsWith(PathPrefix) ? profileView(ledger, profile) : undefined),
    });
    return { InstanceProfiles: items, ...end };
  },
});

export const listInstanceProfilesForRole = entityOperation('ListInstanceProfilesForRole', 'Role', {
  members: pageMembers,
  handler: (call, role, input) => {
    const { ledger } = call;
    const { items, end } = listPage(input, {
      of: 'ListInstanceProfilesForRole',
      from: (after) => ledger.by(instanceProfileRecords, placeOf(call), 'role', { value: role.id, after }),
      placeOf: ({ name }) => nameKey(name),
      show: (profile) => profileView(ledger, profile),
    });
    return { InstanceProfiles: items, ...end };
  },
});

export const addRoleToInstanceProfile = entityOperation('AddRoleToInstanceProfile', 'InstanceProfile', {
  members: { RoleName: shapes.shortName },
  more: (input, resource, account, runtime) => [
    {
      action: 'iam:PassRole',
      resource: namedArn('Role', runtime, account, input.RoleName),
      conditions: { 'iam:PassedToService': 'ec2.amazonaws.com', 'iam:AssociatedResourceArn': resource },
    },
  ],
  handler: (call, profile, { RoleName }) => {
    const role = demandEntity('Role', call.ledger, call.account, RoleName);
    demandModifiable(role);
    if (profile.role !== undefined) {
      throw overQuota('InstanceSessionsPerInstanceProfile', quotas.rolesPerInstanceProfile);
    }
    if (call.ledger.countBy(instanceProfileRecords, profile, 'role', role.id) >= quotas.instanceProfilesPerRole) {
      throw overQuota('InstanceProfilesPerRole', quotas.instanceProfilesPerRole);
    }
    call.change((transaction) => transaction.put(instanceProfileRecords, { ...profile, role: role.id }));
    return {};
  },
});

export const removeRoleFromInstanceProfile = entityOperation('RemoveRoleFromInstanceProfile', 'InstanceProfile', {
  members: { RoleName: shapes.shortName },
  handler: (call, profile, { RoleName }) => {
    const role = demandEntity('Role', call.ledger, call.account, RoleName);
    if (profile.role !== role.id)
      throw noSuchEntity(`Role ${RoleName} in Instance Profile ${profile.name} cannot be found.`);
    const { role: _, ...empty } = profile;
    call.change((transaction) => transaction.put(instanceProfileRecords, empty));
    return {};
  },
});

export const deleteInstanceProfile = entityOperation('DeleteInstanceProfile', 'InstanceProfile', {
  handler: (call, profile) => {
    if (profile.role !== undefined) throw deleteConflict('remove roles from instance profile');
    call.change((transaction) => transaction.delete(instanceProfileRecords, profile));
    return {};
  },
});
