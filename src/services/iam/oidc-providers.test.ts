import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, IamBench } from './iam.fixture.ts';

const Url = 'https://tokens.example/team';
const OpenIDConnectProviderArn = `arn:aws:iam::${account}:oidc-provider/tokens.example/team`;
const thumbprint = 'A'.repeat(40);

test('a provider is read as it was made and changed, with its clients, thumbprints and tags, until it is deleted', async () => {
  await using iam = await IamBench.open();
  const given = {
    Url,
    ClientIDList: ['one', 'two', 'one'],
    ThumbprintList: [thumbprint],
    Tags: [{ Key: 'a', Value: '1' }],
  };
  assert.deepEqual(await iam.call('CreateOpenIDConnectProvider', given), {
    OpenIDConnectProviderArn,
    Tags: [{ Key: 'a', Value: '1' }],
  });
  const of = { OpenIDConnectProviderArn };
  await iam.call('AddClientIDToOpenIDConnectProvider', { ...of, ClientID: 'three' });
  await iam.call('RemoveClientIDFromOpenIDConnectProvider', { ...of, ClientID: 'one' });
  await iam.call('RemoveClientIDFromOpenIDConnectProvider', { ...of, ClientID: 'one' });
  await iam.call('TagOpenIDConnectProvider', { ...of, Tags: [{ Key: 'b', Value: '2' }] });
  await iam.call('UntagOpenIDConnectProvider', { ...of, TagKeys: ['a'] });
  await iam.restart();
  const { CreateDate, ...read } = await iam.call('GetOpenIDConnectProvider', of);
  assert.ok(CreateDate instanceof Date);
  assert.deepEqual(read, {
    Url: 'tokens.example/team',
    ClientIDList: ['two', 'three'],
    ThumbprintList: [thumbprint.toLowerCase()],
    Tags: [{ Key: 'b', Value: '2' }],
  });
  assert.deepEqual((await iam.call('ListOpenIDConnectProviderTags', of)).Tags, [{ Key: 'b', Value: '2' }]);
  assert.deepEqual(iam.service.providerOf(account, Url)?.clientIds, ['two', 'three']);
  await iam.call('UpdateOpenIDConnectProviderThumbprint', { ...of, ThumbprintList: [] });
  assert.deepEqual((await iam.call('GetOpenIDConnectProvider', of)).ThumbprintList, []);
  assert.deepEqual(await iam.call('ListOpenIDConnectProviders'), {
    OpenIDConnectProviderList: [{ Arn: OpenIDConnectProviderArn }],
  });
  await iam.call('DeleteOpenIDConnectProvider', of);
  await iam.call('DeleteOpenIDConnectProvider', of);
  await assert.rejects(iam.call('GetOpenIDConnectProvider', of), {
    code: 'NoSuchEntity',
    message: `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`,
  });
  assert.equal(iam.service.providerOf(account, Url), undefined);
});

test('a provider is of one https URL, once, and has a hundred clients at most', async () => {
  await using iam = await IamBench.open();
  for (const url of ['http://tokens.example', 'tokens.example', 'https://tokens.example?a=b', 'https://'])
    await assert.rejects(iam.call('CreateOpenIDConnectProvider', { Url: url }), { code: 'InvalidInput' }, url);
  await iam.call('CreateOpenIDConnectProvider', { Url });
  await assert.rejects(iam.call('CreateOpenIDConnectProvider', { Url }), {
    code: 'EntityAlreadyExists',
    message: `Provider with url ${Url} already exists.`,
  });
  const ClientIDList = Array.from({ length: 101 }, (_, index) => `client-${index}`);
  await assert.rejects(iam.call('CreateOpenIDConnectProvider', { Url: `${Url}/2`, ClientIDList }), {
    code: 'LimitExceeded',
  });
});
