import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CloudTrailClient,
  CreateTrailCommand,
  GetTrailStatusCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { startTestServer } from '../../src/cli/server.fixture.ts';
import { until } from '../support/wait.ts';

const root = mkdtempSync(join(tmpdir(), 'verify-'));
const trails = join(root, 'trails');
const server = await startTestServer({
  'trails.directory': trails,
  'trails.every': '1s',
  'trails.digestEvery': '2s',
});
after(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

/** Files of a trail that has stopped, each of them in a digest. */
async function delivered(): Promise<readonly string[]> {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new CloudTrailClient({ endpoint: server.url, region: 'us-east-1', credentials });
  const Name = 'kept';
  await client.send(new CreateTrailCommand({ Name, S3BucketName: 'the-bucket', EnableLogFileValidation: true }));
  await client.send(new StartLoggingCommand({ Name }));
  await until('two digests', () => paths().filter((path) => /Digest.*gz$/.test(path)).length >= 2);
  await client.send(new StopLoggingCommand({ Name }));
  await until('the last digest', async () => {
    const { LatestDeliveryTime: file, LatestDigestDeliveryTime: digest } = await client.send(
      new GetTrailStatusCommand({ Name }),
    );
    return file && digest && digest > file;
  });
  client.destroy();
  return paths();
}

function paths(directory = trails): readonly string[] {
  try {
    return readdirSync(directory, { recursive: true }).map(String).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const all = await delivered();
const digests = all.filter((path) => /\/CloudTrail-Digest\/.*gz$/.test(path));
const files = all.filter((path) => /\/CloudTrail\/.*gz$/.test(path));

/** What is said of a copy that somebody has touched. */
async function verifyCopy(touch: (copy: string) => void) {
  const copy = mkdtempSync(join(root, 'copy-'));
  cpSync(trails, copy, { recursive: true });
  touch(copy);
  const { exitCode, stdout, stderr } = await server.command('audit', 'verify', copy);
  return { exitCode, stdout, stderr };
}

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(path)).toString())));
}

test('files of trails are verified as they were delivered', async () => {
  const { exitCode, stdout } = await verifyCopy(() => {});
  assert.equal(stdout, `${digests.length} digests and ${files.length} files looked at, 0 problems.\n`);
  assert.equal(exitCode, 0);
});

const [file = '', [digest = '', later = ''] = []] = [files[0], digests];
const damages: readonly (readonly [string, (copy: string) => void, RegExp])[] = [
  [
    'a changed file',
    (copy) => rewrite(join(copy, file), (text) => text.replace('us-east-1', 'us-east-2')),
    /\.json\.gz\tis not what was delivered/,
  ],
  ['a damaged file', (copy) => writeFileSync(join(copy, file), 'no gzip'), /\.json\.gz\tcannot be unpacked/],
  ['a missing file', (copy) => rmSync(join(copy, file)), /\.json\.gz\tis missing/],
  ['a changed digest', (copy) => rewrite(join(copy, digest), (text) => `${text} `), /\tdoes not go with its signature/],
  ['a digest without its signature', (copy) => rmSync(join(copy, `${digest}.sig`)), /\thas no signature beside it/],
  ['a missing digest', (copy) => rmSync(join(copy, digest)), /\tis missing/],
  ['a digest that is none', (copy) => rewrite(join(copy, digest), () => '{}'), /\tis no digest/],
  [
    'a digest in the place of another',
    (copy) => renameSync(join(copy, later), join(copy, digest)),
    /\twas moved from where/,
  ],
];

for (const [what, touch, words] of damages) {
  test(`${what} is found`, async () => {
    const { exitCode, stdout } = await verifyCopy(touch);
    assert.match(stdout, words);
    assert.equal(exitCode, 1);
  });
}

test('a directory without digests is no proof of anything', async () => {
  const { exitCode, stderr } = await verifyCopy((copy) => rmSync(join(copy, 'the-bucket'), { recursive: true }));
  assert.equal(exitCode, 1);
  assert.match(stderr, /There is no digest below/);
});
