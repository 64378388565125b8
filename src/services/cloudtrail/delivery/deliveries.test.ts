import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { CloudTrailBench } from '../cloudtrail.fixture.ts';
import { hashOf, signedText } from './digest.ts';

function idsIn(bench: CloudTrailBench, pattern = /\/CloudTrail\//): readonly string[] {
  return [...bench.files]
    .filter(([path]) => pattern.test(path))
    .flatMap(([, { content }]) => JSON.parse(gunzipSync(content).toString()).Records)
    .map(({ eventID }) => eventID);
}

function digestsIn(bench: CloudTrailBench) {
  return [...bench.files.values()]
    .filter(({ object }) => object.includes('/CloudTrail-Digest/'))
    .map((file) => ({ file, text: gunzipSync(file.content).toString() }))
    .map((each) => ({ ...each, digest: JSON.parse(each.text) }));
}

test('each five minutes what was recorded since logging began is a file in the layout of CloudTrail', async () => {
  await using bench = await CloudTrailBench.open();
  bench.record('early');
  await bench.trail('first', { S3KeyPrefix: 'some/where' });
  bench.record('one');
  bench.record('elsewhere', { awsRegion: 'eu-west-1' });
  await bench.advance(4);
  assert.equal(bench.files.size, 0);
  await bench.advance(1);
  bench.record('two');
  await bench.advance(5);
  await bench.advance(5);
  assert.deepEqual(idsIn(bench), ['one', 'two']);
  for (const path of bench.files.keys()) {
    assert.match(
      path,
      /^the-bucket\/some\/where\/AWSLogs\/123456789012\/CloudTrail\/us-east-1\/\d{4}\/\d\d\/\d\d\/123456789012_CloudTrail_us-east-1_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/,
    );
  }
  const { IsLogging, LatestDeliveryTime, LatestDeliveryError } = await bench.call('GetTrailStatus', { Name: 'first' });
  assert.deepEqual([IsLogging, LatestDeliveryError], [true, undefined]);
  assert.ok(LatestDeliveryTime instanceof Date);
});

test('a trail of all regions has a file for each, and calls of IAM are left out where global ones are not wanted', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('all', { IsMultiRegionTrail: true });
  await bench.trail('local', { S3BucketName: 'other-bucket', IncludeGlobalServiceEvents: false });
  bench.record('here');
  bench.record('there', { awsRegion: 'eu-west-1' });
  bench.record('global', { eventSource: 'iam.amazonaws.com' });
  await bench.advance(5);
  assert.deepEqual(idsIn(bench, /^the-bucket.*_us-east-1_/), ['here', 'global']);
  assert.deepEqual(idsIn(bench, /^the-bucket.*_eu-west-1_/), ['there']);
  assert.deepEqual(idsIn(bench, /^other-bucket/), ['here']);
});

test('what was recorded until logging stopped is delivered, and nothing of the time before it began again', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('halting');
  bench.record('before');
  await bench.call('StopLogging', { Name: 'halting' });
  bench.record('between');
  await bench.call('StartLogging', { Name: 'halting' });
  bench.record('after');
  await bench.call('StopLogging', { Name: 'halting' });
  bench.record('never');
  await bench.advance(5);
  assert.deepEqual(idsIn(bench), ['before', 'after']);
  await bench.advance(10);
  assert.deepEqual(idsIn(bench), ['before', 'after']);
});

test('while nothing can be delivered it is tried again, and the status says why; then all is there once', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('patient');
  bench.record('one');
  bench.onPut = () => Promise.reject(new Error('no such bucket'));
  await bench.advance(5);
  bench.record('two');
  await bench.advance(3);
  assert.equal((await bench.call('GetTrailStatus', { Name: 'patient' })).LatestDeliveryError, 'no such bucket');
  assert.deepEqual(bench.warnings, ['files of a trail cannot be delivered; they are tried again']);
  bench.onPut = () => {};
  await bench.advance(6);
  assert.deepEqual(idsIn(bench), ['one', 'two']);
  assert.equal((await bench.call('GetTrailStatus', { Name: 'patient' })).LatestDeliveryError, undefined);
});

test('a file that was written before a crash is written again under its name, as it was', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('crashing', { EnableLogFileValidation: true });
  bench.record('one');
  let written: readonly [string, string] | undefined;
  bench.onPut = (file) => {
    written = [`${file.bucket}/${file.object}`, gunzipSync(file.content).toString()];
    return bench.hang();
  };
  await bench.advance(5);
  bench.record('two');
  bench.onPut = () => {};
  await bench.restart();
  await bench.advance(10);
  assert.deepEqual(idsIn(bench), ['one', 'two']);
  const [path = '', text] = written ?? [];
  assert.equal(gunzipSync(bench.files.get(path)?.content ?? Buffer.alloc(0)).toString(), text);
});

test('records that are gone when a file is written again do not stop the trail', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('losing');
  bench.record('one');
  bench.onPut = () => Promise.reject(new Error('not yet'));
  await bench.advance(5);
  bench.records.texts[0] = JSON.stringify({ ...JSON.parse(bench.records.texts[0] ?? ''), recipientAccountId: 'other' });
  bench.onPut = () => {};
  bench.record('two');
  await bench.advance(6);
  assert.deepEqual(idsIn(bench), ['two']);
  assert.ok(bench.warnings.some((words) => words.includes('planned anew')));
});

