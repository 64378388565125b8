import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { CreateSchedulingPolicyCommand, DeleteSchedulingPolicyCommand } from '@aws-sdk/client-batch';
import {
  CloudTrailClient,
  CreateTrailCommand,
  ListPublicKeysCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { verifyDirectory } from '../../src/cli/trails/verify-directory.ts';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const Name = 'kept';

function clientOf({ url: endpoint, credentials }: ServerProcess): CloudTrailClient {
  return new CloudTrailClient({ endpoint, credentials, region: 'us-east-1' });
}

test('a server that is killed while its trail delivers puts every call that it answered into one file, and digests hold', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'trail-kill-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const often = ['--trails-directory', root, '--trails-every', '1s', '--trails-digest-every', '2s'];
  const server = await ServerProcess.start(t, ['--engine', 'mock', ...often]);
  const random = new SeededRandom();
  t.diagnostic(`seed ${random.seed}`);
  const trail = { Name, S3BucketName: 'the-bucket', EnableLogFileValidation: true };
  await clientOf(server).send(new CreateTrailCommand(trail));
  await clientOf(server).send(new StartLoggingCommand({ Name }));
  const answered: string[] = [];
  for (let kill = 0; kill < times(3); kill += 1) {
    const { batch, close } = clientsOf(server);
    const more = filesIn(root).length + 1 + random.below(3);
    for (let count = 0; filesIn(root).length < more; count += 1) {
      const name = `p-${kill}-${count}`;
      const { arn } = await batch.send(new CreateSchedulingPolicyCommand({ name }));
      answered.push(name);
      // An account has 500 of them, which a fast machine makes before a file is delivered.
      await batch.send(new DeleteSchedulingPolicyCommand({ arn }));
    }
    close();
    await server.kill();
    await server.restart();
  }
  const client = clientOf(server);
  await client.send(new StopLoggingCommand({ Name }));
  const { PublicKeyList = [] } = await client.send(new ListPublicKeysCommand({ StartTime: new Date(0) }));
  const keys = new Map(PublicKeyList.map((key) => [key.Fingerprint ?? '', Buffer.from(key.Value ?? [])]));
  const found = await until('every file in a digest', async () => {
    const verified = await verifyDirectory(root, keys);
    const names = filesIn(root).flatMap(namesIn);
    return verified.undigested === 0 && answered.every((name) => names.includes(name)) && verified;
  });
  assert.deepEqual(found.problems, []);
  const names = filesIn(root).flatMap(namesIn);
  assert.deepEqual(names.toSorted(), answered.toSorted());
});

function filesIn(root: string): readonly string[] {
  const all = readdirSync(root, { recursive: true }).map((path) => join(root, String(path)));
  return all.filter((path) => /\/CloudTrail\/.*\.json\.gz$/.test(path));
}

/** Names of the policies that were made. */
function namesIn(path: string): readonly string[] {
  const { Records } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { readonly Records: readonly Call[] };
  return Records.flatMap((call) => (call.eventName === 'CreateSchedulingPolicy' ? [call.requestParameters.name] : []));
}

interface Call {
  readonly eventName: string;
  readonly requestParameters: { readonly name: string };
}
