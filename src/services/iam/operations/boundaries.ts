import { checkBoundary } from '../boundaries.ts';
import { boundaryCondition } from '../creation-access.ts';
import { entityOperation } from '../operation.ts';
import { type RoleRecord, roleRecords, type UserRecord, userRecords } from '../records.ts';
import { noSuchEntity } from '../refusals.ts';
import * as shapes from '../shapes.ts';

const members = { PermissionsBoundary: shapes.policyArn };
const conditions = (input: { readonly PermissionsBoundary?: unknown }) => boundaryCondition(input.PermissionsBoundary);

export const putUserPermissionsBoundary = entityOperation('PutUserPermissionsBoundary', 'User', {
  members,
  conditions,
  handler: (call, user, { PermissionsBoundary: boundary }) => {
    checkBoundary(call.ledger, call.account, boundary);
    call.change((transaction) => transaction.put(userRecords, { ...user, boundary }));
    return {};
  },
});

export const putRolePermissionsBoundary = entityOperation('PutRolePermissionsBoundary', 'Role', {
  members,
  conditions,
  handler: (call, role, { PermissionsBoundary: boundary }) => {
    checkBoundary(call.ledger, call.account, boundary);
    call.change((transaction) => transaction.put(roleRecords, { ...role, boundary }));
    return {};
  },
});

export const deleteUserPermissionsBoundary = entityOperation('DeleteUserPermissionsBoundary', 'User', {
  handler: (call, user) => {
    const unbounded = withoutBoundary('user', user);
    call.change((transaction) => transaction.put(userRecords, unbounded));
    return {};
  },
});

export const deleteRolePermissionsBoundary = entityOperation('DeleteRolePermissionsBoundary', 'Role', {
  handler: (call, role) => {
    const unbounded = withoutBoundary('role', role);
    call.change((transaction) => transaction.put(roleRecords, unbounded));
    return {};
  },
});

function withoutBoundary<Value extends UserRecord | RoleRecord>(kind: string, record: Value): Omit<Value, 'boundary'> {
  const { boundary, ...unbounded } = record;
  if (boundary === undefined) throw noSuchEntity(`The ${kind} ${record.name} does not have a permissions boundary.`);
  return unbounded;
}
