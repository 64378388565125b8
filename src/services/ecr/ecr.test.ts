import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Region } from '../../core/ids.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import type { EcrOperationName, LocalImage } from './index.ts';
import { ecrOperations } from './operations/index.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

const images: readonly LocalImage[] = [
  { reference: `${host}/team/app:2`, digest: digest('b'), sizeBytes: 20 },
  { reference: `${host}/team/app:1`, digest: digest('a'), sizeBytes: 10 },
  { reference: `${host}/team/app:latest`, digest: digest('b'), sizeBytes: 20 },
  { reference: `${host}/team/app@${digest('c')}`, digest: digest('c'), sizeBytes: 30 },
  { reference: `${host}/base:1`, digest: digest('d'), sizeBytes: 40 },
  { reference: 'docker.io/library/alpine:3', digest: digest('e'), sizeBytes: 50 },
  { reference: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/far:1', digest: digest('f'), sizeBytes: 60 },
  { reference: 'docker-archive:/tmp/app.tar', digest: digest('0'), sizeBytes: 70 },
];

function caller(here = images) {
  const operations: Partial<Record<EcrOperationName, unknown>> = ecrOperations({
    images: () => here,
    random: new SystemRandom(),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  return (name: EcrOperationName, input: object = {}): Promise<any> =>
    callOperation(operations[name] as Operation, input, rootContext(scope, 1_000), async () => {});
}

const repositoryName = 'team/app';
const namesOf = (answer: { repositories: { repositoryName: string }[] }) =>
  answer.repositories.map((each) => each.repositoryName);

test("repositories are those of the account's registry of which an image is here", async () => {
  const call = caller();
  const all = await call('DescribeRepositories');
  assert.deepEqual(namesOf(all), ['base', 'team/app']);
  assert.deepEqual(all.repositories[1].repositoryUri, `${host}/team/app`);
  assert.equal(all.repositories[1].repositoryArn, 'arn:aws:ecr:us-east-1:123456789012:repository/team/app');
  const page = await call('DescribeRepositories', { maxResults: 1 });
  assert.deepEqual(namesOf(page), ['base']);
  assert.deepEqual(namesOf(await call('DescribeRepositories', { nextToken: page.nextToken })), ['team/app']);
  assert.deepEqual(namesOf(await call('DescribeRepositories', { repositoryNames: ['team/app'] })), ['team/app']);
  assert.deepEqual(await caller([])('DescribeRepositories'), { repositories: [] });
  await assert.rejects(call('DescribeRepositories', { nextToken: 'x' }), { code: 'InvalidParameterException' });
});

test('images are listed by digest and tag, and described with all of their tags', async () => {
  const call = caller();
  const { imageIds } = await call('ListImages', { repositoryName });
  assert.deepEqual(imageIds, [
    { imageDigest: digest('a'), imageTag: '1' },
    { imageDigest: digest('b'), imageTag: '2' },
    { imageDigest: digest('b'), imageTag: 'latest' },
    { imageDigest: digest('c') },
  ]);
  const untagged = await call('ListImages', { repositoryName, filter: { tagStatus: 'UNTAGGED' } });
  assert.deepEqual(untagged.imageIds, [{ imageDigest: digest('c') }]);
  const described = await call('DescribeImages', { repositoryName, filter: { tagStatus: 'TAGGED' }, maxResults: 1 });
  assert.equal(described.imageDetails[0].imageSizeInBytes, 10);
  const rest = await call('DescribeImages', {
    repositoryName,
    filter: { tagStatus: 'TAGGED' },
    nextToken: described.nextToken,
  });
  assert.deepEqual(rest.imageDetails, [
    {
      ...{ registryId: '123456789012', repositoryName, imageDigest: digest('b'), imageSizeInBytes: 20 },
      imageTags: ['2', 'latest'],
    },
  ]);
  const named = await call('DescribeImages', {
    repositoryName,
    imageIds: [{ imageTag: 'latest' }, { imageDigest: digest('b') }],
  });
  assert.equal(named.imageDetails.length, 1);
  const missing = call('DescribeImages', { repositoryName, imageIds: [{ imageTag: '9' }] });
  await assert.rejects(missing, {
    code: 'ImageNotFoundException',
    message:
      "The image with imageId {imageDigest:'null', imageTag:'9'} does not exist within the repository with name 'team/app' " +
      "in the registry with id '123456789012'",
  });
});

test('what is not here is refused by every call about a repository', async () => {
  const call = caller();
  const inputs: Readonly<Partial<Record<EcrOperationName, object>>> = {
    ListImages: {},
    DescribeImages: {},
    BatchGetImage: { imageIds: [{ imageTag: '3' }] },
    BatchCheckLayerAvailability: { layerDigests: [digest('a')] },
    GetDownloadUrlForLayer: { layerDigest: digest('a') },
  };
  for (const [name, input] of Object.entries(inputs)) {
    const refused = call(name as EcrOperationName, { repositoryName: 'library/alpine', ...input });
    await assert.rejects(refused, {
      code: 'RepositoryNotFoundException',
      message: "The repository with name 'library/alpine' does not exist in the registry with id '123456789012'",
    });
    const foreign = call(name as EcrOperationName, { repositoryName, registryId: '210987654321', ...input });
    await assert.rejects(foreign, { code: 'RepositoryNotFoundException' });
  }
  await assert.rejects(call('DescribeRepositories', { repositoryNames: ['none'] }), {
    code: 'RepositoryNotFoundException',
  });
});

test('manifests and layers cannot be got, for images are kept unpacked', async () => {
  const call = caller();
  const asked = [{ imageTag: '1' }, { imageTag: '9' }, {}];
  const { images: got, failures } = await call('BatchGetImage', { repositoryName, imageIds: asked });
  assert.deepEqual(got, []);
  assert.deepEqual(
    failures.map(({ failureCode, failureReason }: { failureCode: string; failureReason: string }) => [
      failureCode,
      failureReason,
    ]),
    [
      ['ImageNotFound', 'The image is here, unpacked: its manifest cannot be got'],
      ['ImageNotFound', 'Requested image not found'],
      ['MissingDigestAndTag', 'Invalid request parameters: both tag and digest cannot be null'],
    ],
  );
  const { layers } = await call('BatchCheckLayerAvailability', { repositoryName, layerDigests: [digest('a')] });
  assert.deepEqual(layers, [{ layerDigest: digest('a'), layerAvailability: 'UNAVAILABLE' }]);
  const url = call('GetDownloadUrlForLayer', { repositoryName, layerDigest: digest('a') });
  await assert.rejects(url, { code: 'LayersNotFoundException', message: /images are kept unpacked here/ });
});

test('an authorization token is a password of user AWS for twelve hours, and never the same', async () => {
  const call = caller();
  const { authorizationData } = await call('GetAuthorizationToken', { registryIds: ['123456789012', '210987654321'] });
  const [own, other] = authorizationData;
  assert.match(Buffer.from(own.authorizationToken, 'base64').toString(), /^AWS:.{100,}$/);
  assert.deepEqual(own.expiresAt, new Date(1_000 + 12 * 60 * 60 * 1000));
  assert.deepEqual(
    [own.proxyEndpoint, other.proxyEndpoint],
    [`https://${host}`, `https://${host.replace('123456789012', '210987654321')}`],
  );
  const again = await call('GetAuthorizationToken');
  assert.notEqual(again.authorizationData[0].authorizationToken, own.authorizationToken);
});
