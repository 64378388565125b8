import type { AccountId } from '../../../core/ids.ts';
import type { Ledger } from '../../../store/index.ts';
import { policyCondition } from '../creation-access.ts';
import { findManagedPolicy } from '../entities.ts';
import { quotas } from '../limits.ts';
import { entityOperation } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import { attachmentRecords } from '../records.ts';
import { invalidInput, noSuchEntity, overQuota } from '../refusals.ts';
import * as shapes from '../shapes.ts';

type Kind = 'User' | 'Group' | 'Role';

/** The three operations on the managed policies that are attached to one kind of owner. */
export function attachmentOperations<K extends Kind>(kind: K) {
  return {
    attach: entityOperation(`Attach${kind}Policy`, kind, {
      members: { PolicyArn: shapes.policyArn },
      conditions: (input) => policyCondition((input as { PolicyArn?: unknown }).PolicyArn),
      handler: (call, { account, region, id: owner }, { PolicyArn: policyArn }) => {
        demandAttachable(call.ledger, account, policyArn);
        const attachment = { account, region, owner, policyArn };
        if (call.ledger.get(attachmentRecords, attachment, attachmentRecords.keyOf(attachment))) return {};
        if (call.ledger.countBy(attachmentRecords, attachment, 'owner', owner) >= quotas.attachedPolicies) {
          throw overQuota(`PoliciesPer${kind}`, quotas.attachedPolicies);
        }
        call.change((transaction) => transaction.put(attachmentRecords, attachment));
        return {};
      },
    }),
    detach: entityOperation(`Detach${kind}Policy`, kind, {
      members: { PolicyArn: shapes.policyArn },
      conditions: (input) => policyCondition((input as { PolicyArn?: unknown }).PolicyArn),
      handler: (call, { account, region, id: owner }, { PolicyArn: policyArn }) => {
        const attachment = { account, region, owner, policyArn };
        if (!call.ledger.get(attachmentRecords, attachment, attachmentRecords.keyOf(attachment))) {
          throw noSuchEntity(`Policy ${policyArn} was not found.`);
        }
        call.change((transaction) => transaction.delete(attachmentRecords, attachment));
        return {};
      },
    }),
    list: entityOperation(`ListAttached${kind}Policies`, kind, {
      members: { PathPrefix: shapes.pathPrefix.optional(), ...pageMembers },
      handler: ({ ledger }, owner, input) => {
        const { PathPrefix = '/' } = input;
        const { items, end } = listPage(input, {
          of: `ListAttached${kind}Policies`,
          from: (after) => ledger.by(attachmentRecords, owner, 'owner', { value: owner.id, after }),
          placeOf: ({ policyArn }) => policyArn,
          show: ({ policyArn }) => (pathOf(policyArn).startsWith(PathPrefix) ? attachedView(policyArn) : undefined),
        });
        return { AttachedPolicies: items, ...end };
      },
    }),
  };
}

/** `arn:aws:iam::aws:policy/service-role/X` has the path `/service-role/`. */
function pathOf(policyArn: string): string {
  return policyArn.slice(policyArn.indexOf(':policy/') + ':policy'.length, policyArn.lastIndexOf('/') + 1);
}

export function attachedView(policyArn: string) {
  return { PolicyName: policyArn.slice(policyArn.lastIndexOf('/') + 1), PolicyArn: policyArn };
}

function demandAttachable(ledger: Ledger, account: AccountId, arn: string): void {
  if (!/^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\//.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`);
  if (!findManagedPolicy(ledger, account, arn)) {
    throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  }
}
