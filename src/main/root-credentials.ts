import { dirname, join } from 'node:path';
import { z } from 'zod';
import { awsId } from '../core/aws-id.ts';
import type { AccountId } from '../core/ids.ts';
import { jsonOf } from '../core/json-of.ts';
import { readOwnFile } from '../core/own-file.ts';
import { quotePosix } from '../core/quote-posix.ts';
import type { RandomSource } from '../core/random.ts';
import { createFile } from '../core/whole-file.ts';
import { inDataDirectory, makeDataDirectory } from './data-directory.ts';

/** The root user's access key: whoever holds it may do everything. */
export interface RootCredentials {
  readonly accountId: AccountId;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The file of the root access key cannot be read. The message tells the operator how to go on. */
export class DamagedCredentials extends Error {
  override readonly name = 'DamagedCredentials';

  constructor(file: string, damage: string) {
    super(
      `the root access key in ${file} cannot be read: ${damage}. Put the file of a backup in its place; or move it away and ` +
        `start again: a new key is made, the old one is void, and "batchyard env --data ${quotePosix(dirname(file))}" prints the new one`,
    );
  }
}

/** The file of a data directory that keeps its root access key. */
export const rootCredentialsName = 'root-credentials.json';

/** Where a data directory keeps its root access key. */
export function rootCredentialsFile(directory: string): string {
  return join(directory, rootCredentialsName);
}

/**
 * The root access key of a data directory; created, directory and all, if there is none. Safe when several processes do
 * it at once: all get the same key. Throws if the file is damaged: a new key would lock out everybody who has the old one.
 * Throws `OptionsError` if the directory cannot be made or used.
 */
export function openRootCredentials(directory: string, account: AccountId, random: RandomSource): RootCredentials {
  const existing = readRootCredentials(directory);
  if (existing) return existing;
  makeDataDirectory(directory);
  publish(directory, newRootCredentials(account, random), random);
  const created = readRootCredentials(directory);
  if (created) return created;
  throw new Error(`${rootCredentialsFile(directory)} vanished as soon as it was written`);
}

/**
 * The root access key of a data directory, or undefined if it has none yet. Throws if the file is damaged, and `OptionsError`
 * if it may not be read.
 */
export function readRootCredentials(directory: string): RootCredentials | undefined {
  const file = rootCredentialsFile(directory);
  const found = inDataDirectory(directory, () => readOwnFile(file));
  if (found.kind === 'none') return undefined;
  if (found.kind === 'other') throw new DamagedCredentials(file, `it is ${found.what}`);
  return parse(found.content.toString(), file);
}

/** A fresh access key in the form of AWS's: `AKIA` and 16 letters or digits, a secret of 40 characters. */
export function newRootCredentials(account: AccountId, random: RandomSource): RootCredentials {
  return {
    accountId: account,
    accessKeyId: awsId('AKIA', random.bytes(16)),
    secretAccessKey: Buffer.from(random.bytes(30)).toString('base64'),
  };
}

/** Never replaces a key. */
function publish(directory: string, credentials: RootCredentials, random: RandomSource): void {
  const file = rootCredentialsFile(directory);
  const draft = `${file}.${Buffer.from(random.bytes(8)).toString('hex')}`;
  createFile(file, draft, `${JSON.stringify({ formatVersion: 1, ...credentials }, undefined, 2)}\n`);
}

const fileFormat = z.object({
  formatVersion: z.literal(1),
  accountId: z.string().min(1),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
});

function parse(content: string, file: string): RootCredentials {
  const found = fileFormat.safeParse(jsonOf(content));
  if (!found.success) throw new DamagedCredentials(file, damageOf(content, found.error));
  const { formatVersion: _, accountId, ...key } = found.data;
  return { accountId: accountId as AccountId, ...key };
}

/** Never with a value of the file: what is damaged may still be the secret. */
function damageOf(content: string, { issues }: z.ZodError): string {
  if (content.trim() === '') return 'it is empty';
  const [first] = issues;
  if (first?.path[0] === 'formatVersion') return 'it is not of format 1, which this version reads';
  return first && first.path.length > 0 ? `its ${first.path.join('.')} is missing or wrong` : 'it is not a JSON object';
}
