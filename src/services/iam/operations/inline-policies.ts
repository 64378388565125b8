import { checkDocument, encodeDocument, sizeOf } from '../documents.ts';
import type { Entities } from '../entities.ts';
import { quotas } from '../limits.ts';
import { entityOperation, type IamCall } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import { inlineKey, inlinePolicyRecords } from '../records.ts';
import { limitExceeded, noSuchEntity } from '../refusals.ts';
import * as shapes from '../shapes.ts';

type Kind = 'User' | 'Group' | 'Role';
type Owner = Entities[Kind];

const lower = { User: 'user', Group: 'group', Role: 'role' } as const;

/** The four operations on the policies that one kind of owner has of its own. */
export function inlinePolicyOperations<K extends Kind>(kind: K) {
  return {
    put: entityOperation(`Put${kind}Policy`, kind, {
      members: { PolicyName: shapes.longName, PolicyDocument: shapes.policyDocument },
      handler: (call, owner, { PolicyName: name, PolicyDocument: document }) => {
        checkDocument(document, 'identity');
        checkSum(call, kind, owner, { name, document });
        const { account, region, id } = owner;
        call.change((transaction) =>
          transaction.put(inlinePolicyRecords, { account, region, owner: id, name, document }),
        );
        return {};
      },
    }),
    get: entityOperation(`Get${kind}Policy`, kind, {
      members: { PolicyName: shapes.longName },
      handler: (call, owner, { PolicyName }) => {
        const { document } = demandInline(call, kind, owner, PolicyName);
        return { [`${kind}Name`]: owner.name, PolicyName, PolicyDocument: encodeDocument(document) };
      },
    }),
    list: entityOperation(`List${kind}Policies`, kind, {
      members: pageMembers,
      handler: ({ ledger }, owner, input) => {
        const { items, end } = listPage(input, {
          of: `List${kind}Policies`,
          from: (after) => ledger.by(inlinePolicyRecords, owner, 'owner', { value: owner.id, after }),
          placeOf: ({ name }) => name,
          show: ({ name }) => name,
        });
        return { PolicyNames: items, ...end };
      },
    }),
    delete: entityOperation(`Delete${kind}Policy`, kind, {
      members: { PolicyName: shapes.longName },
      handler: (call, owner, { PolicyName }) => {
        const policy = demandInline(call, kind, owner, PolicyName);
        call.change((transaction) => transaction.delete(inlinePolicyRecords, policy));
        return {};
      },
    }),
  };
}

function demandInline({ ledger }: IamCall, kind: Kind, owner: Owner, name: string) {
  const found = ledger.get(inlinePolicyRecords, owner, inlineKey(owner.id, name));
  if (!found) throw noSuchEntity(`The ${lower[kind]} policy with name ${name} cannot be found.`);
  return found;
}

/** All of them together may have so many characters. */
function checkSum(
  { ledger }: IamCall,
  kind: Kind,
  owner: Owner,
  put: { readonly name: string; readonly document: string },
): void {
  let sum = sizeOf(put.document);
  for (const { name, document } of ledger.by(inlinePolicyRecords, owner, 'owner', { value: owner.id })) {
    if (name !== put.name) sum += sizeOf(document);
  }
  const most = quotas.inlinePolicySize[lower[kind]];
  if (sum > most) throw limitExceeded(`Maximum policy size of ${most} bytes exceeded for ${lower[kind]} ${owner.name}`);
}
