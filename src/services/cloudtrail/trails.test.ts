import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Region } from '../../core/ids.ts';
import { CloudTrailBench } from './cloudtrail.fixture.ts';

const arn = 'arn:aws:cloudtrail:us-east-1:123456789012:trail/mine';
const elsewhere = { region: 'eu-west-1' as Region };

test('a trail is made, changed, shown and deleted', async () => {
  await using bench = await CloudTrailBench.open();
  const given = { S3BucketName: 'the-bucket', S3KeyPrefix: 'deep/down', SnsTopicName: 'news' };
  const made = await bench.call('CreateTrail', { Name: 'mine', ...given, EnableLogFileValidation: true });
  const topic = { SnsTopicName: 'news', SnsTopicARN: 'arn:aws:sns:us-east-1:123456789012:news' };
  const shown = {
    ...{ Name: 'mine', S3BucketName: 'the-bucket', S3KeyPrefix: 'deep/down', ...topic, TrailARN: arn },
    ...{ IncludeGlobalServiceEvents: true, IsMultiRegionTrail: false, LogFileValidationEnabled: true },
    IsOrganizationTrail: false,
  };
  assert.deepEqual(made, shown);
  const described = { ...shown, HomeRegion: 'us-east-1', HasCustomEventSelectors: false, HasInsightSelectors: false };
  assert.deepEqual((await bench.call('GetTrail', { Name: arn })).Trail, described);
  assert.deepEqual((await bench.call('DescribeTrails', { trailNameList: ['none', 'mine'] })).trailList, [described]);
  await bench.call('UpdateTrail', { Name: 'mine', S3BucketName: 'other-bucket', S3KeyPrefix: '', SnsTopicName: '' });
  const changed = (await bench.call('GetTrail', { Name: 'mine' })).Trail as Record<string, unknown>;
  assert.deepEqual(
    [changed.S3BucketName, changed.S3KeyPrefix, changed.SnsTopicARN, changed.LogFileValidationEnabled],
    ['other-bucket', undefined, undefined, true],
  );
  await bench.call('DeleteTrail', { Name: 'mine' });
  assert.deepEqual(await bench.call('ListTrails', {}), { Trails: [] });
});

test('a trail of all regions is seen in each and changed in its home alone', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.call('CreateTrail', { Name: 'local', S3BucketName: 'the-bucket' });
  await bench.call('CreateTrail', { Name: 'mine', S3BucketName: 'the-bucket', IsMultiRegionTrail: true });
  const names = async (input: object, context = {}) =>
    ((await bench.call('DescribeTrails', input, context)).trailList as { Name: string }[]).map(({ Name }) => Name);
  assert.deepEqual(await names({}), ['local', 'mine']);
  assert.deepEqual(await names({}, elsewhere), ['mine']);
  assert.deepEqual(await names({ includeShadowTrails: false }, elsewhere), []);
  const { Trails } = await bench.call<{ Trails: object[] }>('ListTrails', {}, elsewhere);
  assert.equal(Trails.length, 2);
  for (const operation of ['UpdateTrail', 'StartLogging', 'DeleteTrail'] as const)
    await assert.rejects(bench.call(operation, { Name: arn }, elsewhere), { code: 'InvalidHomeRegionException' });
});

test('selectors are kept as they were put, and the basic ones are all management events', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.call('CreateTrail', { Name: 'mine', S3BucketName: 'the-bucket' });
  const all = {
    ...{ ReadWriteType: 'All', IncludeManagementEvents: true },
    ...{ DataResources: [], ExcludeManagementEventSources: [] },
  };
  const get = () => bench.call('GetEventSelectors', { TrailName: 'mine' });
  assert.deepEqual(await get(), { TrailARN: arn, EventSelectors: [all] });
  const writes = { ...all, ReadWriteType: 'WriteOnly', ExcludeManagementEventSources: ['kms.amazonaws.com'] };
  await bench.call('PutEventSelectors', { TrailName: 'mine', EventSelectors: [writes] });
  assert.deepEqual(await get(), { TrailARN: arn, EventSelectors: [writes] });
  const management = { Field: 'eventCategory', Equals: ['Management'] };
  const FieldSelectors = [management, { Field: 'eventName', NotStartsWith: ['Describe'], EndsWith: ['Job'] }];
  const advanced = [{ Name: 'some', FieldSelectors }];
  await bench.call('PutEventSelectors', { TrailName: 'mine', AdvancedEventSelectors: advanced });
  assert.deepEqual(await get(), { TrailARN: arn, AdvancedEventSelectors: advanced });
  assert.deepEqual(
    ((await bench.call('GetTrail', { Name: 'mine' })).Trail as Record<string, unknown>).HasCustomEventSelectors,
    true,
  );
});

