import { textOf } from '../../../core/unvalidated.ts';
import type { RecordType } from '../../../store/index.ts';
import { tagging, untagging } from '../creation-access.ts';
import { demandManagedPolicy, demandOwnPolicy, type Entities } from '../entities.ts';
import { entityOperation, iamOperation } from '../operation.ts';
import { behind, listPage, type PageInput, pageMembers } from '../page.ts';
import { instanceProfileRecords, policyRecords, roleRecords, userRecords } from '../records.ts';
import * as shapes from '../shapes.ts';
import { tagList, withoutTags, withTags } from '../tags.ts';

type Kind = 'User' | 'Role' | 'InstanceProfile';

const records: { readonly [K in Kind]: RecordType<Entities[K], string> } = {
  User: userRecords,
  Role: roleRecords,
  InstanceProfile: instanceProfileRecords,
};

/** The three operations on the tags of one kind of entity. */
export function tagOperations<K extends Kind>(kind: K) {
  return {
    tag: entityOperation(`Tag${kind}`, kind, {
      members: { Tags: shapes.tags },
      conditions: tagging,
      handler: (call, entity, { Tags }) => {
        const tags = withTags(entity.tags, Tags);
        call.change((transaction) => transaction.put(records[kind], { ...entity, tags }));
        return {};
      },
    }),
    untag: entityOperation(`Untag${kind}`, kind, {
      members: { TagKeys: shapes.tagKeys },
      conditions: untagging,
      handler: (call, entity, { TagKeys }) => {
        const tags = withoutTags(entity.tags, TagKeys);
        call.change((transaction) => transaction.put(records[kind], { ...entity, tags }));
        return {};
      },
    }),
    list: entityOperation(`List${kind}Tags`, kind, {
      members: pageMembers,
      handler: (_call, { tags }, input) => tagPage(`List${kind}Tags`, tags, input),
    }),
  };
}

function tagPage(of: string, tags: Entities['User']['tags'], input: PageInput) {
  const place = ({ Key }: { readonly Key: string }) => Key;
  const { items, end } = listPage(input, {
    of,
    from: behind(tagList(tags), place),
    placeOf: place,
    show: (tag) => tag,
  });
  return { Tags: items, ...end };
}

const ofPolicy = (input: { readonly PolicyArn?: unknown }) => textOf(input.PolicyArn) ?? '*';

export const tagPolicy = iamOperation('TagPolicy', {
  members: { PolicyArn: shapes.policyArn, Tags: shapes.tags },
  resource: ofPolicy,
  conditions: tagging,
  handler: (call, { PolicyArn, Tags }) => {
    const policy = demandOwnPolicy(call.ledger, call.account, PolicyArn);
    const tags = withTags(policy.tags, Tags);
    call.change((transaction) => transaction.put(policyRecords, { ...policy, tags }));
    return {};
  },
});

export const untagPolicy = iamOperation('UntagPolicy', {
  members: { PolicyArn: shapes.policyArn, TagKeys: shapes.tagKeys },
  resource: ofPolicy,
  conditions: untagging,
  handler: (call, { PolicyArn, TagKeys }) => {
    const policy = demandOwnPolicy(call.ledger, call.account, PolicyArn);
    const tags = withoutTags(policy.tags, TagKeys);
    call.change((transaction) => transaction.put(policyRecords, { ...policy, tags }));
    return {};
  },
});

export const listPolicyTags = iamOperation('ListPolicyTags', {
  members: { PolicyArn: shapes.policyArn, ...pageMembers },
  resource: ofPolicy,
  handler: ({ ledger, account }, input) => {
    const policy = demandManagedPolicy(ledger, account, input.PolicyArn);
    return tagPage('ListPolicyTags', policy.kind === 'own' ? policy.record.tags : {}, input);
  },
});