test('each hour there is a signed digest of the files, which names the one before it', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('signed', { EnableLogFileValidation: true });
  bench.record('one');
  await bench.advance(61);
  bench.record('two');
  await bench.advance(60);
  const [first, second, ...others] = digestsIn(bench);
  assert.ok(first && second && others.length === 0);
  assert.match(
    first.file.object,
    /\/123456789012_CloudTrail-Digest_us-east-1_signed_us-east-1_\d{8}T\d{6}Z\.json\.gz$/,
  );
  const [keys] = (await bench.call('ListPublicKeys', {})).PublicKeyList as { Value: Buffer; Fingerprint: string }[];
  const key = createPublicKey({ key: keys?.Value ?? Buffer.alloc(0), format: 'der', type: 'pkcs1' });
  let previous: string | null = null;
  for (const { digest, text, file } of [first, second]) {
    assert.equal(digest.digestPublicKeyFingerprint, keys?.Fingerprint);
    const signed = signedText(digest.digestEndTime, digest.digestS3Bucket, digest.digestS3Object, text, previous);
    assert.ok(verify('sha256', Buffer.from(signed), key, Buffer.from(file.signature ?? '', 'hex')));
    previous = file.signature ?? null;
    const [log] = digest.logFiles;
    const content = bench.files.get(`${log.s3Bucket}/${log.s3Object}`)?.content ?? Buffer.alloc(0);
    assert.equal(log.hashValue, hashOf(gunzipSync(content)));
  }
  assert.equal(first.digest.previousDigestSignature, null);
  assert.equal(second.digest.previousDigestSignature, first.file.signature);
  assert.equal(second.digest.previousDigestHashValue, hashOf(first.text));
  assert.equal(second.digest.digestStartTime, first.digest.digestEndTime);
});

test('a digest that a crash cut short is written again with the same text and signature', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('signed', { EnableLogFileValidation: true });
  bench.record('one');
  let cut: unknown;
  bench.onPut = (file) => {
    if (file.signature === undefined) return;
    cut = [file.object, file.signature, gunzipSync(file.content).toString()];
    return bench.hang();
  };
  await bench.advance(61);
  bench.onPut = () => {};
  bench.record('later');
  await bench.restart();
  await bench.advance(10);
  const [{ file, text } = assert.fail()] = digestsIn(bench);
  assert.deepEqual([file.object, file.signature, text], cut);
});

test('a clock that jumps back by a day stops neither files nor digests', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('jumping', { EnableLogFileValidation: true });
  const day = 86_400_000;
  bench.record('one');
  await bench.advance(65);
  bench.clock.jumpWall(-day);
  bench.record('two');
  await bench.advance(70);
  bench.record('three');
  await bench.advance(6);
  assert.deepEqual(idsIn(bench), ['one', 'two', 'three']);
  assert.equal(digestsIn(bench).length, 2);
});

test('a topic hears of each delivery, and one that refuses to keeps no file back', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('telling', { SnsTopicName: 'news' });
  bench.record('one');
  await bench.advance(5);
  const [told] = bench.published as { TopicArn: string; Message: string }[];
  assert.equal(told?.TopicArn, 'arn:aws:sns:us-east-1:123456789012:news');
  const { s3Bucket, s3ObjectKey } = JSON.parse(told?.Message ?? '');
  assert.deepEqual([`${s3Bucket}/${s3ObjectKey}`], [...bench.files.keys()]);
  bench.onPublish = () => {
    throw new Error('may not');
  };
  bench.record('two');
  await bench.advance(5);
  assert.deepEqual(idsIn(bench), ['one', 'two']);
  assert.equal((await bench.call('GetTrailStatus', { Name: 'telling' })).LatestNotificationError, 'may not');
});

test('data events are wanted while a trail that logs asks for their type, and only its selectors get them', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('plain');
  assert.equal(bench.records.wantsData('sns'), false);
  await bench.call('CreateTrail', { Name: 'data', S3BucketName: 'other-bucket' });
  const conditions = [
    { Field: 'eventCategory', Equals: ['Data'] },
    { Field: 'resources.type', Equals: ['AWS::SNS::Topic'] },
    { Field: 'resources.ARN', StartsWith: ['arn:aws:sns:us-east-1:123456789012:mine'] },
  ];
  await bench.call('PutEventSelectors', {
    TrailName: 'data',
    AdvancedEventSelectors: [{ FieldSelectors: conditions }],
  });
  assert.equal(bench.records.wantsData('sns'), false);
  await bench.call('StartLogging', { Name: 'data' });
  assert.deepEqual([bench.records.wantsData('sns'), bench.records.wantsData('sqs')], [true, false]);
  const publish = (name: string) => ({
    ...{ eventCategory: 'Data', eventSource: 'sns.amazonaws.com', eventName: 'Publish' },
    resources: [{ type: 'AWS::SNS::Topic', ARN: `arn:aws:sns:us-east-1:123456789012:${name}` }],
  });
  bench.record('mine', publish('mine'));
  bench.record('yours', publish('yours'));
  bench.record('management');
  await bench.advance(5);
  assert.deepEqual(idsIn(bench, /^the-bucket/), ['management']);
  assert.deepEqual(idsIn(bench, /^other-bucket/), ['mine']);
  await bench.call('StopLogging', { Name: 'data' });
  assert.equal(bench.records.wantsData('sns'), false);
});

test('a trail that is deleted delivers nothing more, and one of its name begins anew', async () => {
  await using bench = await CloudTrailBench.open();
  await bench.trail('short', { EnableLogFileValidation: true });
  bench.record('one');
  await bench.advance(5);
  bench.record('two');
  await bench.call('DeleteTrail', { Name: 'short' });
  await bench.trail('short');
  bench.record('three');
  await bench.advance(70);
  assert.deepEqual(idsIn(bench), ['one', 'three']);
  assert.deepEqual(digestsIn(bench), []);
});