test('tags are given, listed and taken back', async () => {
  await using bench = await CloudTrailBench.open();
  const TagsList = [{ Key: 'team', Value: 'audit' }];
  await bench.call('CreateTrail', { Name: 'mine', S3BucketName: 'the-bucket', TagsList });
  await bench.call('AddTags', { ResourceId: arn, TagsList: [{ Key: 'stage' }] });
  const list = () => bench.call('ListTags', { ResourceIdList: [arn] });
  const both = [...TagsList, { Key: 'stage', Value: '' }];
  assert.deepEqual(await list(), { ResourceTagList: [{ ResourceId: arn, TagsList: both }] });
  await bench.call('RemoveTags', { ResourceId: arn, TagsList: [{ Key: 'team' }] });
  assert.deepEqual(await list(), { ResourceTagList: [{ ResourceId: arn, TagsList: [{ Key: 'stage', Value: '' }] }] });
});

const create = { Name: 'another', S3BucketName: 'the-bucket' };
const field = (Field: string, more: object) => [{ FieldSelectors: [{ Field, ...more }] }];
const refusals = [
  ['CreateTrail', { ...create, Name: 'ab' }, 'InvalidTrailNameException'],
  ['CreateTrail', { ...create, Name: 'a--b' }, 'InvalidTrailNameException'],
  ['CreateTrail', { ...create, Name: '192.168.5.4' }, 'InvalidTrailNameException'],
  ['CreateTrail', { ...create, Name: '-abc' }, 'InvalidTrailNameException'],
  ['CreateTrail', { ...create, Name: 'mine' }, 'TrailAlreadyExistsException'],
  ['CreateTrail', { ...create, S3BucketName: '..' }, 'InvalidS3BucketNameException'],
  ['CreateTrail', { ...create, S3BucketName: 'a/../b' }, 'InvalidS3BucketNameException'],
  ['CreateTrail', { ...create, S3BucketName: 'Upper' }, 'InvalidS3BucketNameException'],
  ['CreateTrail', { ...create, S3KeyPrefix: '../../etc' }, 'InvalidS3PrefixException'],
  ['CreateTrail', { ...create, S3KeyPrefix: '/absolute' }, 'InvalidS3PrefixException'],
  ['CreateTrail', { ...create, S3KeyPrefix: 'a\0b' }, 'InvalidS3PrefixException'],
  ['CreateTrail', { ...create, S3KeyPrefix: 'x'.repeat(201) }, 'InvalidS3PrefixException'],
  ['CreateTrail', { ...create, SnsTopicName: 'no topic' }, 'InvalidSnsTopicNameException'],
  ['CreateTrail', { ...create, KmsKeyId: 'alias/x' }, 'UnsupportedOperationException'],
  ['CreateTrail', { ...create, CloudWatchLogsLogGroupArn: 'arn:x' }, 'UnsupportedOperationException'],
  ['CreateTrail', { ...create, IsOrganizationTrail: true }, 'OrganizationsNotInUseException'],
  [
    'CreateTrail',
    { ...create, IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false },
    'InvalidParameterCombinationException',
  ],
  ['CreateTrail', { ...create, TagsList: [{ Key: 'aws:x' }] }, 'InvalidTagParameterException'],
  ['GetTrail', { Name: 'nobody' }, 'TrailNotFoundException'],
  ['GetTrail', { Name: 'arn:aws:batch:us-east-1:123456789012:trail/mine' }, 'CloudTrailARNInvalidException'],
  ['StartLogging', { Name: 'nobody' }, 'TrailNotFoundException'],
  ['ListTags', { ResourceIdList: [`${arn}s`] }, 'ResourceNotFoundException'],
  ['PutEventSelectors', { TrailName: 'mine' }, 'InvalidEventSelectorsException'],
  [
    'PutEventSelectors',
    { TrailName: 'mine', AdvancedEventSelectors: field('eventName', { Equals: ['x'] }) },
    'InvalidEventSelectorsException',
  ],
  [
    'PutEventSelectors',
    { TrailName: 'mine', AdvancedEventSelectors: field('eventCategory', { Equals: ['Data'] }) },
    'InvalidEventSelectorsException',
  ],
  [
    'PutEventSelectors',
    { TrailName: 'mine', AdvancedEventSelectors: field('eventCategory', { StartsWith: ['Man'] }) },
    'InvalidEventSelectorsException',
  ],
  [
    'PutEventSelectors',
    { TrailName: 'mine', EventSelectors: [{ DataResources: [{ Type: 'AWS::SNS::Topic', Values: [] }] }] },
    'InvalidEventSelectorsException',
  ],
] as const;

for (const [operation, input, code] of refusals) {
  test(`${operation} of ${JSON.stringify(input).slice(0, 120)} is refused as ${code}`, async () => {
    await using bench = await CloudTrailBench.open();
    await bench.call('CreateTrail', { Name: 'mine', S3BucketName: 'the-bucket' });
    await assert.rejects(bench.call(operation, input), { code });
  });
}

test('a region has five trails', async () => {
  await using bench = await CloudTrailBench.open();
  for (const Name of ['one', 'two', 'three', 'four', 'five'])
    await bench.call('CreateTrail', { Name, S3BucketName: 'the-bucket' });
  const sixth = { Name: 'six', S3BucketName: 'the-bucket' };
  await assert.rejects(bench.call('CreateTrail', sixth), { code: 'MaximumNumberOfTrailsExceededException' });
  await bench.call('CreateTrail', sixth, elsewhere);
});
