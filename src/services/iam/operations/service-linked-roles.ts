import { uuidV7 } from '../../../core/random.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { entityArn } from '../arns.ts';
import { entityOperation, type IamCall, iamOperation, namedArn, placeOf } from '../operation.ts';
import { putLinkedRole } from '../own-roles.ts';
import {
  attachmentRecords,
  type DeletionTaskRecord,
  deletionTaskRecords,
  inlinePolicyRecords,
  nameKey,
  type RoleRecord,
  roleRecords,
} from '../records.ts';
import { invalidInput, noSuchEntity } from '../refusals.ts';
import { linkedRoleRecord, type ServiceLinkedRole, serviceLinkedRoles, servicePath } from '../service-linked-roles.ts';
import * as shapes from '../shapes.ts';
import { wholeRoleView } from '../views.ts';

const servicesRole = (service: unknown): ServiceLinkedRole | undefined => {
  const name = textOf(service) ?? '';
  return Object.hasOwn(serviceLinkedRoles, name) ? serviceLinkedRoles[name] : undefined;
};

export const createServiceLinkedRole = iamOperation('CreateServiceLinkedRole', {
  members: {
    AWSServiceName: shapes.serviceName,
    Description: shapes.description.optional(),
    CustomSuffix: shapes.shortName.optional(),
  },
  resource: (input, _runtime, account) => {
    const name = servicesRole(input.AWSServiceName)?.role ?? '*';
    return entityArn('role', { account, path: `${servicePath}${textOf(input.AWSServiceName) ?? '*'}/`, name });
  },
  conditions: (input) => serviceCondition(textOf(input.AWSServiceName)),
  handler: (call, { AWSServiceName: service, Description, CustomSuffix }) => {
    const found = servicesRole(service);
    if (!found) throw invalidInput(`This server has no service-linked role of ${service}.`);
    if (CustomSuffix !== undefined) throw invalidInput(`Custom suffix is not allowed for ${service}`);
    if (call.ledger.get(roleRecords, placeOf(call), nameKey(found.role))) {
      const taken = `Service role name ${found.role} has been taken in this account, please try a different suffix.`;
      throw invalidInput(taken);
    }
    const role: RoleRecord = {
      ...linkedRoleRecord(service, found, call),
      ...(Description ? { description: Description } : {}),
    };
    call.change((transaction) => putLinkedRole(transaction, role, found));
    return { Role: wholeRoleView(role) };
  },
});

function serviceCondition(service: string | undefined): Readonly<Record<string, string>> {
  return service === undefined ? {} : { 'iam:AWSServiceName': service };
}

/** Decided at once, asked about afterwards: what still needs the role keeps it. */
export const deleteServiceLinkedRole = entityOperation('DeleteServiceLinkedRole', 'Role', {
  ofServices: true,
  handler: (call, role) => {
    if (role.service === undefined) throw invalidInput(`Role ${role.name} is not a service-linked role.`);
    const uses = call.roleUses(call.account, entityArn('role', role));
    const id = `task${role.path}${role.name}/${uuidV7(call.context.now, call.random)}`;
    const task = { ...placeOf(call), id, createdAt: call.at, ...(uses.length > 0 ? { uses } : {}) };
    call.change((transaction) => {
      for (const oldest of oldTasks(call)) transaction.delete(deletionTaskRecords, oldest);
      transaction.put(deletionTaskRecords, task);
      if (uses.length > 0) return;
      const owned = { value: role.id };
      for (const each of [...call.ledger.by(attachmentRecords, role, 'owner', owned)])
        transaction.delete(attachmentRecords, each);
      for (const each of [...call.ledger.by(inlinePolicyRecords, role, 'owner', owned)])
        transaction.delete(inlinePolicyRecords, each);
      transaction.delete(roleRecords, role);
    });
    return { DeletionTaskId: id };
  },
});

const mostTasks = 1_000;

/** One more than there may be goes. */
function oldTasks(call: IamCall): readonly DeletionTaskRecord[] {
  const tasks = call.ledger.list(deletionTaskRecords, placeOf(call));
  return tasks.length < mostTasks ? [] : tasks.slice(0, tasks.length - mostTasks + 1);
}

export const getServiceLinkedRoleDeletionStatus = iamOperation('GetServiceLinkedRoleDeletionStatus', {
  members: { DeletionTaskId: shapes.deletionTaskId },
  resource: (input, runtime, account) => {
    const [, , , name] = (textOf(input.DeletionTaskId) ?? '').split('/');
    return namedArn('Role', runtime, account, name);
  },
  handler: (call, { DeletionTaskId }) => {
    const task = call.ledger.get(deletionTaskRecords, placeOf(call), DeletionTaskId);
    if (!task) throw noSuchEntity(`The deletion task ${DeletionTaskId} cannot be found.`);
    if (!task.uses) return { Status: 'SUCCEEDED' };
    const RoleUsageList = task.uses.map(({ region, resources }) => ({ Region: region, Resources: resources }));
    return { Status: 'FAILED', Reason: { Reason: 'The role is in use by these resources.', RoleUsageList } };
  },
});
