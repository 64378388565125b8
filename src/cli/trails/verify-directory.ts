import { createHash, createPublicKey, verify } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** PKCS #1, DER, by fingerprint. */
export type PublicKeys = ReadonlyMap<string, Buffer>;

export interface Verified {
  readonly digests: number;
  readonly files: number;
  /** Files that no digest names. */
  readonly undigested: number;
  readonly problems: readonly Problem[];
}

/** What is not as it was delivered. */
export interface Problem {
  /** From the directory on. */
  readonly path: string;
  readonly problem: string;
}

/** A file of a trail unpacks to no more than this. */
const mostBytes = 64 * 1024 * 1024;

const digestShape = z.object({
  digestEndTime: z.string(),
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  digestPublicKeyFingerprint: z.string(),
  previousDigestS3Bucket: z.string().nullable(),
  previousDigestS3Object: z.string().nullable(),
  previousDigestHashValue: z.string().nullable(),
  previousDigestSignature: z.string().nullable(),
  logFiles: z.array(z.object({ s3Bucket: z.string(), s3Object: z.string(), hashValue: z.string() })),
});
type Digest = z.infer<typeof digestShape>;

/** Looks at every digest below a directory that has one for each bucket, and at every file that they name. */
export async function verifyDirectory(directory: string, keys: PublicKeys): Promise<Verified> {
  const paths = filesBelow(directory);
  const digests = paths.filter((path) => /\/CloudTrail-Digest\/.*\.json\.gz$/.test(path));
  const logs = paths.filter((path) => /\/CloudTrail\/.*\.json\.gz$/.test(path));
  const problems: Problem[] = [];
  const named = new Set<string>();
  for (const path of digests) problems.push(...verifyDigest(directory, path, keys, named));
  const undigested = logs.filter((path) => !named.has(path)).length;
  return { digests: digests.length, files: named.size, undigested, problems };
}

function filesBelow(directory: string): readonly string[] {
  const entries: Dirent[] = readdirSync(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function verifyDigest(directory: string, path: string, keys: PublicKeys, named: Set<string>): readonly Problem[] {
  const text = unpacked(directory, path);
  if (typeof text !== 'string') return [{ path, problem: text.problem }];
  const digest = readDigest(text);
  if (!digest) return [{ path, problem: 'is no digest' }];
  const { digestS3Bucket, digestS3Object, logFiles } = digest;
  if (`${digestS3Bucket}/${digestS3Object}` !== path)
    return [{ path, problem: 'was moved from where it was delivered' }];
  const bad = signatureProblem(directory, path, text, digest, keys);
  if (bad !== undefined) return [{ path, problem: bad }];
  const files = logFiles.flatMap(({ s3Bucket, s3Object, hashValue }) => {
    named.add(`${s3Bucket}/${s3Object}`);
    return verifyFile(directory, `${s3Bucket}/${s3Object}`, hashValue);
  });
  return [...verifyPrevious(directory, digest), ...files];
}

function readDigest(text: string): Digest | undefined {
  try {
    return digestShape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function signatureProblem(
  directory: string,
  path: string,
  text: string,
  digest: Digest,
  keys: PublicKeys,
): string | undefined {
  const value = keys.get(digest.digestPublicKeyFingerprint);
  if (!value) return `is signed with a key ${digest.digestPublicKeyFingerprint} that the server does not know`;
  const signature = fileAt(join(directory, `${path}.sig`));
  if (!signature) return 'has no signature beside it';
  const { digestEndTime, digestS3Bucket, digestS3Object, previousDigestSignature } = digest;
  const place = `${digestS3Bucket}/${digestS3Object}`;
  const signed = `${digestEndTime}\n${place}\n${hashOf(text)}\n${previousDigestSignature ?? 'null'}`;
  const key = createPublicKey({ key: value, format: 'der', type: 'pkcs1' });
  const isGood = verify('sha256', Buffer.from(signed), key, Buffer.from(signature.toString('latin1').trim(), 'hex'));
  return isGood ? undefined : 'does not go with its signature';
}

/** The first of a chain has none before it. */
function verifyPrevious(directory: string, digest: Digest): readonly Problem[] {
  const { previousDigestS3Bucket: bucket, previousDigestS3Object: object, previousDigestHashValue: hash } = digest;
  if (bucket === null || object === null || hash === null) return [];
  return verifyFile(directory, `${bucket}/${object}`, hash);
}

function verifyFile(directory: string, path: string, hash: string): readonly Problem[] {
  const text = unpacked(directory, path);
  if (typeof text !== 'string') return [{ path, problem: text.problem }];
  return hashOf(text) === hash ? [] : [{ path, problem: 'is not what was delivered' }];
}

function unpacked(directory: string, path: string): string | { readonly problem: string } {
  if (path.split('/').includes('..')) return { problem: 'lies outside of the directory' };
  const content = fileAt(join(directory, path));
  if (!content) return { problem: 'is missing' };
  try {
    return gunzipSync(content, { maxOutputLength: mostBytes }).toString();
  } catch {
    return { problem: 'cannot be unpacked' };
  }
}

/** Undefined where there is none: what is no file, as a pipe or a directory, is none either, and is not opened. */
function fileAt(path: string): Buffer | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path) : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
