import assert from 'node:assert/strict';
import {
  CloudTrailClient,
  CreateTrailCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import type { Endpoint } from '../support/sdk.ts';
import { until } from '../support/wait.ts';

const Name = 'golden';

function clientOf({ url: endpoint, credentials }: Endpoint): CloudTrailClient {
  const { accessKeyId, secretAccessKey } = credentials;
  return new CloudTrailClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } });
}

/** Makes a trail that has delivered a digest, and since then a file that is in none. */
export async function makeTrails(server: Endpoint): Promise<void> {
  const client = clientOf(server);
  const validation = { EnableLogFileValidation: true };
  await client.send(new CreateTrailCommand({ Name, S3BucketName: 'golden-bucket', ...validation }));
  await client.send(new StartLoggingCommand({ Name }));
  await until('a file after a digest', async () => {
    const { LatestDeliveryTime: file, LatestDigestDeliveryTime: digest } = await client.send(
      new GetTrailStatusCommand({ Name }),
    );
    return file && digest && file > digest;
  });
  client.destroy();
}

export async function expectTrails(server: Endpoint): Promise<void> {
  const client = clientOf(server);
  const { Trail } = await client.send(new GetTrailCommand({ Name }));
  assert.deepEqual([Trail?.S3BucketName, Trail?.LogFileValidationEnabled], ['golden-bucket', true]);
  assert.equal((await client.send(new GetTrailStatusCommand({ Name }))).IsLogging, true);
  assert.equal((await client.send(new ListPublicKeysCommand({ StartTime: new Date(0) }))).PublicKeyList?.length, 1);
  client.destroy();
}
