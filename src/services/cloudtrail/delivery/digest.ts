import { createHash } from 'node:crypto';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { secondsText } from '../../../core/seconds-text.ts';
import type { DigestChain, PlannedFile } from '../records.ts';
import { signatureAlgorithm } from './file-store.ts';

/** What a digest says. */
export interface DigestParts {
  readonly account: string;
  readonly chain: DigestChain;
  readonly bucket: string;
  readonly object: string;
  readonly end: EpochMilliseconds;
  readonly fingerprint: string;
  readonly files: readonly PlannedFile[];
}

/** The text of a digest: the same for the same parts. */
export function digestText({ account, chain, bucket, object, end, fingerprint, files }: DigestParts): string {
  const { since, previous } = chain;
  return JSON.stringify({
    awsAccountId: account,
    digestStartTime: secondsText(since),
    digestEndTime: secondsText(end),
    digestS3Bucket: bucket,
    digestS3Object: object,
    digestPublicKeyFingerprint: fingerprint,
    digestSignatureAlgorithm: signatureAlgorithm,
    newestEventTime:
      files
        .map(({ newest }) => newest)
        .sort()
        .at(-1) ?? null,
    oldestEventTime:
      files
        .map(({ oldest }) => oldest)
        .sort()
        .at(0) ?? null,
    previousDigestS3Bucket: previous?.bucket ?? null,
    previousDigestS3Object: previous?.object ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: files.map((file) => ({
      s3Bucket: file.bucket,
      s3Object: file.object,
      hashValue: file.hash,
      hashAlgorithm: 'SHA-256',
      newestEventTime: file.newest,
      oldestEventTime: file.oldest,
    })),
  });
}

/** What is signed of a digest. */
export function signedText(end: string, bucket: string, object: string, text: string, previous: string | null): string {
  return `${end}\n${bucket}/${object}\n${hashOf(text)}\n${previous ?? 'null'}`;
}

/** SHA-256, in hexadecimal digits. */
export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
