import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CloudTrailClient,
  CreateTrailCommand,
  GetTrailStatusCommand,
  InvalidTrailNameException,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  TrailNotFoundException,
} from '@aws-sdk/client-cloudtrail';
import { CreateTopicCommand, PublishCommand } from '@aws-sdk/client-sns';
import { S3Server } from '../support/s3-server.ts';
import { until } from '../support/wait.ts';
import { awsCli, runCommand } from './command.ts';
import { account, openYard, region, wholeFile } from './yard.ts';

const s3 = await S3Server.start(wholeFile);
const directory = mkdtempSync(join(tmpdir(), 'trails-'));
after(() => rmSync(directory, { recursive: true }));
const secretFile = join(directory, 'secret');
writeFileSync(secretFile, 'secret-of-the-store\n');
const often = ['--trails-every', '1s', '--trails-digest-every', '2s'];
const toS3 = ['--s3-endpoint', s3.url, '--s3-access-key-id', 'store-key', '--s3-secret-access-key-file', secretFile];
const { server, sns } = await openYard(['--trails-to', 's3', ...toS3, ...often]);
const { url: endpoint, credentials } = server;
const client = new CloudTrailClient({ endpoint, region, credentials });
const trailArn = `arn:aws:cloudtrail:${region}:${account}:trail/kept`;
const begun = new Date();

function objects(kind: string): readonly string[] {
  return [...s3.objects.keys()].filter((path) => path.includes(`/${kind}/`)).sort();
}

function recordsOf(path: string): readonly { readonly eventName: string }[] {
  return JSON.parse(gunzipSync(s3.objects.get(path)?.content ?? Buffer.alloc(0)).toString()).Records;
}

function aws(...words: readonly string[]) {
  const key = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
  const env = {
    ...key,
    AWS_ENDPOINT_URL_CLOUDTRAIL: endpoint,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_DEFAULT_REGION: region,
  };
  return runCommand(awsCli.file, words, { env });
}

test('a trail delivers to an S3 server what was called since it logs, and the SDK is told how it goes', async () => {
  await client.send(
    new CreateTrailCommand({ Name: 'kept', S3BucketName: 'the-bucket', EnableLogFileValidation: true }),
  );
  await client.send(new StartLoggingCommand({ Name: 'kept' }));
  await assert.rejects(client.send(new GetTrailStatusCommand({ Name: 'unknown' })), TrailNotFoundException);
  await until('two digests', () => objects('CloudTrail-Digest').length >= 2);
  const names = objects('CloudTrail').flatMap(recordsOf);
  assert.ok(names.some(({ eventName }) => eventName === 'GetTrailStatus'));
  assert.ok(!names.some(({ eventName }) => eventName === 'CreateTrail'));
  const status = await client.send(new GetTrailStatusCommand({ Name: 'kept' }));
  assert.ok(status.IsLogging && status.LatestDeliveryTime && status.LatestDigestDeliveryTime);
  await assert.rejects(
    client.send(new CreateTrailCommand({ Name: 'x', S3BucketName: 'the-bucket' })),
    InvalidTrailNameException,
  );
});

test('messages are in the files of a trail that asks for them, without what they say', async () => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'data' }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'published before' }));
  const fields = { eventCategory: 'Data', 'resources.type': 'AWS::SNS::Topic' };
  const FieldSelectors = Object.entries(fields).map(([Field, value]) => ({ Field, Equals: [value] }));
  const management = { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] };
  const AdvancedEventSelectors = [{ FieldSelectors }, management];
  await client.send(new PutEventSelectorsCommand({ TrailName: 'kept', AdvancedEventSelectors }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'marked-text' }));
  const isPublish = ({ eventName }: { readonly eventName: string }) => eventName === 'Publish';
  await until('the message in a file', () => objects('CloudTrail').flatMap(recordsOf).some(isPublish));
  const all = objects('CloudTrail').flatMap(recordsOf);
  assert.equal(all.filter(isPublish).length, 1);
  assert.ok(!JSON.stringify(all).includes('marked-text'));
});

test(
  'aws cloudtrail validate-logs finds the files valid, and each of them that was changed',
  awsCli.needed,
  async () => {
    await client.send(new StopLoggingCommand({ Name: 'kept' }));
    const isDigested = () => {
      const digests = objects('CloudTrail-Digest').map((path) => gunzipSync(s3.objects.get(path)?.content ?? ''));
      return objects('CloudTrail').every((path) =>
        digests.some((text) => text.includes(path.replace('the-bucket/', ''))),
      );
    };
    await until('all files in digests', isDigested);
    const validate = () =>
      aws('cloudtrail', 'validate-logs', '--trail-arn', trailArn, '--start-time', begun.toISOString(), '--verbose');
    const good = await validate();
    assert.equal(good.exit, 0, `${good.stdout}${good.stderr}`);
    const [digests, logs] = [objects('CloudTrail-Digest').length, objects('CloudTrail').length];
    assert.match(good.stdout, new RegExp(`${digests}/${digests} digest files valid`));
    assert.match(good.stdout, new RegExp(`${logs}/${logs} log files valid`));
    for (const [kind, words] of [
      ['CloudTrail', 'INVALID: hash value doesn.t match'],
      ['CloudTrail-Digest', 'INVALID: signature verification failed'],
    ] as const) {
      const path = objects(kind)[0] ?? '';
      const before = s3.objects.get(path) ?? assert.fail();
      const text = gunzipSync(before.content);
      text[text.length - 4] = (text[text.length - 4] ?? 0) ^ 1;
      s3.objects.set(path, { ...before, content: gzipSync(kind === 'CloudTrail' ? text : spaced(before.content)) });
      const bad = await validate();
      assert.match(`${bad.stdout}${bad.stderr}`, new RegExp(`${path.replaceAll('.', '\\.')}\\s+${words}`));
      s3.objects.set(path, before);
    }
  },
);

/** The same JSON, and another text. */
function spaced(content: Buffer): string {
  return `${gunzipSync(content)} `;
}

test('while the store of a trail is broken the status says so', async () => {
  s3.broken = 503;
  await client.send(new StartLoggingCommand({ Name: 'kept' }));
  const status = () => client.send(new GetTrailStatusCommand({ Name: 'kept' }));
  const broken = await until('the error', async () => (await status()).LatestDeliveryError);
  assert.match(broken, /answered 503/);
  s3.broken = undefined;
  await until('it to be delivered', async () => (await status()).LatestDeliveryError === undefined);
});
