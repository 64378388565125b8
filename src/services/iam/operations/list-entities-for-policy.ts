import { textOf } from '../../../core/unvalidated.ts';
import { demandManagedPolicy } from '../entities.ts';
import { findById } from '../lookups.ts';
import { type IamCall, iamOperation, placeOf } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import { attachmentRecords, groupRecords, roleRecords, userRecords } from '../records.ts';
import * as shapes from '../shapes.ts';

interface Entity {
  /** Its kind is what the id begins with. */
  readonly id: string;
  readonly usage: 'PermissionsPolicy' | 'PermissionsBoundary';
}

type Shown =
  | { readonly kind: 'Group'; readonly path: string; readonly item: { GroupName: string; GroupId: string } }
  | { readonly kind: 'User'; readonly path: string; readonly item: { UserName: string; UserId: string } }
  | { readonly kind: 'Role'; readonly path: string; readonly item: { RoleName: string; RoleId: string } };

/** Whom a policy is attached to, and whose boundary it is. */
export const listEntitiesForPolicy = iamOperation('ListEntitiesForPolicy', {
  members: {
    PolicyArn: shapes.policyArn,
    EntityFilter: shapes.entityFilter.optional(),
    PathPrefix: shapes.pathPrefix.optional(),
    PolicyUsageFilter: shapes.policyUsage.optional(),
    ...pageMembers,
  },
  resource: (input) => textOf(input.PolicyArn) ?? '*',
  handler: (call, input) => {
    const { PolicyArn, EntityFilter, PathPrefix = '/', PolicyUsageFilter } = input;
    demandManagedPolicy(call.ledger, call.account, PolicyArn);
    const { items, end } = listPage(input, {
      of: 'ListEntitiesForPolicy',
      from: (after) => entitiesBehind(call, PolicyArn, after),
      placeOf: placeOfEntity,
      show: ({ id, usage }) => {
        if (PolicyUsageFilter !== undefined && usage !== PolicyUsageFilter) return undefined;
        const shown = show(call, id);
        if (!shown?.path.startsWith(PathPrefix)) return undefined;
        return EntityFilter === undefined || EntityFilter === shown.kind ? shown : undefined;
      },
    });
    return {
      PolicyGroups: items.flatMap((each) => (each.kind === 'Group' ? [each.item] : [])),
      PolicyUsers: items.flatMap((each) => (each.kind === 'User' ? [each.item] : [])),
      PolicyRoles: items.flatMap((each) => (each.kind === 'Role' ? [each.item] : [])),
      ...end,
    };
  },
});

/** Lists follow each other in the order of these. */
const parts = ['attached', 'bounds-user', 'bounds-role'] as const;
type Part = (typeof parts)[number];

function placeOfEntity({ id, usage }: Entity): string {
  if (usage === 'PermissionsPolicy') return `0 ${id}`;
  return id.startsWith('AIDA') ? `1 ${id}` : `2 ${id}`;
}

function* entitiesBehind(call: IamCall, value: string, after: string | undefined): Generator<Entity> {
  const first = after === undefined ? 0 : Number(after[0]);
  for (const [index, part] of parts.entries()) {
    if (index < first) continue;
    const behind = after !== undefined && index === first ? after.slice(2) : undefined;
    yield* entitiesOf(call, part, value, behind);
  }
}

function* entitiesOf(call: IamCall, part: Part, value: string, after: string | undefined): Generator<Entity> {
  const { ledger } = call;
  const place = placeOf(call);
  if (part === 'attached') {
    for (const { owner } of ledger.by(attachmentRecords, place, 'policy', { value, after })) {
      yield { id: owner, usage: 'PermissionsPolicy' };
    }
    return;
  }
  const bounded =
    part === 'bounds-user'
      ? ledger.by(userRecords, place, 'boundary', { value, after })
      : ledger.by(roleRecords, place, 'boundary', { value, after });
  for (const { id } of bounded) yield { id, usage: 'PermissionsBoundary' };
}

function show({ ledger, account }: IamCall, id: string): Shown | undefined {
  if (id.startsWith('AIDA')) {
    const user = findById(ledger, userRecords, account, id);
    return user && { kind: 'User', path: user.path, item: { UserName: user.name, UserId: id } };
  }
  if (id.startsWith('AGPA')) {
    const group = findById(ledger, groupRecords, account, id);
    return group && { kind: 'Group', path: group.path, item: { GroupName: group.name, GroupId: id } };
  }
  const role = findById(ledger, roleRecords, account, id);
  return role && { kind: 'Role', path: role.path, item: { RoleName: role.name, RoleId: id } };
}
