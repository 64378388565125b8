import { textOf } from '../../../core/unvalidated.ts';
import { checkBoundary } from '../boundaries.ts';
import { demandAbsent, demandRoom } from '../creation.ts';
import { createConditions, newArn, taggedBy } from '../creation-access.ts';
import { quotas } from '../limits.ts';
import { entityOperation, iamOperation, placeOf } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import {
  attachmentRecords,
  inlinePolicyRecords,
  instanceProfileRecords,
  nameKey,
  type RoleRecord,
  roleRecords,
} from '../records.ts';
import { deleteConflict, invalidInput } from '../refusals.ts';
import { servicePath } from '../service-linked-roles.ts';
import * as shapes from '../shapes.ts';
import { withTags } from '../tags.ts';
import { checkTrust } from '../trust.ts';
import { newUniqueId } from '../unique-ids.ts';
import { roleView, wholeRoleView } from '../views.ts';

const usualDuration = 3600;

export const createRole = iamOperation('CreateRole', {
  members: {
    RoleName: shapes.shortName,
    AssumeRolePolicyDocument: shapes.policyDocument,
    Path: shapes.path.optional(),
    Description: shapes.description.optional(),
    MaxSessionDuration: shapes.sessionDuration.optional(),
    PermissionsBoundary: shapes.policyArn.optional(),
    Tags: shapes.tags.optional(),
  },
  resource: (input, _runtime, account) => newArn('role', input.Path, input.RoleName, account),
  conditions: createConditions,
  more: taggedBy('TagRole'),
  handler: (call, input) => {
    const { RoleName: name, Path: path = '/', AssumeRolePolicyDocument: trust, Tags = [] } = input;
    const { MaxSessionDuration: maxSessionDuration = usualDuration, PermissionsBoundary: boundary } = input;
    if (path.startsWith(servicePath)) throw invalidInput(`The path ${servicePath} is that of service-linked roles.`);
    const tags = withTags({}, Tags);
    demandAbsent(call, roleRecords, name, `Role with name ${name} already exists.`);
    demandRoom(call, roleRecords, 'RolesPerAccount', quotas.roles);
    checkTrust(call.ledger, call.account, trust);
    if (boundary !== undefined) checkBoundary(call.ledger, call.account, boundary);
    const role: RoleRecord = {
      ...{ ...placeOf(call), name, path, id: newUniqueId('AROA', call.random), tags, createdAt: call.at },
      ...{ trust, maxSessionDuration, ...described(input.Description) },
      ...(boundary === undefined ? {} : { boundary }),
    };
    call.change((transaction) => transaction.put(roleRecords, role));
    return { Role: wholeRoleView(role) };
  },
});

/** An empty one is none. */
function described(description: string | undefined): Pick<RoleRecord, 'description'> {
  return description ? { description } : {};
}

export const getRole = entityOperation('GetRole', 'Role', {
  handler: (_call, role) => ({ Role: { ...wholeRoleView(role), RoleLastUsed: {} } }),
});

export const listRoles = iamOperation('ListRoles', {
  members: { PathPrefix: shapes.pathPrefix.optional(), ...pageMembers },
  resource: (input, _runtime, account) => `arn:aws:iam::${account}:role${textOf(input.PathPrefix) ?? '/'}`,
  handler: (call, input) => {
    const { PathPrefix = '/' } = input;
    const { items, end } = listPage(input, {
      of: 'ListRoles',
      from: (after) => call.ledger.by(roleRecords, placeOf(call), 'name', { after }),
      placeOf: ({ name }) => nameKey(name),
      show: (role) => (role.path.startsWith(PathPrefix) ? roleView(role) : undefined),
    });
    return { Roles: items, ...end };
  },
});

export const updateRole = entityOperation('UpdateRole', 'Role', {
  members: { Description: shapes.description.optional(), MaxSessionDuration: shapes.sessionDuration.optional() },
  handler: (call, role, { Description, MaxSessionDuration: maxSessionDuration = role.maxSessionDuration }) => {
    const changed = Description === undefined ? role : withDescription(role, Description);
    call.change((transaction) => transaction.put(roleRecords, { ...changed, maxSessionDuration }));
    return {};
  },
});

/** The one thing of a service's role that its account may change. */
export const updateRoleDescription = entityOperation('UpdateRoleDescription', 'Role', {
  members: { Description: shapes.description },
  ofServices: true,
  handler: (call, role, { Description }) => {
    const changed = withDescription(role, Description);
    call.change((transaction) => transaction.put(roleRecords, changed));
    return { Role: wholeRoleView(changed) };
  },
});

function withDescription({ description: _, ...role }: RoleRecord, description: string): RoleRecord {
  return { ...role, ...described(description) };
}

export const updateAssumeRolePolicy = entityOperation('UpdateAssumeRolePolicy', 'Role', {
  members: { PolicyDocument: shapes.policyDocument },
  handler: (call, role, { PolicyDocument: trust }) => {
    checkTrust(call.ledger, call.account, trust);
    call.change((transaction) => transaction.put(roleRecords, { ...role, trust }));
    return {};
  },
});

export const deleteRole = entityOperation('DeleteRole', 'Role', {
  handler: (call, role) => {
    const { ledger } = call;
    const place = placeOf(call);
    if (ledger.countBy(instanceProfileRecords, place, 'role', role.id) > 0) {
      throw deleteConflict('remove roles from instance profile');
    }
    if (ledger.countBy(attachmentRecords, place, 'owner', role.id) > 0) throw deleteConflict('detach all policies');
    if (ledger.countBy(inlinePolicyRecords, place, 'owner', role.id) > 0) throw deleteConflict('delete policies');
    call.change((transaction) => transaction.delete(roleRecords, role));
    return {};
  },
});
