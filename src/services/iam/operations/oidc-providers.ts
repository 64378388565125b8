import { textOf } from '../../../core/unvalidated.ts';
import { demandRoom } from '../creation.ts';
import { taggedBy, tagging, untagging } from '../creation-access.ts';
import { quotas } from '../limits.ts';
import { demandOidcProvider, findOidcProvider, oidcProviderArn, providerName } from '../oidc-providers.ts';
import { type IamCall, iamOperation, placeOf } from '../operation.ts';
import { behind, listPage, pageMembers } from '../page.ts';
import { type OidcProviderRecord, oidcProviderRecords } from '../records.ts';
import { alreadyExists, invalidInput, overQuota } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { shownTags, tagList, withoutTags, withTags } from '../tags.ts';

const named = { OpenIDConnectProviderArn: shapes.providerArn };
const ofProvider = (input: { readonly OpenIDConnectProviderArn?: unknown }) =>
  textOf(input.OpenIDConnectProviderArn) ?? '*';

export const createOpenIDConnectProvider = iamOperation('CreateOpenIDConnectProvider', {
  members: {
    Url: shapes.providerUrl,
    ClientIDList: shapes.clientIds.optional(),
    ThumbprintList: shapes.thumbprints.optional(),
    Tags: shapes.tags.optional(),
  },
  resource: (input, _runtime, account) =>
    oidcProviderArn({ account, name: providerName(textOf(input.Url) ?? '') ?? '*' }),
  conditions: tagging,
  more: taggedBy('TagOpenIDConnectProvider'),
  handler: (call, { Url, ClientIDList = [], ThumbprintList = [], Tags = [] }) => {
    const name = providerName(Url);
    if (name === undefined) throw invalidInput('Url must begin with https:// and have no query');
    const tags = withTags({}, Tags);
    const arn = oidcProviderArn({ account: call.account, name });
    if (findOidcProvider(call.ledger, call.account, arn)) {
      throw alreadyExists(`Provider with url ${Url} already exists.`);
    }
    demandRoom(call, oidcProviderRecords, 'OpenIdConnectProvidersPerAccount', quotas.oidcProviders);
    const clientIds = withinQuota(new Set(ClientIDList));
    const thumbprints = ThumbprintList.map((each) => each.toLowerCase());
    const provider = { ...placeOf(call), name, clientIds, thumbprints, tags, createdAt: call.at };
    call.change((transaction) => transaction.put(oidcProviderRecords, provider));
    return { OpenIDConnectProviderArn: arn, ...shownTags(tags) };
  },
});

export const getOpenIDConnectProvider = iamOperation('GetOpenIDConnectProvider', {
  members: named,
  resource: ofProvider,
  handler: ({ ledger, account }, { OpenIDConnectProviderArn: arn }) => {
    const { name, clientIds, thumbprints, tags, createdAt } = demandOidcProvider(ledger, account, arn);
    return {
      ...{ Url: name, ClientIDList: clientIds, ThumbprintList: thumbprints, CreateDate: new Date(createdAt) },
      ...shownTags(tags),
    };
  },
});

export const listOpenIDConnectProviders = iamOperation('ListOpenIDConnectProviders', {
  handler: (call) => {
    const providers = [...call.ledger.by(oidcProviderRecords, placeOf(call), 'name', {})];
    return { OpenIDConnectProviderList: providers.map((each) => ({ Arn: oidcProviderArn(each) })) };
  },
});

/** As on AWS what is not there is no error. */
export const deleteOpenIDConnectProvider = iamOperation('DeleteOpenIDConnectProvider', {
  members: named,
  resource: ofProvider,
  handler: (call, { OpenIDConnectProviderArn: arn }) => {
    const provider = findOidcProvider(call.ledger, call.account, arn);
    if (provider) call.change((transaction) => transaction.delete(oidcProviderRecords, provider));
    return {};
  },
});

export const addClientIDToOpenIDConnectProvider = iamOperation('AddClientIDToOpenIDConnectProvider', {
  members: { ...named, ClientID: shapes.clientId },
  resource: ofProvider,
  handler: (call, { OpenIDConnectProviderArn, ClientID }) =>
    changed(call, OpenIDConnectProviderArn, ({ clientIds }) => ({
      clientIds: withinQuota(new Set([...clientIds, ClientID])),
    })),
});

export const removeClientIDFromOpenIDConnectProvider = iamOperation('RemoveClientIDFromOpenIDConnectProvider', {
  members: { ...named, ClientID: shapes.clientId },
  resource: ofProvider,
  handler: (call, { OpenIDConnectProviderArn, ClientID }) =>
    changed(call, OpenIDConnectProviderArn, ({ clientIds }) => ({
      clientIds: clientIds.filter((each) => each !== ClientID),
    })),
});

export const updateOpenIDConnectProviderThumbprint = iamOperation('UpdateOpenIDConnectProviderThumbprint', {
  members: { ...named, ThumbprintList: shapes.thumbprints },
  resource: ofProvider,
  handler: (call, { OpenIDConnectProviderArn, ThumbprintList }) =>
    changed(call, OpenIDConnectProviderArn, () => ({ thumbprints: ThumbprintList.map((each) => each.toLowerCase()) })),
});

export const tagOpenIDConnectProvider = iamOperation('TagOpenIDConnectProvider', {
  members: { ...named, Tags: shapes.tags },
  resource: ofProvider,
  conditions: tagging,
  handler: (call, { OpenIDConnectProviderArn, Tags }) =>
    changed(call, OpenIDConnectProviderArn, ({ tags }) => ({ tags: withTags(tags, Tags) })),
});

export const untagOpenIDConnectProvider = iamOperation('UntagOpenIDConnectProvider', {
  members: { ...named, TagKeys: shapes.tagKeys },
  resource: ofProvider,
  conditions: untagging,
  handler: (call, { OpenIDConnectProviderArn, TagKeys }) =>
    changed(call, OpenIDConnectProviderArn, ({ tags }) => ({ tags: withoutTags(tags, TagKeys) })),
});

export const listOpenIDConnectProviderTags = iamOperation('ListOpenIDConnectProviderTags', {
  members: { ...named, ...pageMembers },
  resource: ofProvider,
  handler: ({ ledger, account }, input) => {
    const { tags } = demandOidcProvider(ledger, account, input.OpenIDConnectProviderArn);
    const placeOfTag = ({ Key }: { readonly Key: string }) => Key;
    const { items, end } = listPage(input, {
      of: 'ListOpenIDConnectProviderTags',
      from: behind(tagList(tags), placeOfTag),
      placeOf: placeOfTag,
      show: (tag) => tag,
    });
    return { Tags: items, ...end };
  },
});

function changed(call: IamCall, arn: string, change: (provider: OidcProviderRecord) => Partial<OidcProviderRecord>) {
  const provider = demandOidcProvider(call.ledger, call.account, arn);
  call.change((transaction) => transaction.put(oidcProviderRecords, { ...provider, ...change(provider) }));
  return {};
}

function withinQuota(clientIds: ReadonlySet<string>): readonly string[] {
  if (clientIds.size > quotas.clientIds) throw overQuota('ClientIdsPerOpenIdConnectProvider', quotas.clientIds);
  return [...clientIds];
}
