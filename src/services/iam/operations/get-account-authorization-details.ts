import { awsManagedPolicies } from '../../../iam/index.ts';
import { encodeDocument } from '../documents.ts';
import type { ManagedPolicy } from '../entities.ts';
import { findById } from '../lookups.ts';
import { type IamCall, iamOperation, placeOf } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import {
  attachmentRecords,
  type GroupRecord,
  groupRecords,
  inlinePolicyRecords,
  instanceProfileRecords,
  membershipRecords,
  nameKey,
  policyRecords,
  type RoleRecord,
  roleRecords,
  type UserRecord,
  userRecords,
} from '../records.ts';
import * as shapes from '../shapes.ts';
import {
  attachmentsOf,
  boundariesOf,
  groupView,
  policyView,
  profileView,
  wholeRoleView,
  wholeUserView,
} from '../views.ts';
import { attachedView } from './attachments.ts';
import { versionsOf, wholeVersion } from './policy-versions.ts';

type Detail =
  | { readonly kind: 'User'; readonly record: UserRecord }
  | { readonly kind: 'Role'; readonly record: RoleRecord }
  | { readonly kind: 'Group'; readonly record: GroupRecord }
  | { readonly kind: 'LocalManagedPolicy' | 'AWSManagedPolicy'; readonly policy: ManagedPolicy };

type Kind = Detail['kind'];

/** In which they are told. */
const order: readonly Kind[] = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'];

/** Everything of an account in pages, with policies. Of AWS's, those that are in use. */
export const getAccountAuthorizationDetails = iamOperation('GetAccountAuthorizationDetails', {
  members: { Filter: shapes.entityFilters.optional(), ...pageMembers },
  handler: (call, input) => {
    const { Filter = [] } = input;
    const kinds = Filter.length > 0 ? order.filter((kind) => Filter.includes(kind)) : order;
    const { items, end } = listPage(input, {
      of: 'GetAccountAuthorizationDetails',
      from: (after) => detailsBehind(call, kinds, after),
      placeOf: placeOfDetail,
      show: (detail) => detailView(call, detail),
      weigh: (view) => JSON.stringify(view).length,
    });
    const of = <K extends Kind>(...wanted: readonly K[]) =>
      items.filter(({ kind }) => (wanted as readonly Kind[]).includes(kind)).map(({ view }) => view);
    return {
      ...{ UserDetailList: of('User'), GroupDetailList: of('Group'), RoleDetailList: of('Role') },
      ...{ Policies: of('LocalManagedPolicy', 'AWSManagedPolicy'), ...end },
    };
  },
});

function placeOfDetail(detail: Detail): string {
  const { kind } = detail;
  return `${order.indexOf(kind)} ${'record' in detail ? nameKey(detail.record.name) : nameOfPolicy(detail.policy)}`;
}

function nameOfPolicy(policy: ManagedPolicy): string {
  return policy.kind === 'aws' ? policy.policy.arn : nameKey(policy.record.name);
}

function* detailsBehind(call: IamCall, kinds: readonly Kind[], after: string | undefined): Generator<Detail> {
  const first = after === undefined ? 0 : Number(after[0]);
  for (const kind of kinds) {
    const index = order.indexOf(kind);
    if (index < first) continue;
    yield* detailsOf(call, kind, after !== undefined && index === first ? after.slice(2) : undefined);
  }
}

function* detailsOf(call: IamCall, kind: Kind, after: string | undefined): Generator<Detail> {
  const { ledger, account } = call;
  const place = placeOf(call);
  switch (kind) {
    case 'User':
      for (const record of ledger.by(userRecords, place, 'name', { after })) yield { kind, record };
      return;
    case 'Role':
      for (const record of ledger.by(roleRecords, place, 'name', { after })) yield { kind, record };
      return;
    case 'Group':
      for (const record of ledger.by(groupRecords, place, 'name', { after })) yield { kind, record };
      return;
    case 'LocalManagedPolicy':
      for (const record of ledger.by(policyRecords, place, 'name', { after }))
        yield { kind, policy: { kind: 'own', record } };
      return;
    case 'AWSManagedPolicy':
      for (const policy of awsManagedPolicies().values()) {
        if (after !== undefined && policy.arn <= after) continue;
        if (attachmentsOf(ledger, account, policy.arn) + boundariesOf(ledger, account, policy.arn) === 0) continue;
        yield { kind, policy: { kind: 'aws', policy } };
      }
  }
}

function detailView(call: IamCall, detail: Detail): { readonly kind: Kind; readonly view: object } {
  const { kind } = detail;
  switch (kind) {
    case 'User':
      return { kind, view: userDetail(call, detail.record) };
    case 'Role':
      return { kind, view: roleDetail(call, detail.record) };
    case 'Group':
      return { kind, view: { ...groupView(detail.record), ...ownedBy(call, 'GroupPolicyList', detail.record.id) } };
    default:
      return { kind, view: policyDetail(call, detail.policy) };
  }
}

function userDetail(call: IamCall, user: UserRecord) {
  const memberships = call.ledger.by(membershipRecords, user, 'user', { value: user.id });
  const GroupList = Array.from(
    memberships,
    ({ group }) => findById(call.ledger, groupRecords, call.account, group)?.name,
  );
  return { ...wholeUserView(user), ...ownedBy(call, 'UserPolicyList', user.id), GroupList };
}

function roleDetail(call: IamCall, role: RoleRecord) {
  const profiles = call.ledger.by(instanceProfileRecords, role, 'role', { value: role.id });
  const InstanceProfileList = Array.from(profiles, (profile) => profileView(call.ledger, profile));
  // The list of roles has no description and no duration here.
  const { Description: _, MaxSessionDuration: __, ...view } = wholeRoleView(role);
  return { ...view, InstanceProfileList, ...ownedBy(call, 'RolePolicyList', role.id), RoleLastUsed: {} };
}

/** Its own policies with their contents, and those that are attached to it. */
function ownedBy(call: IamCall, list: string, owner: string) {
  const query = { value: owner };
  return {
    [list]: Array.from(call.ledger.by(inlinePolicyRecords, placeOf(call), 'owner', query), ({ name, document }) => ({
      PolicyName: name,
      PolicyDocument: encodeDocument(document),
    })),
    AttachedManagedPolicies: Array.from(
      call.ledger.by(attachmentRecords, placeOf(call), 'owner', query),
      ({ policyArn }) => attachedView(policyArn),
    ),
  };
}

function policyDetail({ ledger, account }: IamCall, policy: ManagedPolicy) {
  const PolicyVersionList = versionsOf(ledger, policy).map(wholeVersion);
  return { ...policyView(ledger, account, policy), PolicyVersionList };
}
