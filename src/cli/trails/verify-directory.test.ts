import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { verifyAudit } from '../commands/audit-verify.ts';
import { type Invocation, UsageError } from '../invocation.ts';
import { verifyDirectory } from './verify-directory.ts';

const bucket = 'the-bucket';
const day = 'AWSLogs/123456789012/CloudTrail/us-east-1/2026/01/01';

test('pipes and directories in the place of files are missing files, and nobody waits for them', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'verify-'));
  t.after(() => rmSync(root, { recursive: true }));
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const digestPath = `AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/01/01/d.json.gz`;
  const digest = JSON.stringify({
    ...{ digestEndTime: '2026-01-01T00:00:00Z', digestS3Bucket: bucket, digestS3Object: digestPath },
    digestPublicKeyFingerprint: 'f',
    ...{ previousDigestS3Bucket: null, previousDigestS3Object: null },
    ...{ previousDigestHashValue: null, previousDigestSignature: null },
    logFiles: ['pipe', 'directory'].map((name) => ({ s3Bucket: bucket, s3Object: `${day}/${name}`, hashValue: '' })),
  });
  const hash = createHash('sha256').update(digest).digest('hex');
  const signed = `2026-01-01T00:00:00Z\n${bucket}/${digestPath}\n${hash}\nnull`;
  const path = join(root, bucket, digestPath);
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(join(root, bucket, day, 'directory'), { recursive: true });
  writeFileSync(path, gzipSync(digest));
  writeFileSync(`${path}.sig`, sign('sha256', Buffer.from(signed), privateKey).toString('hex'));
  execFileSync('mkfifo', [join(root, bucket, day, 'pipe')]);
  const keys = new Map([['f', publicKey.export({ type: 'pkcs1', format: 'der' })]]);
  const { problems } = await verifyDirectory(root, keys);
  assert.deepEqual(
    problems,
    ['pipe', 'directory'].map((name) => ({ path: `${bucket}/${day}/${name}`, problem: 'is missing' })),
  );
});

test('a URL is refused in words before anything is asked for', async () => {
  const refused = verifyAudit({} as Invocation, {}, 's3://the-bucket/trails');
  await assert.rejects(
    refused,
    (error) => error instanceof UsageError && /aws cloudtrail validate-logs/.test(error.message),
  );
});
